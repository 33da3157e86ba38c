"""Verification of a request (RFC 5849 section 3.2), as a generator that returns `Verified`.

It yields `FindCredentials` and receives `Credentials` or None. At the end it yields `UseNonce` and receives True if the
nonce was new. The cheap checks come first. Nothing is stored until the signature has been verified, and rejecting an
unknown client takes as long as rejecting a bad signature.
"""

import re
from collections.abc import Callable, Generator
from math import ceil, floor
from typing import Any

from oauthone.core.body import body_digest
from oauthone.core.credentials import KEY_TEXT
from oauthone.core.encoding import constant_time_equal
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import ParsedRequest, base_string_of, parse_request
from oauthone.core.policy import VerificationPolicy, challenge_of, parameter_absent, signature_invalid, unauthorized
from oauthone.core.rsa import dummy_key
from oauthone.core.signature import HmacMethod, PlaintextMethod, SignatureMethod
from oauthone.core.verification_types import Credentials, FindCredentials, UseNonce, Verified
from oauthone.errors import SigningError, VerificationError

_TIMESTAMP = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)
# The text of a key is not shorter than this, so shorter secrets are not searched for one.
_SHORTEST_KEY = 40
_SECRET_BASED = (HmacMethod, PlaintextMethod)
_DUMMY_SECRET = "0" * 32
_ALWAYS_NEEDED = ("oauth_consumer_key", "oauth_signature_method", "oauth_signature")


def find_credentials(client_id: str, token: str | None) -> Generator[FindCredentials, Any, Credentials | None]:
    """Return the credentials of a client and a token from the store."""
    known: Credentials | None = yield FindCredentials(client_id, token)
    return known


def verify_request(
    request: IncomingRequest,
    policy: VerificationPolicy,
    now: float,
    find: Callable[[str, str | None], Generator[Any, Any, Credentials | None]] = find_credentials,
) -> Generator[Any, Any, Verified]:
    """Verify one request.

    Args:
        request: the request as it arrived.
        policy: the policy of the verifier.
        now: the seconds since 1970.
        find: a generator function that looks up the credentials of a client and a token.

    Raises:
        VerificationError: the request is rejected.
    """
    parsed = parse_request(request, policy)
    protocol = parsed.protocol
    signature_method = _check_without_secrets(parsed, policy, now)
    client_id, token = protocol["oauth_consumer_key"], protocol.get("oauth_token") or None

    known = yield from find(client_id, token)
    refusal = "the client is unknown" if known is None else _why_unusable(signature_method, known)
    credentials = known if known is not None and refusal is None else _dummy_credentials(signature_method)
    _check_body_hash(parsed, signature_method, policy)
    _check_signature(parsed, signature_method, credentials, token, refusal, policy)
    if credentials.token_problem is not None:
        raise unauthorized(credentials.token_problem, "the token is known but no longer valid", policy)
    if "oauth_nonce" in protocol:
        fresh: object = yield UseNonce(client_id, token, int(protocol["oauth_timestamp"]), protocol["oauth_nonce"])
        if fresh is not True:  # another truthy outcome, such as a coroutine, does not mean that the nonce is new
            reason = "this nonce was used before: the request is a replay, or a retry that was not signed again"
            raise unauthorized("nonce_used", reason, policy)
    del protocol["oauth_signature"]
    covers_body = parsed.has_form or "oauth_body_hash" in protocol
    user, realm, placement = credentials.user, parsed.realm, parsed.placement
    # By position, in the order of the fields: keywords cost a hundredth of the whole verification.
    return Verified(client_id, token, user, protocol, realm, placement, credentials, covers_body)


def _check_without_secrets(parsed: ParsedRequest, policy: VerificationPolicy, now: float) -> SignatureMethod:
    """Check what needs no credentials, and return the signature method."""
    protocol = parsed.protocol
    absent = [name for name in _ALWAYS_NEEDED if not protocol.get(name)]
    if absent:
        raise parameter_absent(*absent)
    if protocol.get("oauth_version", "1.0") != "1.0":
        raise VerificationError(
            400,
            "version_rejected",
            'oauth_version is not "1.0"',
            details=(("oauth_acceptable_versions", "1.0-1.0"),),
        )
    method = policy.signature_methods.get(protocol["oauth_signature_method"])
    if method is None:
        reason = "oauth_signature_method is unknown or not accepted here"
        raise VerificationError(400, "signature_method_rejected", reason)
    if method.name == "PLAINTEXT" and not policy.allow_insecure_transport and parsed.request.scheme != "https":
        raise VerificationError(403, "permission_denied", "PLAINTEXT over plain http reveals the secrets")
    _check_token(protocol, policy)
    _check_timestamp(protocol, method, policy, now)
    return method


