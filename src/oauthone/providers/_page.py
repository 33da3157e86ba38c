"""The page about one provider, in Markdown, made from its data file."""

from collections.abc import Iterable, Iterator

from oauthone.providers._authorization import sends_callback_there
from oauthone.providers._model import Endpoint, ErrorShape, Parameter, Table, TokenLifetime
from oauthone.providers._program import needs_rsa_key, program, steps_of
from oauthone.providers._provider import Provider, facts_without_source

#: What the facts say about each way to a token.
_STEPS = {
    "three-legged": "The user decides on a page of the provider, and the application gets a token.",
    "static-token": "The provider shows a token and its secret; there is no page for users to visit.",
    "consumer-only": "Requests are signed with the key of the application alone, without a token.",
    "xauth": "The application sends the user's name and password once, and keeps only the token.",
    "provider-initiated": "The provider sends key, secret and verifier to an address of the application.",
    "app-login": "The user decides on a page of the provider; no client here goes this way.",
    "client-credentials": "The application exchanges its key for a bearer token.",
}


_REGISTERED = {"exact": "as it is sent", "prefix": "at least its beginning", "host": "at least its host"}

#: What the methods beyond the three legs do.
_METHODS = {
    "renew": "`renew_token()` renews the token.",
    "revoke": "`revoke_token()` revokes the token.",
    "check": "`check_token()` asks whether the token is valid.",
    "discovery": "`discover_endpoints()` reads the addresses that the provider publishes.",
}


def page(provider: Provider) -> str:
    """Return the page about a provider, as its file describes it."""
    parts = [_head(provider), _register(provider), _answers(provider), _handled(provider), _to_know(provider)]
    return "\n".join([line for part in [*parts, _sources(provider)] for line in part]).rstrip() + "\n"


def _head(provider: Provider) -> Iterator[str]:
    yield from (f"# {_plain(provider.name)}", "")
    if provider.message:
        yield from (f"**{_plain(provider.message)}**", "")
    yield f"The provider is {provider.status} as of {provider.status_as_of}. Its endpoints, methods and signature are"
    yield f"{provider.level}; the table below says how certain each other fact is. Nothing was tried with the provider:"
    yield f"[its documentation]({provider.docs or provider.homepage}) has the last word."
    yield from ("", "```python", program(provider).rstrip(), "```", "")


def _register(provider: Provider) -> Iterator[str]:
    yield from ("## What you need", "")
    wanted = (
        "a key (`client_id`) and the private key (`rsa_key`)"
        if needs_rsa_key(provider)
        else ("a key (`client_id`) and no secret" if "consumer" in provider.empty_secrets else "a key and a secret")
    )
    if steps_of(provider) == "static-token":
        wanted += ", and a token with its secret"
    yield f"- {wanted[0].upper()}{wanted[1:]}, from [{_plain(provider.name)}]({provider.docs or provider.homepage})."
    for name, one in provider.variables.items():
        if not one.derive:
            given = f"without it, `{one.default}`" if one.default else f"for example `{one.example}`"
            yield f"- `{name}`: {_plain(one.description)}; {given}."
        else:
            yield f"- `{{{name}}}` in an address follows from `{one.derive.of}`: {_plain(one.description)}."
    yield from (f"- `{flow}`: {_STEPS[flow]}" for flow in provider.flows)
    if provider.callback and provider.callback.registered:
        yield f"- A callback that is registered with the provider, {_REGISTERED[provider.callback.registered]}."
    for name in provider.variants:
        yield f'- `variant="{name}"` of `providers.get` is another installation.'
    yield ""


def _answers(provider: Provider) -> Iterator[str]:
    yield from ("## What comes back", "")
    lines = [*_known_answers(provider)]
    yield from lines or ["- Nothing is known about how this provider answers."]
    yield ""


def _known_answers(provider: Provider) -> Iterator[str]:
    for name, meaning in provider.token_fields.items():
        yield f"- `{name}` in the token response: {_plain(meaning)}."
    if provider.token_lifetime:
        yield f"- {_lifetime(provider.token_lifetime)}"
    facts = provider.identity
    if facts and (facts.id_path or facts.name_path):
        paths = " and ".join(f"`{path}`" for path in (facts.id_path, facts.name_path) if path)
        yield f"- `fetch_identity()` reads {paths} of the account ({facts.format.upper()})."
    elif facts and facts.token_fields:
        yield "- `fetch_identity()` reads the account from the token response."
    if provider.callback and provider.callback.code:
        yield f"- Without a callback, the provider shows a code: {_plain(provider.callback.code)}."
    yield from (f"- {_rejection(one)}" for one in provider.error_shapes)


