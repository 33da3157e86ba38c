"""What in the way a request is signed and sent contradicts the facts about its provider."""

from collections.abc import Callable, Iterator

from oauthone.core.body import body_digest, is_form
from oauthone.core.urls import normalized_authority
from oauthone.diagnosis.provider_contradictions import Contradiction, Sent, either
from oauthone.diagnosis.provider_requests import is_at, variant_of
from oauthone.diagnosis.sent_request import BODY, FORM, HEADER, QUERY
from oauthone.providers._model import Endpoint

#: The mistakes that a server names which does not know the credentials of its sandbox, or those of the live system.
_UNKNOWN = ("client-unknown", "client-refused", "token-refused")
_PLACES = {HEADER: "header", QUERY: "query", FORM: "body", BODY: "body"}
_SHOWN_PLACES = {"header": "the Authorization header", "query": "the query", "body": "the form"}


def _address(sent: Sent) -> Iterator[Contradiction]:
    request, provider, endpoint = sent.request, sent.provider, sent.endpoint
    address = f"://{request.authority}{request.path}"
    is_endpoint = endpoint is not None and is_at(endpoint.url, request)
    if provider.allows(f"{request.scheme}{address}") or (is_endpoint and request.scheme == _scheme(endpoint)):
        return
    variant = variant_of(provider, f"{request.scheme}{address}")
    if request.scheme == "http" and (provider.allows(f"https{address}") or is_endpoint):
        yield Contradiction(sent.place, "takes https only", ("other-scheme", "other-scheme-signed"))
    elif variant is not None:
        said = f"has its variant {variant!r} at this address: pass that variant, and the credentials for it"
        yield Contradiction("variants", said, ("other-host", *_UNKNOWN))
    else:
        said = f"has its addresses at {either(provider.api_base, 'and')}, and this request went to another"
        yield Contradiction("api_base", said, ("other-host",))


def _scheme(endpoint: Endpoint | None) -> str:
    return "" if endpoint is None else endpoint.url.partition(":")[0]


def _http_method(sent: Sent) -> Iterator[Contradiction]:
    if sent.endpoint is not None and sent.request.method.upper() not in sent.endpoint.method:
        yield Contradiction(sent.place, f"takes {either(sent.endpoint.method)} at this address", ())


def _signature_method(sent: Sent) -> Iterator[Contradiction]:
    methods = sent.provider.signature_methods
    if sent.request.protocol("oauth_signature_method") not in methods:
        yield Contradiction(
            "signature_methods", f"takes {either(methods)} only", ("method-refused", "method-unknown", "signed-with")
        )


def _placement(sent: Sent) -> Iterator[Contradiction]:
    allowed = sent.provider.placement if sent.endpoint is None else sent.endpoint.placement
    fact = "placement" if sent.endpoint is None else sent.place
    if sent.endpoint is None and sent.provider.source_of(fact) is None:
        return  # nothing is known but what is usual
    if _PLACES[sent.request.signatures[0].place] not in allowed:
        shown = either([_SHOWN_PLACES[place] for place in allowed])
        words = "placement-refused", "parameter-lost", "credentials-unread"
        yield Contradiction(fact, f"has the protocol parameters in {shown}", words)


def _realm(sent: Sent) -> Iterator[Contradiction]:
    facts = sent.provider.realm
    if facts is None or sent.request.signatures[0].place != HEADER:
        return
    request = sent.request
    url = f"{request.scheme}://{normalized_authority(request.scheme, request.authority)}{request.path}"
    wanted = url if facts.kind == "request-url" else facts.value
    if wanted is not None and request.realm != wanted:
        shown = (
            "the URL of the request without its query as realm" if facts.kind == "request-url" else f'realm="{wanted}"'
        )
        words = "realm-missing", "other-realm", "parameter-missing"
        is_certain = facts.kind != "fixed" or (wanted != "" and sent.provider.level_of("realm") == "verified")
        yield Contradiction("realm", f"needs {shown}", words, is_example=not is_certain)


def _body_hash(sent: Sent) -> Iterator[Contradiction]:
    facts, request = sent.provider.body_hash, sent.request
    if facts is None:
        return
    has_plain_body = bool(request.body) and not is_form(request.header("content-type"))
    given = request.protocol("oauth_body_hash")
    name = facts.algorithm.upper()
    if given is None and (facts.when == "always" or has_plain_body):
        each = "each request" if facts.when == "always" else "each request with a body that is not a form"
        yield Contradiction("body_hash", f"needs oauth_body_hash in {each}", ("parameter-missing", "other-body-hashed"))
    elif given is not None and request.body is not None and given != body_digest(facts.algorithm, request.body):
        yield Contradiction("body_hash", f"needs {name} of the body as oauth_body_hash", ("other-body-hashed",))


def _version(sent: Sent) -> Iterator[Contradiction]:
    if not sent.provider.send_version and sent.request.protocol("oauth_version") is not None:
        words = "parameter-unwanted", "version-refused"
        yield Contradiction("send_version", "has no oauth_version", words, is_example=True)


def _nonce(sent: Sent) -> Iterator[Contradiction]:
    facts, nonce = sent.provider.nonce, sent.request.protocol("oauth_nonce")
    if facts is None or nonce is None:
        return
    words = "parameter-refused", "nonce-used"
    if facts.min_length is not None and len(nonce) < facts.min_length:
        yield Contradiction("nonce", f"needs a nonce of at least {facts.min_length} characters", words)
    if facts.max_length is not None and len(nonce) > facts.max_length:
        yield Contradiction("nonce", f"takes a nonce of at most {facts.max_length} characters", words)


def _timestamp(sent: Sent) -> Iterator[Contradiction]:
    window, timestamp = sent.provider.timestamp_window, sent.request.timestamp
    if window is None or timestamp is None:
        return
    clock = sent.case.answer.date or sent.case.now
    if abs(timestamp - clock) > window:
        said = f"takes timestamps that differ from its clock by at most {window} seconds"
        yield Contradiction("timestamp_window", said, ("timestamp-refused", "clock-off"))


def _user_agent(sent: Sent) -> Iterator[Contradiction]:
    if sent.provider.user_agent is not None and not sent.request.header("user-agent"):
        yield Contradiction("user_agent", "needs a User-Agent that names the application", ())


def _client_secret(sent: Sent) -> Iterator[Contradiction]:
    secret = sent.case.given.client_secret
    has_none = "consumer" in sent.provider.empty_secrets
    if sent.signs_with_rsa or secret is None or bool(secret) != has_none:
        return
    said = "gives clients an empty secret" if has_none else "gives each client a secret"
    yield Contradiction("empty_secrets", said, ("other-secrets", "client-secret-left-out"))


SIGNING_CHECKS: tuple[Callable[[Sent], Iterator[Contradiction]], ...] = (
    _signature_method,
    _realm,
    _address,
    _http_method,
    _placement,
    _body_hash,
    _version,
    _nonce,
    _timestamp,
    _user_agent,
    _client_secret,
)
