"""From an incoming request to `Verified` or a `VerificationError` (RFC 5849 section 3.2), as a generator.

It yields `FindCredentials` and gets `Credentials` or None, and at the very end yields `UseNonce` and gets whether that
nonce was new: nothing but ``True`` says so. The order of the checks is the order of the functions called by
`verify_request`: cheap ones first, nothing is stored before the signature holds, and an unknown client costs what a
wrong signature costs.
"""

import hmac
import re
from collections.abc import Collection, Generator, Iterable, Mapping
from math import ceil, floor
from typing import Any, Literal, NamedTuple

from oauthone.core.base_string import base_string_start, signature_base_string
from oauthone.core.body import body_digest, is_form
from oauthone.core.encoding import encoded_pairs, wire
from oauthone.core.parameters import (
    Placement,
    header_pairs,
    is_oauth_header,
    realm_prefix,
    split_parameters,
)
from oauthone.core.rsa import RsaPublicKey, stand_in_key
from oauthone.core.signature import SIGNATURE_METHODS, SignatureMethod
from oauthone.core.urls import normalized_authority, split_query
from oauthone.errors import SigningError, VerificationError

TokenRule = Literal["required", "optional", "none"]
BodyHashRule = Literal["optional", "required"]

_TIMESTAMP = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)
_KEY_TEXT = re.compile(r"---- ?BEGIN |^(?:sk-)?(?:ssh-|ecdsa-)", re.MULTILINE)
_ALWAYS_NEEDED = ("oauth_consumer_key", "oauth_signature_method", "oauth_signature")
_PLACES = (Placement.HEADER, Placement.QUERY, Placement.BODY)
#: Names of parameters whose values belong in no log, encoded as they may be. Short words count where they stand alone,
#: so that ``shipping`` is no ``pin``, and a code is one that opens something: the name itself, but no ``country_code``.
SECRET_NAMES = re.compile(
    r"""
    secret|passw|passphrase|pwd|oauth_verifier|credit|api_?key
    |(?:access|refresh|id|session)_?token|session_?id
    |(?:(?<![a-z0-9])|(?<=%[0-9a-f]{2})|(?<=%25[0-9a-f]{2})) (?:jwt|t?otp|pin|session) (?![a-z0-9])
    |\A(?:.*(?:auth|authorization|access|login|verification|security|otp|one_time)[_-]?)?code\Z
    """,
    re.IGNORECASE | re.VERBOSE,
)


class FindCredentials(NamedTuple):
    """Which secrets belong to this client and this token (None: the request names none)?"""

    client_id: str
    token: str | None


class UseNonce(NamedTuple):
    """Is this nonce new for this client, token and timestamp? From now on it is used."""

    client_id: str
    token: str | None
    timestamp: int
    nonce: str


class Credentials(NamedTuple):
    """A store's answer to `FindCredentials`: the client, and the token where the request names one.

    Attributes:
        client_secret: the client's shared secret, for HMAC and PLAINTEXT.
        rsa_key: the client's public key, for RSA.
        signature_methods: the names that this client may use. A client with a public key is never checked with HMAC
            unless they say so.
        token_secret: the token's shared secret; None where the token is unknown or was issued to another client.
        token_problem: None for a live token, else a word such as ``"token_expired"`` or ``"token_revoked"``.
        user: whose resources the token opens.
        extra: what else is known of the token, such as its scope.
    """

    client_secret: str = ""
    rsa_key: RsaPublicKey | None = None
    signature_methods: Collection[str] = ("HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512")
    token_secret: str | None = None
    token_problem: str | None = None
    user: str | None = None
    extra: Mapping[str, Any] = {}

    def __repr__(self) -> str:
        return f"Credentials(signature_methods={tuple(self.signature_methods)!r}, user={self.user!r}, …)"


class Verified(NamedTuple):
    """A request whose signature holds.

    Attributes:
        client_id: the client that signed.
        token: the token it signed with, or None.
        user: whose token that is, as the store says.
        parameters: the protocol parameters apart from the signature, decoded.
        realm: the realm of the Authorization header, or None.
        placement: where the parameters came.
        credentials: what the store answered.
    """

    client_id: str
    token: str | None
    user: str | None
    parameters: Mapping[str, str]
    realm: str | None
    placement: Placement
    credentials: Credentials

    def __repr__(self) -> str:
        return f"Verified(client_id={self.client_id!r}, token={self.token!r}, user={self.user!r}, …)"


