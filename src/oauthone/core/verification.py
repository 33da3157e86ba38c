"""Verification of a request (RFC 5849 section 3.2) in three checks, none of which waits for anything.

`check_request` comes before the store looks up the credentials, `check_signature` after that, and `check_nonce` at the
end. So nothing is stored until the signature has been verified, and rejecting an unknown client takes as long as
rejecting a bad signature. `verify_request` does all of it as a generator that yields `FindCredentials` and `UseNonce`.
"""

import re
from collections.abc import Callable, Generator
from math import ceil, floor
from typing import Any

from oauthone.core.body import body_digest
from oauthone.core.encoding import constant_time_equal
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import ParsedRequest, base_string_of, parse_request
from oauthone.core.policy import VerificationPolicy, challenge_of, parameter_absent, signature_invalid, unauthorized
from oauthone.core.signature import SignatureMethod
from oauthone.core.usable_credentials import DUMMY_SECRET, dummy_credentials, why_unusable
from oauthone.core.verification_types import Credentials, FindCredentials, UseNonce, Verified, other_time
from oauthone.errors import SigningError, VerificationError

_TIMESTAMP = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)
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
    parsed, method, timestamp = check_request(request, policy, now)
    known = yield from find(parsed.client_id, parsed.token)
    credentials = check_signature(parsed, method, known, policy)
    if parsed.nonce is not None:
        fresh: object = yield UseNonce(parsed.client_id, parsed.token, timestamp, parsed.nonce)
        check_nonce(fresh, policy)
    return verified_request(parsed, credentials)


def check_request(
    request: IncomingRequest, policy: VerificationPolicy, now: float
) -> tuple[ParsedRequest, SignatureMethod, int]:
    """Check all that can be checked without a secret.

    Return the parsed request, its signature method, and its timestamp; without a nonce, the timestamp is 0.

    Args:
        request: the request as it arrived.
        policy: the policy of the verifier.
        now: the seconds since 1970.

    Raises:
        VerificationError: the request is rejected.
    """
    parsed = parse_request(request, policy)
    method = _check_protocol(parsed, policy)
    return parsed, method, _check_timestamp(parsed, method, policy, now)


def check_signature(
    parsed: ParsedRequest, method: SignatureMethod, known: Credentials | None, policy: VerificationPolicy
) -> Credentials:
    """Check body hash, signature and token with the credentials of the request, and return these.

    Args:
        parsed: the request.
        method: the signature method that it names.
        known: what the store found for its client and token.
        policy: the policy of the verifier.

    Raises:
        VerificationError: the request is rejected.
    """
    credentials = dummy_credentials(method) if known is None else known
    refusal = why_unusable(method, credentials)  # asked for an unknown client too, as that takes as long
    if known is None:
        refusal = "the client is unknown"
    elif refusal is not None:
        credentials = dummy_credentials(method)
    _check_body_hash(parsed, method, policy)
    _compare_signature(parsed, method, credentials, refusal, policy)
    if credentials.token_problem is not None:
        raise unauthorized(credentials.token_problem, "the token is known but no longer valid", policy)
    return credentials


def check_nonce(fresh: object, policy: VerificationPolicy) -> None:
    """Raise unless the store found the nonce of a request to be new.

    Args:
        fresh: what the store returned: another truthy value than True, such as a coroutine, does not mean new.
        policy: the policy of the verifier.

    Raises:
        VerificationError: the request is rejected.
    """
    if fresh is not True:
        reason = "this nonce was used before: the request is a replay, or a retry that was not signed again"
        raise unauthorized("nonce_used", reason, policy)


def verified_request(parsed: ParsedRequest, credentials: Credentials) -> Verified:
    """Return the result for a request that passed all three checks.

    Args:
        parsed: the request; its ``oauth_signature`` is removed.
        credentials: the return value of `check_signature`.
    """
    protocol = parsed.protocol
    del protocol["oauth_signature"]
    covers_body = parsed.has_form or "oauth_body_hash" in protocol
    return Verified(
        parsed.client_id,
        parsed.token,
        credentials.user,
        protocol,
        parsed.realm,
        parsed.placement,
        credentials,
        covers_body,
    )


def _check_protocol(parsed: ParsedRequest, policy: VerificationPolicy) -> SignatureMethod:
    """Check that the parameters which every request needs are there, and return the signature method."""
    protocol = parsed.protocol
    name = protocol.get("oauth_signature_method")
    if not name or not parsed.client_id or not protocol.get("oauth_signature"):
        raise parameter_absent(*[name for name in _ALWAYS_NEEDED if not protocol.get(name)])
    if protocol.get("oauth_version", "1.0") != "1.0":
        raise VerificationError(
            400,
            "version_rejected",
            'oauth_version is not "1.0"',
            details=(("oauth_acceptable_versions", "1.0-1.0"),),
        )
    method = policy.signature_methods.get(name)
    if method is None:
        reason = "oauth_signature_method is unknown or not accepted here"
        raise VerificationError(400, "signature_method_rejected", reason)
    if method.name == "PLAINTEXT" and not policy.allow_insecure_transport and parsed.request.scheme != "https":
        raise VerificationError(403, "permission_denied", "PLAINTEXT over plain http reveals the secrets")
    if policy.token == "required" and parsed.token is None:
        raise parameter_absent("oauth_token")
    if policy.token == "none" and parsed.token is not None:
        raise VerificationError(400, "parameter_rejected", "this request must not have an oauth_token")
    return method


def _check_timestamp(parsed: ParsedRequest, method: SignatureMethod, policy: VerificationPolicy, now: float) -> int:
    protocol, nonce = parsed.protocol, parsed.nonce
    timestamp = protocol.get("oauth_timestamp")
    if timestamp is None or not nonce:
        if timestamp is None and nonce is None and method.name == "PLAINTEXT":
            return 0
        raise parameter_absent(*[name for name in ("oauth_timestamp", "oauth_nonce") if not protocol.get(name)])
    if not _TIMESTAMP.fullmatch(timestamp):
        raise VerificationError(400, "timestamp_refused", "oauth_timestamp is not a positive whole number of seconds")
    seconds = int(timestamp)
    ahead = seconds - now
    if abs(ahead) > policy.window:
        raise VerificationError(
            401,
            "timestamp_refused",
            other_time(timestamp, ahead, policy.window),
            challenge=challenge_of(policy),
            details=(("oauth_acceptable_timestamps", f"{ceil(now - policy.window)}-{floor(now + policy.window)}"),),
        )
    return seconds


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


def _compare_signature(
    parsed: ParsedRequest,
    method: SignatureMethod,
    credentials: Credentials,
    refusal: str | None,
    policy: VerificationPolicy,
) -> None:
    """Raise if the signature is not valid, or if ``refusal`` already gives a reason to reject it."""
    base_string, token = base_string_of(parsed), parsed.token
    token_secret = credentials.token_secret
    if token_secret is None:
        token_secret = "" if token is None else DUMMY_SECRET
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
