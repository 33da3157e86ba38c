"""The resource owner's decision (RFC 5849 section 2.2) as generators: what is asked, agreeing, refusing."""

from collections.abc import Generator, Mapping
from typing import Any, NamedTuple, TypeAlias, cast

from oauthone.errors import VerificationError
from oauthone.server._callbacks import callback_with
from oauthone.server._credential_endpoints import (
    ApprovePending,
    FindClient,
    FindPending,
    Question,
    TakePending,
    new_verifier,
)
from oauthone.server._records import Client, PendingAuthorization
from oauthone.server._storable import refuse_unstorable

#: What the answer that grants a token says itself (RFC 5849 section 2.3), or what a client would read as a refusal.
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


class Decision(NamedTuple):
    """What follows from a resource owner's decision: a place to go, or a code to type.

    Attributes:
        redirect: where to send the browser, or None where the code is shown instead.
        verifier: the verification code; None after a denial.
    """

    redirect: str | None
    verifier: str | None

    def __repr__(self) -> str:
        return "Decision(…)"


Asked: TypeAlias = tuple[PendingAuthorization, Client]


def find_undecided(token: str, now: float) -> Generator[Question, Any, Asked]:
    """What a consent page shows.

    Raises:
        VerificationError: nothing is pending under this token, or it is decided.
    """
    pending, client = yield from _find_live(token, now)
    if pending.verifier is not None:
        raise _not_pending()
    return pending, client


def decide_for(token: str, user: str, extra: Mapping[str, str], now: float) -> Generator[Question, Any, Decision]:
    """Agree, once: a second agreement of the same user gets what the first did.

    Raises:
        TypeError: ``user`` is no text, or ``extra`` no mapping from texts to texts. Nothing was asked yet.
        ValueError: ``extra`` holds a name that the protocol needs, or a text cannot be stored.
        VerificationError: nothing is pending under this token, or another user decided.
    """
    agreed = _as_granted(user, extra)
    pending, _ = yield from _find_live(token, now)
    if pending.verifier is None:
        yield ApprovePending(token, new_verifier(typed=pending.callback is None), user, agreed)
        pending, _ = yield from _find_live(token, now)
    if pending.verifier is None or pending.user != user:
        raise _not_pending()
    if pending.callback is None:
        return Decision(None, pending.verifier)
    answer = [("oauth_token", token), ("oauth_verifier", pending.verifier)]
    return Decision(callback_with(pending.callback, answer), pending.verifier)


def decide_against(token: str, now: float) -> Generator[Question, Any, Decision]:
    """Refuse: the temporary credentials die at once.

    Raises:
        VerificationError: nothing is pending under this token, or it is decided.
    """
    pending, _ = yield from find_undecided(token, now)
    taken: PendingAuthorization | None = yield TakePending(token)
    if taken is None:
        raise _not_pending()
    if pending.callback is None:
        return Decision(None, None)
    answer = [("oauth_token", token), ("oauth_problem", "user_refused")]
    return Decision(callback_with(pending.callback, answer), None)


def _as_granted(user: object, extra: object) -> dict[str, str]:
    """``extra``, if it can be stored and told the client: after the exchange it is too late to find out."""
    if not isinstance(user, str):
        raise TypeError(f"user is a {type(user).__name__}, not text")
    if not isinstance(extra, Mapping):
        raise TypeError(f"extra is a {type(extra).__name__}, not a mapping from texts to texts")
    for name, value in cast("Mapping[object, object]", extra).items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError(f"extra[{name!r}] is a {type(value).__name__}: names and values are text")
        if name in _RESERVED:
            raise ValueError(f"extra[{name!r}]: the protocol has its own {name}")
    granted = dict(cast("Mapping[str, str]", extra))
    refuse_unstorable(user=user, extra=granted)
    return granted


def _find_live(token: str, now: float) -> Generator[Question, Any, Asked]:
    pending: PendingAuthorization | None = yield FindPending(token)
    if pending is None or pending.expires <= now:
        raise _not_pending()
    client: Client | None = yield FindClient(pending.client_id)
    if client is None:
        raise _not_pending()
    return pending, client


def _not_pending() -> VerificationError:
    return VerificationError(400, "token_rejected", "no authorization is pending under this token")
