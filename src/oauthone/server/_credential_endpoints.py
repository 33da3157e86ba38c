"""A provider's two credential endpoints (RFC 5849 sections 2.1 and 2.3) as generators.

They yield the effects of `oauthone.server._effects` and return the form to send to the client.
"""

import secrets
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any, NamedTuple

from oauthone.core.encoding import constant_time_equal, form_encode
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.policy import VerificationPolicy, parameter_absent
from oauthone.core.verification import verify_request
from oauthone.core.verification_types import Credentials, Verified
from oauthone.errors import StoreError, VerificationError
from oauthone.server._callbacks import CallbackRule, require_safe_callback
from oauthone.server._effects import (
    CallHook,
    CountVerifierAttempt,
    Effect,
    FindClient,
    FindPending,
    SavePending,
    SaveToken,
    TakePending,
)
from oauthone.server._records import Client, IssuedToken, PendingAuthorization

#: The verification code of temporary credentials that were exchanged. No request can send it: an empty code is none.
_EXCHANGED = ""


class ProviderPolicy(NamedTuple):
    """The settings of a provider that its endpoints need; `oauthone.server.Provider` documents each of them."""

    verification: VerificationPolicy
    callback_rule: CallbackRule
    temporary_lifetime: float
    token_lifetime: float | None
    max_verifier_attempts: int


def grant_temporary_credentials(
    request: IncomingRequest, policy: ProviderPolicy, now: float
) -> Generator[Effect, Any, str]:
    """The temporary credential request endpoint (RFC 5849 section 2.1). Returns the form to send.

    Raises:
        VerificationError: the request is refused.
    """
    _require_secure(request, policy)
    verified: Verified = yield from verify_request(request, policy.verification.with_token_rule("none"), now)
    callback = verified.parameters.get("oauth_callback")
    if not callback:
        raise parameter_absent("oauth_callback", hint=": send 'oob' if there is none")
    client: Client | None = yield FindClient(verified.client_id)
    if client is None:
        raise VerificationError(401, "consumer_key_rejected", "the client was removed meanwhile")
    allowed = yield from _allowed_callback(client, callback, policy)
    pending = PendingAuthorization(
        secrets.token_urlsafe(24),
        secrets.token_urlsafe(32),
        client.client_id,
        allowed,
        now + policy.temporary_lifetime,
    )
    yield SavePending(pending)
    return form_encode(
        [
            ("oauth_token", pending.token),
            ("oauth_token_secret", pending.token_secret),
            ("oauth_callback_confirmed", "true"),
        ]
    )


def grant_token_credentials(
    request: IncomingRequest, policy: ProviderPolicy, now: float
) -> Generator[Effect, Any, str]:
    """The token request endpoint (RFC 5849 section 2.3). Returns the form to send.

    Raises:
        VerificationError: the request is refused.
    """
    _require_secure(request, policy)
    requires_token = policy.verification.with_token_rule("required")
    verified: Verified = yield from verify_request(request, requires_token, now, find_temporary_at(now))
    taken = yield from _exchange(verified, policy)
    issued = IssuedToken(
        secrets.token_urlsafe(24),
        secrets.token_urlsafe(32),
        taken.client_id,
        taken.user,
        None if policy.token_lifetime is None else now + policy.token_lifetime,
        taken.extra,
    )
    yield SaveToken(issued)
    # A client that repeats the exchange learns that it was one too many. It has its token, so a failure is no matter.
    with suppress(StoreError):
        yield SavePending(taken._replace(verifier=_EXCHANGED, user=None, extra={}))
    return form_encode(
        [("oauth_token", issued.token), ("oauth_token_secret", issued.token_secret), *issued.extra.items()]
    )


def find_temporary_at(
    now: float,
) -> Callable[[str, str | None], Generator[Effect, Any, Credentials | None]]:
    """Return the ``find`` of `oauthone.core.verification.verify_request` for temporary credentials.

    Args:
        now: the seconds since 1970, at which the credentials must not have expired.
    """

    def find(client_id: str, token: str | None) -> Generator[Effect, Any, Credentials | None]:
        # Both look-ups happen in any case: an unknown client costs as much as a known one.
        client: Client | None = yield FindClient(client_id)
        pending: PendingAuthorization | None = yield FindPending(token or "")
        if client is None:
            return None
        if pending is None or pending.client_id != client.client_id:
            return client.credentials()
        problem = "token_expired" if pending.expires <= now else None
        if pending.verifier == _EXCHANGED:
            problem = "token_used"
        return client.credentials(pending.token_secret, token_problem=problem, user=pending.user)

    return find


def _exchange(verified: Verified, policy: ProviderPolicy) -> Generator[Effect, Any, PendingAuthorization]:
    """Check the verification code and take the pending authorization, which exactly one request can do."""
    token = verified.token or ""
    pending: PendingAuthorization | None = yield FindPending(token)
    if pending is None:
        raise _token_used()
    given = verified.parameters.get("oauth_verifier")
    if not given:
        raise parameter_absent("oauth_verifier")
    if pending.verifier is None:
        raise VerificationError(401, "permission_unknown", "the resource owner has not decided yet")
    yield from _check_verifier(token, given, pending.verifier, policy)
    taken: PendingAuthorization | None = yield TakePending(token)
    # Another request may have exchanged it since it was found, and saved what can now be taken a second time.
    if taken is None or taken.verifier == _EXCHANGED:
        raise _token_used()
    return taken


def _check_verifier(token: str, given: str, expected: str, policy: ProviderPolicy) -> Generator[Effect, Any, None]:
    # The attempt is counted before the comparison: many at once get no more attempts than one after the other.
    attempts: int = yield CountVerifierAttempt(token)
    if attempts > policy.max_verifier_attempts:
        raise VerificationError(401, "parameter_rejected", "too many verification codes were tried")
    if constant_time_equal(given, expected):
        return
    if attempts == policy.max_verifier_attempts:
        yield TakePending(token)
    raise VerificationError(401, "parameter_rejected", "oauth_verifier is wrong")


def _allowed_callback(client: Client, callback: str, policy: ProviderPolicy) -> Generator[Effect, Any, str | None]:
    if callback == "oob":
        return require_safe_callback(client, client.callbacks[0]) if client.callbacks else None
    allowed: object = yield CallHook(policy.callback_rule, (client, require_safe_callback(client, callback)))
    # Only True itself: other results that are truthy, such as an error message, do not allow a callback.
    if allowed is not True:
        raise VerificationError(400, "parameter_rejected", "oauth_callback is not registered for this client")
    return callback


def _require_secure(request: IncomingRequest, policy: ProviderPolicy) -> None:
    public_url = policy.verification.public_url
    scheme = request.scheme if public_url is None else public_url[0]
    if not policy.verification.allow_insecure_transport and scheme != "https":
        raise VerificationError(403, "permission_denied", "credentials are granted over https only")


def _token_used() -> VerificationError:
    return VerificationError(401, "token_used", "the temporary credentials were exchanged meanwhile")