class Policy(NamedTuple):
    """How strict a verifier is; `oauthone.server.Verifier` documents each field."""

    window: int = 300
    token: TokenRule = "required"
    body_hash: BodyHashRule = "optional"
    allow_insecure_transport: bool = False
    signature_methods: Mapping[str, SignatureMethod] = SIGNATURE_METHODS
    hosts: Collection[str] | None = None
    max_parameters: int = 1_000
    max_header: int = 16 * 1024
    max_form: int = 1024 * 1024
    realm: str | None = None


class Incoming(NamedTuple):
    """A request taken apart."""

    method: str
    url: str
    host: str | None
    body: bytes
    has_form: bool
    pairs: list[str]
    protocol: dict[str, str]
    realm: str | None
    placement: Placement

    def __repr__(self) -> str:
        return f"Incoming({self.method} {split_query(self.url)[0]}, …)"


def verify_request(
    method: str,
    url: str,
    headers: Iterable[tuple[str, str]],
    body: bytes,
    policy: Policy,
    now: float,
) -> Generator[FindCredentials | UseNonce, Any, Verified]:
    """Verify one request.

    Args:
        method: the request method.
        url: the absolute URL with its query as it came.
        headers: all headers as pairs, names in any case.
        body: the body's octets.
        policy: how strict to be.
        now: seconds since 1970.

    Raises:
        VerificationError: the request is refused.
    """
    request = take_apart(method, url, headers, body, policy)
    protocol = request.protocol
    signature_method = _check_without_secrets(request, policy, now)
    client_id, token = protocol["oauth_consumer_key"], protocol.get("oauth_token") or None

    known: Credentials | None = yield FindCredentials(client_id, token)
    credentials = known if known is not None and _may_use(signature_method, known) else _stranger(signature_method)
    _check_body_hash(request, signature_method, policy)
    _check_signature(request, signature_method, known, credentials, token, policy)
    if credentials.token_problem is not None:
        raise _unauthorized(credentials.token_problem, "the token is known, but no longer good", policy)
    if "oauth_nonce" in protocol:
        fresh: object = yield UseNonce(client_id, token, int(protocol["oauth_timestamp"]), protocol["oauth_nonce"])
        if fresh is not True:
            raise _unauthorized(
                "nonce_used", "this nonce was used before: a replay, or a retry that was not signed anew", policy
            )
    del protocol["oauth_signature"]
    return Verified(client_id, token, credentials.user, protocol, request.realm, request.placement, credentials)


def masked(base_string: str) -> str:
    """``base_string`` with the values of parameters that may be secret replaced: fit for a log."""
    method, _, rest = base_string.partition("&")
    uri, _, parameters = rest.partition("&")
    pairs = [pair.partition("%3D") for pair in parameters.split("%26")]
    hidden = [f"{name}{joint}{'***' if SECRET_NAMES.search(name) else value}" for name, joint, value in pairs]
    return f"{method}&{uri}&{'%26'.join(hidden)}"


def refuse_key_as_secret(client_secret: object) -> None:
    """Raise if ``client_secret`` is the text of a key: with HMAC, everyone who has a public key could sign.

    Raises:
        SigningError: it is, or is no text at all.
    """
    if not isinstance(client_secret, str):
        raise SigningError(f"client_secret is a {type(client_secret).__name__}, not text")
    if _KEY_TEXT.search(client_secret.strip()):
        raise SigningError(
            "client_secret holds the text of a key: pass a public key as rsa_key and leave the secret out"
        )


_DUMMY_SECRET = "0" * 32


def take_apart(method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes, policy: Policy) -> Incoming:
    """The parts of a request that count for its signature.

    Raises:
        VerificationError: it is too large, malformed, or holds no or doubled protocol parameters.
    """
    authorization, content_type, host = _read_headers(headers, policy)
    if policy.hosts is not None and normalized_authority(url.partition(":")[0].lower(), host or "") not in policy.hosts:
        raise VerificationError(
            400, "parameter_rejected", "the Host header names none of the hosts that are served here"
        )
    has_form = is_form(content_type)
    before, query = split_query(url)
    _capped("URL before its query", before, policy)
    query = wire(query)
    _check_caps(query, body if has_form else b"", policy)
    query_pairs = encoded_pairs(query)
    form_pairs = encoded_pairs(wire(body)) if has_form and body else []
    realm, in_header = (None, []) if authorization is None else header_pairs(authorization)
    if len(in_header) > policy.max_parameters:
        raise VerificationError(400, "parameter_rejected", "the Authorization header holds too many parameters")
    found = split_parameters(in_header), split_parameters(query_pairs), split_parameters(form_pairs)
    placement, protocol = _only_placement(authorization, found, policy)
    pairs = [pair for pair in (*in_header, *query_pairs, *form_pairs) if not pair.startswith("oauth_signature\0")]
    return Incoming(method, url, host, body, has_form, pairs, protocol, realm, placement)


