"""The effects that a provider yields: each one names a method of its store, or a function of the application.

`oauthone.server._dispatch` handles them. Those of a verifier are in `oauthone.core.verification_types`.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from oauthone.core.verification_types import FindCredentials, UseNonce
from oauthone.server._records import IssuedToken, PendingAuthorization


class FindClient(NamedTuple):
    """Look up a registered client. Its outcome is None if the identifier is unknown."""

    client_id: str


class FindPending(NamedTuple):
    """Look up a pending authorization. Its outcome is None if there is none under this token."""

    token: str


class SavePending(NamedTuple):
    """Save a new pending authorization."""

    pending: PendingAuthorization


class TakePending(NamedTuple):
    """Return a pending authorization and delete it, in one atomic step. Its outcome is None if it is gone."""

    token: str


class ApprovePending(NamedTuple):
    """Record who approved what, and the verification code. Its outcome is False if it is gone or already decided."""

    token: str
    verifier: str
    user: str
    extra: Mapping[str, str]

    def __repr__(self) -> str:
        return f"ApprovePending(token={self.token!r}, user={self.user!r}, …)"


class CountVerifierAttempt(NamedTuple):
    """Count one more verification code for this token. Its outcome is their number, this one included."""

    token: str


class SaveToken(NamedTuple):
    """Save issued token credentials."""

    issued: IssuedToken


class CallHook(NamedTuple):
    """Call a function of the application. With an `oauthone.server.AsyncProvider` it may be a coroutine function."""

    function: Callable[..., object]
    arguments: tuple[object, ...]

    def __repr__(self) -> str:
        return f"CallHook({self.function!r}, …)"


Effect: TypeAlias = (
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
