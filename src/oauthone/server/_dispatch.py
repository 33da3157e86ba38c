"""Which method of a store answers which question, for plain stores and for those whose methods are coroutines.

A question to a function of the application's, `oauthone.server._credential_endpoints.CallHook`, goes to that function.
"""

from collections.abc import Awaitable, Callable
from inspect import getattr_static, iscoroutinefunction
from typing import Any

from oauthone.core.verified import FindCredentials, UseNonce
from oauthone.errors import StoreError
from oauthone.server._credential_endpoints import (
    ApprovePending,
    CallHook,
    CountVerifierAttempt,
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
    CountVerifierAttempt: "count_verifier_attempt",
    SaveToken: "save_token",
}

#: What a provider asks; a verifier asks the first two alone.
ALL_OF_A_PROVIDER = tuple(_METHODS)


def asking(store: Any) -> Callable[[Any], Any]:
    """A function that answers a question from ``store``: the method's arguments are the question's fields.

    An `OSError`, such as a broken connection or a timeout, becomes a `oauthone.errors.StoreError` with it as cause. An
    answer that would have to be awaited is none: as a coroutine counts as true, every nonce would be new.

    Raises:
        TypeError: ``store`` knows no credentials or no nonces, and nothing is verified without them; or a method is a
            coroutine function. Where only its answer shows that, the function raises it.
    """
    require_methods(store, FindCredentials, UseNonce)
    for name in _METHODS.values():
        if iscoroutinefunction(getattr_static(store, name, None)):
            raise TypeError(_not_awaited(store, name))

    def ask(question: Any) -> Any:
        try:
            answer = _put(store, question)
        except OSError as failure:
            if isinstance(question, CallHook):
                raise
            raise _unanswered(store, question, failure) from failure
        if hasattr(answer, "__await__"):
            _drop(answer)
            raise TypeError(
                f"{question.function!r} has to be awaited: use AsyncProvider"
                if isinstance(question, CallHook)
                else _not_awaited(store, _METHODS[type(question)])
            )
        return answer

    return ask


def make_async_handler(store: Any) -> Callable[[Any], Awaitable[Any]]:
    """`asking` as a coroutine function. A plain store will do, if it never waits for anything.

    Raises:
        TypeError: ``store`` knows no credentials or no nonces.
    """
    require_methods(store, FindCredentials, UseNonce)

    async def ask_later(question: Any) -> Any:
        try:
            answer = _put(store, question)
            return (await answer) if hasattr(answer, "__await__") else answer
        except OSError as failure:
            if isinstance(question, CallHook):
                raise
            raise _unanswered(store, question, failure) from failure

    return ask_later


def require_function(name: str, given: Any) -> None:
    """Refuse what cannot be called; None says that there is none.

    Args:
        name: the setting's.
        given: its value.

    Raises:
        TypeError: it cannot.
    """
    if given is not None and not callable(given):
        raise TypeError(f"{name} is a function, not {given!r}")


def require_sync_function(name: str, given: Any, cure: str = "use AsyncProvider") -> None:
    """`require_function`, and refuse a coroutine function too: nobody would await it.

    Args:
        name: the setting's.
        given: its value.
        cure: what to do instead.

    Raises:
        TypeError: it cannot be called, or would have to be awaited.
    """
    require_function(name, given)
    if iscoroutinefunction(given) or iscoroutinefunction(getattr_static(given, "__call__", None)):
        raise TypeError(f"{name} is a coroutine function, which nobody awaits here: {cure}")


def _put(store: Any, question: Any) -> Any:
    if isinstance(question, CallHook):
        return question.function(*question.arguments)
    return getattr(store, _METHODS[type(question)])(*question)


def _unanswered(store: Any, question: Any, failure: OSError) -> StoreError:
    """What a connection that broke means. Its own text stays with the cause: it may hold an address with a password."""
    return StoreError(f"{_METHODS[type(question)]} of this {type(store).__name__} failed: {type(failure).__name__}")


def require_methods(store: Any, *questions: type) -> None:
    """Refuse what cannot answer ``questions``: else the first request of each kind would fail.

    Args:
        store: who is asked.
        questions: what it is asked.

    Raises:
        TypeError: it has no such method.
    """
    for name in [_METHODS[question] for question in questions]:
        # Without asking for it, where that is enough: a store may be a proxy that does something at each access.
        if not callable(getattr_static(store, name, None)) and not callable(getattr(store, name, None)):
            raise TypeError(f"a {type(store).__name__} is no store: it has no method {name}")


def _not_awaited(store: Any, name: str) -> str:
    return f"{name} of this {type(store).__name__} has to be awaited: use AsyncVerifier or AsyncProvider"


def _drop(awaitable: Any) -> None:
    """Close a coroutine, so that it does not complain that nobody awaited it; cancel a future."""
    for ending in ("close", "cancel"):
        if hasattr(awaitable, ending):
            getattr(awaitable, ending)()
            return