def _only_placement(
    authorization: str | None, found: Iterable[dict[str, str]], policy: Policy
) -> tuple[Placement, dict[str, str]]:
    """The one place where protocol parameters stand (RFC 5849 section 3.5), and what stands there."""
    places = [(placement, protocol) for placement, protocol in zip(_PLACES, found, strict=True) if protocol]
    if len(places) > 1:
        names = " and ".join([placement for placement, _ in places])
        raise VerificationError(400, "parameter_rejected", f"protocol parameters stand in two places: {names}")
    if places:
        return places[0]
    if authorization is not None:
        raise VerificationError(400, "parameter_absent", "the Authorization header holds no protocol parameter")
    raise _unauthorized("parameter_absent", "the request presents no OAuth credentials", policy)


def _read_headers(headers: Iterable[tuple[str, str]], policy: Policy) -> tuple[str | None, str | None, str | None]:
    """Authorization (where its scheme is OAuth), Content-Type and Host."""
    authorization = content_type = host = None
    for name, value in headers:
        if len(name) not in (4, 12, 13):
            continue
        lowered = name.lower()
        if lowered == "authorization" and is_oauth_header(value):
            if authorization is not None:
                raise VerificationError(400, "parameter_rejected", "there are two OAuth Authorization headers")
            authorization = _capped("Authorization header", value, policy)
        elif lowered == "content-type":
            if value != (content_type or value):
                raise VerificationError(400, "parameter_rejected", "there are two Content-Type headers")
            content_type = _capped("Content-Type header", value, policy)
        elif lowered == "host":
            if value != (host or value):
                raise VerificationError(400, "parameter_rejected", "there are two Host headers")
            host = _capped("Host header", value, policy)
    return authorization, content_type, host


def _capped(what: str, value: str, policy: Policy) -> str:
    if len(value) > policy.max_header:
        raise VerificationError(400, "parameter_rejected", f"the {what} is too long")
    return value


def _check_caps(query: str, form: bytes, policy: Policy) -> None:
    if len(form) > policy.max_form:
        raise VerificationError(400, "parameter_rejected", f"the form is longer than {policy.max_form} octets")
    if query.count("&") + form.count(b"&") >= policy.max_parameters:
        raise VerificationError(400, "parameter_rejected", f"there are more than {policy.max_parameters} parameters")
    if len(query) > policy.max_form:
        raise VerificationError(400, "parameter_rejected", f"the query is longer than {policy.max_form} octets")


def _check_without_secrets(request: Incoming, policy: Policy, now: float) -> SignatureMethod:
    """What can be said of a request before its client is looked up."""
    protocol = request.protocol
    absent = [name for name in _ALWAYS_NEEDED if not protocol.get(name)]
    if absent:
        raise parameter_absent(*absent)
    if protocol.get("oauth_version", "1.0") != "1.0":
        raise VerificationError(
            400,
            "version_rejected",
            'oauth_version is there and not "1.0"',
            details=(("oauth_acceptable_versions", "1.0-1.0"),),
        )
    method = policy.signature_methods.get(protocol["oauth_signature_method"])
    if method is None:
        raise VerificationError(400, "signature_method_rejected", "oauth_signature_method is unknown or not taken here")
    if method.name == "PLAINTEXT" and not policy.allow_insecure_transport and request.url[:6].lower() != "https:":
        raise VerificationError(403, "permission_denied", "PLAINTEXT over plain http shows the secrets to everyone")
    _check_token(protocol, policy)
    _check_timestamp(protocol, method, policy, now)
    return method


def _check_token(protocol: dict[str, str], policy: Policy) -> None:
    token = protocol.get("oauth_token")
    if policy.token == "required" and not token:
        raise parameter_absent("oauth_token")
    if policy.token == "none" and token:
        raise VerificationError(400, "parameter_rejected", "oauth_token has no place in this request")


