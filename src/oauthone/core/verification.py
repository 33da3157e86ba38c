"""From an incoming request to `Verified` or a `VerificationError` (RFC 5849 section 3.2), as a generator.

It yields `FindCredentials` and gets `Credentials` or None, and at the very end yields `UseNonce` and gets whether that
nonce was new: nothing but ``True`` says so. The order of the checks is the order of the functions called by
`verify_request`: cheap ones first, nothing is stored before the signature holds, and an unknown client costs what a
wrong signature costs.
"""

import hmac
import re
from collections.abc import Generator, Iterable
from math import ceil, floor
from typing import Any

from oauthone.core.body import body_digest
from oauthone.core.policy import VerificationPolicy, challenge_of, parameter_absent, signature_invalid, unauthorized
from oauthone.core.request import ParsedRequest, base_string_of, parse_request
from oauthone.core.rsa import dummy_key
from oauthone.core.signature import SignatureMethod
from oauthone.core.verified import Credentials, FindCredentials, UseNonce, Verified
from oauthone.errors import SigningError, VerificationError

_TIMESTAMP = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)
_KEY_TEXT = re.compile(r"---- ?BEGIN |^(?:sk-)?(?:ssh-|ecdsa-)", re.MULTILINE)
_ALWAYS_NEEDED = ("oauth_consumer_key", "oauth_signature_method", "oauth_signature")


def verify_request(
    method: str,
    url: str,
    headers: Iterable[tuple[str, str]],
    body: bytes,
    policy: VerificationPolicy,
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
    request = parse_request(method, url, headers, body, policy)
    protocol = request.protocol
    signature_method = _check_without_secrets(request, policy, now)
    client_id, token = protocol["oauth_consumer_key"], protocol.get("oauth_token") or None

    known: Credentials | None = yield FindCredentials(client_id, token)
    credentials = (
        known if known is not None and _may_use(signature_method, known) else _dummy_credentials(signature_method)
    )
    _check_body_hash(request, signature_method, policy)
    _check_signature(request, signature_method, known, credentials, token, policy)
    if credentials.token_problem is not None:
        raise unauthorized(credentials.token_problem, "the token is known, but no longer good", policy)
    if "oauth_nonce" in protocol:
        fresh: object = yield UseNonce(client_id, token, int(protocol["oauth_timestamp"]), protocol["oauth_nonce"])
        if fresh is not True:
            raise unauthorized(
                "nonce_used", "this nonce was used before: a replay, or a retry that was not signed anew", policy
            )
    del protocol["oauth_signature"]
    return Verified(client_id, token, credentials.user, protocol, request.realm, request.placement, credentials)


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


def _check_without_secrets(request: ParsedRequest, policy: VerificationPolicy, now: float) -> SignatureMethod:
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


def _check_token(protocol: dict[str, str], policy: VerificationPolicy) -> None:
    token = protocol.get("oauth_token")
    if policy.token == "required" and not token:
        raise parameter_absent("oauth_token")
    if policy.token == "none" and token:
        raise VerificationError(400, "parameter_rejected", "oauth_token has no place in this request")


def _check_timestamp(protocol: dict[str, str], method: SignatureMethod, policy: VerificationPolicy, now: float) -> None:
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
            challenge=challenge_of(policy),
            details=(("oauth_acceptable_timestamps", f"{ceil(now - policy.window)}-{floor(now + policy.window)}"),),
        )


def _check_body_hash(request: ParsedRequest, method: SignatureMethod, policy: VerificationPolicy) -> None:
    given = request.protocol.get("oauth_body_hash")
    if given is None:
        if policy.body_hash == "required" and not request.has_form and request.body:
            raise parameter_absent("oauth_body_hash")
        return
    if request.has_form:
        raise VerificationError(400, "parameter_rejected", "oauth_body_hash has no place in a request with a form")
    expected = body_digest(method.hash_name, request.body)
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode("ascii")):
        raise signature_invalid("oauth_body_hash is not the hash of the body", base_string_of(request), policy)


def _may_use(method: SignatureMethod, credentials: Credentials) -> bool:
    """Whether the client signs with ``method`` and has what it takes. One with a key has no empty secret besides."""
    if method.uses_rsa_key and credentials.rsa_key is None:
        return False
    if not method.uses_rsa_key and credentials.rsa_key is not None and not credentials.client_secret:
        return False
    return method.name in credentials.signature_methods


def _dummy_credentials(method: SignatureMethod) -> Credentials:
    """What an unknown client, or one that may not use this method, is checked with, at the cost of real credentials."""
    return Credentials(_DUMMY_SECRET, dummy_key() if method.uses_rsa_key else None, (method.name,))


def _check_signature(
    request: ParsedRequest,
    method: SignatureMethod,
    known: Credentials | None,
    credentials: Credentials,
    token: str | None,
    policy: VerificationPolicy,
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
    raise signature_invalid(reason, base_string, policy)
