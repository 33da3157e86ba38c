"""A provider's two credential endpoints (RFC 5849 sections 2.1 and 2.3) as generators.

They yield the questions of `oauthone.core.verification` and those below, and return what to answer the client.
"""

import hmac
import secrets
from collections.abc import Callable, Generator, Mapping
from typing import Any, NamedTuple, TypeAlias

from oauthone.core.encoding import form_encode
from oauthone.core.policy import VerificationPolicy, parameter_absent
from oauthone.core.request import IncomingRequest
from oauthone.core.verification import verify_request
from oauthone.core.verified import Credentials, FindCredentials, UseNonce, Verified
from oauthone.errors import VerificationError
from oauthone.server._callbacks import CallbackRule, require_callback
from oauthone.server._records import Client, IssuedToken, PendingAuthorization

#: Letters and digits that people do not mistake for each other when they type a code.
_TYPED = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class FindClient(NamedTuple):
    """Which client is registered under this identifier? None for none."""

    client_id: str


class FindPending(NamedTuple):
    """Which authorization is pending under this token? None for none."""

    token: str


class SavePending(NamedTuple):
    """Remember this new authorization."""

    pending: PendingAuthorization


class TakePending(NamedTuple):
    """Hand out the authorization pending under this token and forget it, in one atomic step. None if it is gone."""

    token: str


class ApprovePending(NamedTuple):
    """Note under this token who agreed, what to, and the verification code. False if it is gone or was decided."""

    token: str
    verifier: str
    user: str
    extra: Mapping[str, str]

    def __repr__(self) -> str:
        return f"ApprovePending(token={self.token!r}, user={self.user!r}, …)"


class CountVerifierAttempt(NamedTuple):
    """How many verification codes were tried with this token, the one that comes now included?"""

    token: str


class SaveToken(NamedTuple):
    """Remember this token."""

    issued: IssuedToken


class CallHook(NamedTuple):
    """What does this function of the application's say, which may be a coroutine function under an AsyncProvider?"""

    function: Callable[..., object]
    arguments: tuple[object, ...]

    def __repr__(self) -> str:
        return f"CallHook({self.function!r}, …)"


class ProviderPolicy(NamedTuple):
    """How a provider grants; `oauthone.server.Provider` documents each field."""

    policy: VerificationPolicy
    callback_rule: CallbackRule
    temporary_lifetime: float
    token_lifetime: float | None
    max_verifier_attempts: int


Question: TypeAlias = (
    FindCredentials
    | UseNonce
    | FindClient
    | FindPending
    | SavePending
    | ApprovePending
    | TakePending
    | CountVerifierAttempt
    | SaveToken
    | CallHook
)
Steps: TypeAlias = Generator[Question, Any, str]


def grant_temporary_credentials(request: IncomingRequest, terms: ProviderPolicy, now: float) -> Steps:
    """The first endpoint (RFC 5849 section 2.1). Returns the form to answer.

    Raises:
        VerificationError: the request is refused.
    """
    _require_secure(request, terms)
    verified: Verified = yield from verify_request(request, terms.policy._replace(token="none"), now)
    callback = verified.parameters.get("oauth_callback")
    if not callback:
        raise parameter_absent("oauth_callback", hint=": send 'oob' where there is none")
    client: Client | None = yield FindClient(verified.client_id)
    if client is None:
        raise VerificationError(401, "consumer_key_rejected", "the client was removed meanwhile")
    agreed = yield from _agreed_callback(client, callback, terms)
    pending = PendingAuthorization(
        secrets.token_urlsafe(24),
        secrets.token_urlsafe(32),
        client.client_id,
        agreed,
        now + terms.temporary_lifetime,
    )
    yield SavePending(pending)
    return form_encode(
        [
            ("oauth_token", pending.token),
            ("oauth_token_secret", pending.token_secret),
            ("oauth_callback_confirmed", "true"),
        ]
    )


def grant_token_credentials(request: IncomingRequest, terms: ProviderPolicy, now: float) -> Steps:
    """The last endpoint (RFC 5849 section 2.3). Returns the form to answer.

    Raises:
        VerificationError: the request is refused.
    """
    _require_secure(request, terms)
    policy = terms.policy._replace(token="required")
    verified: Verified = yield from verify_request(request, policy, now, temporary_credentials_finder(now))
    token = verified.token or ""
    pending: PendingAuthorization | None = yield FindPending(token)
    if pending is None:
        raise VerificationError(401, "token_used", "the temporary credentials were exchanged meanwhile")
    given = verified.parameters.get("oauth_verifier")
    if not given:
        raise parameter_absent("oauth_verifier")
    if pending.verifier is None:
        raise VerificationError(401, "permission_unknown", "the resource owner has not decided yet")
    yield from _try_verifier(token, given, pending.verifier, terms)
    taken: PendingAuthorization | None = yield TakePending(token)
    if taken is None:
        raise VerificationError(401, "token_used", "the temporary credentials were exchanged meanwhile")
    issued = IssuedToken(
        secrets.token_urlsafe(24),
        secrets.token_urlsafe(32),
        taken.client_id,
        taken.user,
        None if terms.token_lifetime is None else now + terms.token_lifetime,
        taken.extra,
    )
    yield SaveToken(issued)
    return form_encode(
        [("oauth_token", issued.token), ("oauth_token_secret", issued.token_secret), *issued.extra.items()]
    )


def new_verifier(typed: bool) -> str:
    """A verification code: 8 characters that a person types, or 160 random bits for a redirect."""
    return "".join(secrets.choice(_TYPED) for _ in range(8)) if typed else secrets.token_urlsafe(20)


def _try_verifier(token: str, given: str, right: str, terms: ProviderPolicy) -> Generator[Question, Any, None]:
    """Compare a verification code. The try is counted first, so that many at once are no more than one by one."""
    tries: int = yield CountVerifierAttempt(token)
    if tries > terms.max_verifier_attempts:
        raise VerificationError(401, "parameter_rejected", "too many verification codes were tried")
    if hmac.compare_digest(given.encode("utf-8", "surrogatepass"), right.encode("utf-8")):
        return
    if tries == terms.max_verifier_attempts:
        yield TakePending(token)
    raise VerificationError(401, "parameter_rejected", "oauth_verifier is wrong")


def temporary_credentials_finder(
    now: float,
) -> Callable[[str, str | None], Generator[Question, Any, Credentials | None]]:
    """The ``find`` of `oauthone.core.verification.verify_request` for requests signed with temporary credentials."""

    def find(client_id: str, token: str | None) -> Generator[Question, Any, Credentials | None]:
        client: Client | None = yield FindClient(client_id)
        pending: PendingAuthorization | None = yield FindPending(token or "")
        if client is None:
            return None
        if pending is None or pending.client_id != client.client_id:
            return client.credentials()
        expired = "token_expired" if pending.expires <= now else None
        return client.credentials(pending.token_secret, token_problem=expired, user=pending.user)

    return find


def _agreed_callback(client: Client, callback: str, terms: ProviderPolicy) -> Generator[Question, Any, str | None]:
    if callback == "oob":
        return require_callback(client, client.callbacks[0]) if client.callbacks else None
    allowed: object = yield CallHook(terms.callback_rule, (client, require_callback(client, callback)))
    if allowed is not True:
        raise VerificationError(400, "parameter_rejected", "oauth_callback is not registered for this client")
    return callback


def _require_secure(request: IncomingRequest, terms: ProviderPolicy) -> None:
    if not terms.policy.allow_insecure_transport and request.scheme != "https":
        raise VerificationError(403, "permission_denied", "credentials are granted over https only")