def _check_timestamp(protocol: dict[str, str], method: SignatureMethod, policy: Policy, now: float) -> None:
    timestamp, nonce = protocol.get("oauth_timestamp"), protocol.get("oauth_nonce")
    if timestamp is None and nonce is None and method.name == "PLAINTEXT":
        return
    absent = [name for name, value in (("oauth_timestamp", timestamp is not None), ("oauth_nonce", nonce)) if not value]
    if timestamp is None or absent:
        raise parameter_absent(*absent)
    if not _TIMESTAMP.fullmatch(timestamp):
        raise VerificationError(400, "timestamp_refused", "oauth_timestamp is no positive whole number of seconds")
    if abs(now - int(timestamp)) > policy.window:
        raise VerificationError(
            401,
            "timestamp_refused",
            f"oauth_timestamp is {int(timestamp) - now:+.0f} s away from this server's clock, "
            f"more than {policy.window} s: the client's clock is wrong, or the request is old",
            challenge=_challenge(policy),
            details=(("oauth_acceptable_timestamps", f"{ceil(now - policy.window)}-{floor(now + policy.window)}"),),
        )


def _check_body_hash(request: Incoming, method: SignatureMethod, policy: Policy) -> None:
    given = request.protocol.get("oauth_body_hash")
    if given is None:
        if policy.body_hash == "required" and not request.has_form and request.body:
            raise parameter_absent("oauth_body_hash")
        return
    if request.has_form:
        raise VerificationError(400, "parameter_rejected", "oauth_body_hash has no place in a request with a form")
    expected = body_digest(method.hash_name, request.body)
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode("ascii")):
        raise _signature_invalid("oauth_body_hash is not the hash of the body", base_string_of(request), policy)


def _may_use(method: SignatureMethod, credentials: Credentials) -> bool:
    """Whether the client signs with ``method`` and has what it takes. One with a key has no empty secret besides."""
    if method.uses_rsa_key and credentials.rsa_key is None:
        return False
    if not method.uses_rsa_key and credentials.rsa_key is not None and not credentials.client_secret:
        return False
    return method.name in credentials.signature_methods


def _stranger(method: SignatureMethod) -> Credentials:
    """What an unknown client, or one that may not use this method, is checked with, at the cost of real credentials."""
    return Credentials(_DUMMY_SECRET, stand_in_key() if method.uses_rsa_key else None, (method.name,))


def _check_signature(
    request: Incoming,
    method: SignatureMethod,
    known: Credentials | None,
    credentials: Credentials,
    token: str | None,
    policy: Policy,
) -> None:
    base_string = base_string_of(request)
    token_secret = credentials.token_secret
    if token_secret is None:
        token_secret = "" if token is None else _DUMMY_SECRET
    try:
        holds: object = method.verify(
            base_string,
            request.protocol["oauth_signature"],
            credentials.client_secret,
            token_secret,
            credentials.rsa_key,
        )
    except SigningError as refused:
        raise VerificationError(400, "signature_method_rejected", str(refused)) from refused
    if known is None:
        reason = "the client is unknown"
    elif not _may_use(method, known):
        reason = f"the client may not use {method.name}"
    elif token is not None and credentials.token_secret is None:
        reason = "the token is unknown, or was issued to another client"
    elif holds is not True:
        reason = "the signature does not fit the request: other secrets, or other octets than those that were signed"
    else:
        return
    raise _signature_invalid(reason, base_string, policy)


def base_string_of(request: Incoming) -> str:
    """The signature base string of an incoming request, with nothing masked.

    Raises:
        VerificationError: its URL is no absolute one.
    """
    try:
        start = base_string_start(request.method, split_query(request.url)[0], request.host)
    except SigningError:
        raise VerificationError(400, "parameter_rejected", "the request's URL is no absolute URL") from None
    return signature_base_string(start, list(request.pairs))


def parameter_absent(*names: str, hint: str = "") -> VerificationError:
    """The refusal of a request that lacks ``names``, or has them without a value.

    Args:
        names: the parameters'.
        hint: what the operator is told beside that.
    """
    reason = f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} missing or empty{hint}"
    return VerificationError(400, "parameter_absent", reason, details=(("oauth_parameters_absent", "&".join(names)),))


def _unauthorized(problem: str, reason: str, policy: Policy) -> VerificationError:
    return VerificationError(401, problem, reason, challenge=_challenge(policy))


def _signature_invalid(reason: str, base_string: str, policy: Policy) -> VerificationError:
    return VerificationError(
        401, "signature_invalid", reason, challenge=_challenge(policy), base_string=masked(base_string)
    )


def _challenge(policy: Policy) -> str:
    return "OAuth" if policy.realm is None else realm_prefix(policy.realm)[:-2]