def _lifetime(facts: TokenLifetime) -> str:
    sentences = {
        "until-revoked": ("A token is valid until it is revoked", ""),
        "daily": ("A token ends each day", facts.ends and f" at {_plain(facts.ends)}"),
        "chosen": (
            "The application chooses how long a token is valid",
            facts.parameter and f", with `{facts.parameter}`",
        ),
        "short-unless-scope": ("A token ends soon", facts.scope and f", unless it has the scope `{facts.scope}`"),
        "fixed": (
            "A token ends",
            f" after {facts.seconds} seconds" if facts.seconds else f" when `{facts.field}` says",
        ),
    }
    sentence, detail = sentences[facts.kind]
    idle = f" It ends after {facts.idle_seconds} idle seconds, too." if facts.idle_seconds else ""
    return f"{sentence}{detail or ''}.{idle}"


def _rejection(shape: ErrorShape) -> str:
    status = f"{shape.status}" if shape.status else "any status"
    where = {"body": "in the body", "www-authenticate": "in `WWW-Authenticate`", "status": "by the status alone"}
    form = f", as {shape.format}" if shape.format else ""
    words = f": {', '.join(f'`{word}`' for word in shape.words)}" if shape.words else ""
    return f"A rejection with {status} is told {where[shape.where]}{form}{words}."


def _handled(provider: Provider) -> Iterator[str]:
    yield from ("## What is handled for you", "")
    yield from (f"- {one}" for one in (*_handled_in_signatures(provider), *_handled_in_flow(provider)))
    yield ""


def _handled_in_signatures(provider: Provider) -> Iterator[str]:
    yield f"Requests are signed with {provider.signature_methods[0]}, in the {provider.placement[0]}."
    yield f"Signatures go to {_list(f'`{base}`' for base in provider.api_base)} alone."
    if realm := provider.realm:
        shown = "the URL of the request" if realm.kind == "request-url" else f"`{realm.value}`"
        yield f"The realm is {shown if realm.value != '' else 'sent, and empty'}."
    if provider.body_hash:
        yield f"Requests have an `oauth_body_hash` ({provider.body_hash.when})."
    if not provider.send_version:
        yield "`oauth_version` is left out."
    if provider.empty_token_parameter:
        yield "Without a token, `oauth_token` is sent empty."
    if provider.monotonic_timestamps:
        yield (
            "Timestamps are signed in order, even if the clock of the machine goes back by up to an hour. Requests of "
            "several threads or processes may arrive in another order: send those of one key one after the other."
        )
    if provider.user_agent:
        yield "A `User-Agent` that names your application is required: without it, the client raises an error."
    if provider.allow_http and "PLAINTEXT" in provider.signature_methods:
        yield "Over plain http, PLAINTEXT shows the secrets: the client needs `allow_insecure_transport=True`."


def _handled_in_flow(provider: Provider) -> Iterator[str]:
    for name, what in (("temporary_credentials", "temporary credentials"), ("token_credentials", "the token")):
        endpoint: Endpoint | None = getattr(provider, name)
        if endpoint:
            yield f"The request for {what} is a {endpoint.method[0]}, signed in the {endpoint.placement[0]}."
            yield from _choices(endpoint.parameters)
    if facts := provider.authorization:
        renamed = [f"`{old}` as `{new}`" for old, new in facts.rename.items()]
        if renamed:
            yield f"The authorization address has {_list(renamed)}."
        yield from _choices(facts.parameters)
        pages = [*facts.alternatives, *(["mobile"] if facts.mobile_url else [])]
        yield from (f'`create_authorization_url(page="{one}")` leads to another page.' for one in pages)
    if sends_callback_there(provider):
        yield "The callback is sent on the authorization address, as before OAuth 1.0a."
    if provider.verifier in ("none", "optional"):
        yield f"A verifier is {'not sent' if provider.verifier == 'none' else 'optional'}."
    yield from (sentence for name, sentence in _METHODS.items() if getattr(provider, name))


def _choices(parameters: Table[Parameter]) -> Iterator[str]:
    for name, one in parameters.items():
        also = " (or `permissions`)" if one.means else ""
        values = f": {_list(f'`{value}`' for value in one.values)}" if one.values else ""
        note = f"; {_plain(one.note)}" if one.note else ""
        needed = "must" if one.required and one.default is None else "may"
        yield f"`{name}`{also} {needed} be passed{values}{note}."


def _to_know(provider: Provider) -> Iterator[str]:
    known = [_plain(one) for one in provider.quirks]
    if provider.libraries:
        known.append(f"Libraries for Python: {_list(map(_plain, provider.libraries))}.")
    if known:
        yield from ("## What else to know", "", *(f"- {one}" for one in known), "")


def _sources(provider: Provider) -> Iterator[str]:
    yield from ("## Sources", "", "| facts | level | read on | found in |", "| --- | --- | --- | --- |")
    for group, one in provider.sources.items():
        found = "; ".join(map(_plain, one.found_in)) or "no source on record"
        yield f"| {group} | {one.level} | {one.as_of} | {'public programs alone: ' * one.is_from_programs}{found} |"
    for fact in facts_without_source(provider):
        if fact not in provider.sources:
            yield f"| {fact} | unknown | | no source on record |"


def _list(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _plain(text: str) -> str:
    """Return text without what Markdown would read as more than text."""
    for mark in "\\*_[]|<>":
        text = text.replace(mark, f"\\{mark}")
    return text