def _check_token(protocol: dict[str, str], policy: VerificationPolicy) -> None:
    token = protocol.get("oauth_token")
    if policy.token == "required" and not token:
        raise parameter_absent("oauth_token")
    if policy.token == "none" and token:
        raise VerificationError(400, "parameter_rejected", "this request must not have an oauth_token")


def _check_timestamp(protocol: dict[str, str], method: SignatureMethod, policy: VerificationPolicy, now: float) -> None:
    timestamp, nonce = protocol.get("oauth_timestamp"), protocol.get("oauth_nonce")
    if timestamp is None or not nonce:
        if timestamp is None and nonce is None and method.name == "PLAINTEXT":
            return
        raise parameter_absent(*[name for name in ("oauth_timestamp", "oauth_nonce") if not protocol.get(name)])
    if not _TIMESTAMP.fullmatch(timestamp):
        raise VerificationError(400, "timestamp_refused", "oauth_timestamp is not a positive whole number of seconds")
    ahead = int(timestamp) - now
    if abs(ahead) > policy.window:
        raise VerificationError(
            401,
            "timestamp_refused",
            f"oauth_timestamp is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} this server's clock, "
            f"more than {policy.window} s: the client's clock is wrong, or the request is old",
            challenge=challenge_of(policy),
            details=(("oauth_acceptable_timestamps", f"{ceil(now - policy.window)}-{floor(now + policy.window)}"),),
        )


def _check_body_hash(parsed: ParsedRequest, method: SignatureMethod, policy: VerificationPolicy) -> None:
    given = parsed.protocol.get("oauth_body_hash")
    if given is None:
        if policy.body_hash == "required" and not parsed.has_form and parsed.request.body:
            raise parameter_absent("oauth_body_hash")
        return
    if parsed.has_form:
        raise VerificationError(400, "parameter_rejected", "a request with a form must not have an oauth_body_hash")
    expected = body_digest(method.hash_name, parsed.request.body)
    if not constant_time_equal(given, expected):
        raise signature_invalid("oauth_body_hash is not the hash of the body", base_string_of(parsed), policy)


def _why_unusable(method: SignatureMethod, known: Credentials) -> str | None:
    """Describe why this client cannot sign with ``method``; None if it can. The store may have returned anything."""
    if method.name not in known.signature_methods:
        return f"the client may not use {method.name}"
    if method.uses_rsa_key:
        return f"the client may not use {method.name}: it has no public key" if known.rsa_key is None else None
    # A client with a public key often has no secret, and a method of your own may sign with the secret all the same.
    if isinstance(method, _SECRET_BASED) or known.rsa_key is not None:
        if not known.client_secret:
            return f"the client may not use {method.name}: its secret is empty, so anyone could sign"
        if len(known.client_secret) >= _SHORTEST_KEY and KEY_TEXT.search(known.client_secret):
            return f"the client may not use {method.name}: its secret is the text of a key, which others may know"
    return None


def _dummy_credentials(method: SignatureMethod) -> Credentials:
    """Return credentials for a client that is unknown or may not use the method; they cost as much as real ones."""
    return Credentials(_DUMMY_SECRET, dummy_key() if method.uses_rsa_key else None, (method.name,))


def _check_signature(
    parsed: ParsedRequest,
    method: SignatureMethod,
    credentials: Credentials,
    token: str | None,
    refusal: str | None,
    policy: VerificationPolicy,
) -> None:
    """Raise if the signature is not valid, or if ``refusal`` already gives a reason to reject it."""
    base_string = base_string_of(parsed)
    token_secret = credentials.token_secret
    if token_secret is None:
        token_secret = "" if token is None else _DUMMY_SECRET
    # Verify even if `refusal` is set, so that the response time does not reveal whether the client exists.
    try:
        is_valid: object = method.verify(
            base_string,
            parsed.protocol["oauth_signature"],
            credentials.client_secret,
            token_secret,
            credentials.rsa_key,
        )
    except SigningError as refused:
        raise VerificationError(400, "signature_method_rejected", str(refused)) from refused
    if refusal is None and token is not None and credentials.token_secret is None:
        refusal = "the token is unknown, or was issued to another client"
    if refusal is None and is_valid is not True:  # a method of your own may return another truthy object
        refusal = "the signature does not match: the secrets differ, or the request changed after it was signed"
    if refusal is not None:
        raise signature_invalid(refusal, base_string, policy)
