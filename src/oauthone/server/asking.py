"""Which method of a store answers which question, for plain stores and for those whose methods are coroutines."""

from collections.abc import Awaitable, Callable
from inspect import getattr_static, isawaitable
from typing import Any

from oauthone.core.verification import FindCredentials, UseNonce
from oauthone.server.granting import (
    ApprovePending,
    CountTry,
    FindClient,
    FindPending,
    SavePending,
    SaveToken,
    TakePending,
)

_METHODS: dict[type, str] = {
    FindCredentials: "find_credentials",
    UseNonce: "use_nonce",
    FindClient: "find_client",
    FindPending: "find_pending",
    SavePending: "save_pending",
    ApprovePending: "approve_pending",
    TakePending: "take_pending",
    CountTry: "count_try",
    SaveToken: "save_token",
}


def asking(store: Any) -> Callable[[Any], Any]:
    """A function that answers a question from ``store``: the method's arguments are the question's fields.

    Raises:
        TypeError: ``store`` knows no credentials or no nonces, and nothing is verified without them.
    """
    for name in (_METHODS[FindCredentials], _METHODS[UseNonce]):
        if getattr_static(store, name, None) is None and not hasattr(store, name):
            raise TypeError(f"a {type(store).__name__} is no store: it has no method {name}")

    def ask(question: Any) -> Any:
        return getattr(store, _METHODS[type(question)])(*question)

    return ask


def asking_later(store: Any) -> Callable[[Any], Awaitable[Any]]:
    """`asking` as a coroutine function. A plain store will do, if it never waits for anything."""
    ask = asking(store)

    async def ask_later(question: Any) -> Any:
        answer = ask(question)
        return (await answer) if isawaitable(answer) else answer

    return ask_later
