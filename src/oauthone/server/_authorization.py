"""The resource owner's decision (RFC 5849 section 2.2) as generators: show what is pending, approve it, deny it."""

import secrets
from collections.abc import Generator, Mapping
from typing import Any, NamedTuple, TypeAlias, cast

from oauthone.errors import VerificationError
from oauthone.server._callbacks import callback_with
from oauthone.server._effects import ApprovePending, Effect, FindClient, FindPending, TakePending
from oauthone.server._records import Client, PendingAuthorization
from oauthone.server._storable import refuse_unstorable

#: The names that the response with a token uses itself (RFC 5849 section 2.3), or that a client reads as a refusal.
_RESERVED = frozenset(
    {
        "oauth_callback_confirmed",
        "oauth_problem",
        "oauth_problem_advice",
        "oauth_token",
        "oauth_token_secret",
        "oauth_verifier",
    }
)
#: Letters and digits that people do not mistake for each other when they type a code.
_TYPED = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Decision(NamedTuple):
    """The result of a resource owner's decision: where to redirect, or a code to show.

    Attributes:
        redirect: the URL to send the browser to, or None if the code has to be shown instead.
        verifier: the verification code; None after a denial.
    """

    redirect: str | None
    verifier: str | None

    def __repr__(self) -> str:
        return "Decision(…)"


PendingWithClient: TypeAlias = tuple[PendingAuthorization, Client]


def find_pending_authorization(token: str, now: float) -> Generator[Effect, Any, PendingWithClient]:
    """Look up an authorization that the resource owner has still to decide, and its client.

    Raises:
        VerificationError: the token is unknown, expired or already decided.
    """
    pending, client = yield from _find_live(token, now)
    if pending.verifier is not None:
        raise _not_pending()
    return pending, client


def approve(token: str, user: str, extra: Mapping[str, str], now: float) -> Generator[Effect, Any, Decision]:
    """Approve once: a second approval by the same user returns what the first one did.

    Raises:
        TypeError: ``user`` is not a string, or ``extra`` is not a mapping of strings. Nothing was yielded yet.
        ValueError: ``extra`` holds a name that the protocol needs, or a string cannot be stored.
        VerificationError: the token is unknown or expired, or another user decided.
    """
    granted = _checked_extra(user, extra)
    pending, _ = yield from _find_live(token, now)
    if pending.verifier is None:
        yield ApprovePending(token, new_verifier(typed=pending.callback is None), user, granted)
        pending, _ = yield from _find_live(token, now)
    if pending.verifier is None or pending.user != user:
        raise _not_pending()
    return _decision(pending, ("oauth_verifier", pending.verifier), pending.verifier)


def deny(token: str, now: float) -> Generator[Effect, Any, Decision]:
    """Deny: the temporary credentials are deleted at once.

    Raises:
        VerificationError: the token is unknown, expired or already decided.
    """
    pending, _ = yield from find_pending_authorization(token, now)
    taken: PendingAuthorization | None = yield TakePending(token)
    if taken is None:
        raise _not_pending()
    return _decision(pending, ("oauth_problem", "user_refused"), None)


def _decision(pending: PendingAuthorization, outcome: tuple[str, str], verifier: str | None) -> Decision:
    """Tell the client the ``outcome`` in its callback, if it has one."""
    if pending.callback is None:
        return Decision(None, verifier)
    return Decision(callback_with(pending.callback, [("oauth_token", pending.token), outcome]), verifier)


def new_verifier(typed: bool) -> str:
    """A verification code: 8 characters that a person types, or 160 random bits for a redirect."""
    return "".join(secrets.choice(_TYPED) for _ in range(8)) if typed else secrets.token_urlsafe(20)


def _checked_extra(user: object, extra: object) -> dict[str, str]:
    """``extra``, if it can be stored and sent to the client: after the exchange it is too late to find out."""
    if not isinstance(user, str):
        raise TypeError(f"user is a {type(user).__name__}: pass a string")
    if not isinstance(extra, Mapping):
        raise TypeError(f"extra is a {type(extra).__name__}: pass a mapping of strings to strings")
    for name, value in cast("Mapping[object, object]", extra).items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError(f"extra[{name!r}] is a {type(value).__name__}: names and values are strings")
        if name in _RESERVED:
            raise ValueError(f"extra[{name!r}]: the protocol reserves this name, choose another one")
    granted = dict(cast("Mapping[str, str]", extra))
    refuse_unstorable(user=user, extra=granted)
    return granted


def _find_live(token: str, now: float) -> Generator[Effect, Any, PendingWithClient]:
    pending: PendingAuthorization | None = yield FindPending(token)
    if pending is None or pending.expires <= now:
        raise _not_pending()
    client: Client | None = yield FindClient(pending.client_id)
    if client is None:
        raise _not_pending()
    return pending, client


def _not_pending() -> VerificationError:
    return VerificationError(400, "token_rejected", "no authorization is pending under this token")
