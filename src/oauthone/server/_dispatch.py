"""Which method of a store handles which effect, for stores with plain methods and for those with coroutine methods."""

from collections.abc import Awaitable, Callable
from inspect import getattr_static, iscoroutinefunction
from typing import Any

from oauthone.core.verification_types import FindCredentials, UseNonce
from oauthone.errors import StoreError
from oauthone.server._effects import (
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

#: The effects of a provider that its store handles. A verifier yields the first two alone.
STORE_EFFECTS = tuple(_METHODS)


def make_handler(store: Any) -> Callable[[Any], Any]:
    """A handler that passes each effect to ``store``: the effect's fields are the arguments of the method.

    A `oauthone.server._effects.CallHook` calls its own function instead. An `OSError` of the store, such as a broken
    connection or a timeout, becomes a `oauthone.errors.StoreError` with the `OSError` as its cause.

    Args:
        store: the store of a verifier or a provider.

    Raises:
        TypeError: ``store`` lacks a method that every verification needs, or one of its methods is a coroutine
            function. The handler raises it where only the returned value shows that.
    """
    require_methods(store, FindCredentials, UseNonce)
    for name in _METHODS.values():
        if iscoroutinefunction(getattr_static(store, name, None)):
            raise TypeError(_not_awaited(store, name))

    def handler(effect: Any) -> Any:
        try:
            outcome = _call_store(store, effect)
        except OSError as failure:
            if isinstance(effect, CallHook):
                raise
            raise _store_error(store, effect, failure) from failure
        # A coroutine is truthy: if it passed for an outcome, every nonce would look unused.
        if hasattr(outcome, "__await__"):
            _close_awaitable(outcome)
            raise TypeError(
                f"{effect.function!r} has to be awaited: use AsyncProvider"
                if isinstance(effect, CallHook)
                else _not_awaited(store, _METHODS[type(effect)])
            )
        return outcome

    return handler


def make_async_handler(store: Any) -> Callable[[Any], Awaitable[Any]]:
    """`make_handler` as a coroutine function. A store with plain methods works too, if it never waits for anything.

    Args:
        store: the store of a verifier or a provider.

    Raises:
        TypeError: ``store`` lacks a method that every verification needs.
    """
    require_methods(store, FindCredentials, UseNonce)

    async def handler(effect: Any) -> Any:
        try:
            outcome = _call_store(store, effect)
            return (await outcome) if hasattr(outcome, "__await__") else outcome
        except OSError as failure:
            if isinstance(effect, CallHook):
                raise
            raise _store_error(store, effect, failure) from failure

    return handler


def require_function(name: str, given: Any) -> None:
    """Raise unless ``given`` can be called or is None.

    Args:
        name: the name of the setting.
        given: its value.

    Raises:
        TypeError: it cannot be called.
    """
    if given is not None and not callable(given):
        raise TypeError(f"{name} must be a function, not {given!r}")


def require_sync_function(name: str, given: Any, cure: str = "use AsyncProvider") -> None:
    """Raise unless ``given`` can be called without awaiting it, or is None.

    Args:
        name: the name of the setting.
        given: its value.
        cure: what to do about a coroutine function.

    Raises:
        TypeError: it cannot be called, or is a coroutine function.
    """
    require_function(name, given)
    # The result of a coroutine function is truthy, so a rule that is one would allow everything.
    if iscoroutinefunction(given) or iscoroutinefunction(getattr_static(given, "__call__", None)):
        raise TypeError(f"{name} is a coroutine function, but it is not awaited here: {cure}")


def require_methods(store: Any, *effects: type) -> None:
    """Raise unless ``store`` can handle ``effects``: otherwise the first request that needs them would fail.

    Args:
        store: the store of a verifier or a provider.
        effects: the types of the effects.

    Raises:
        TypeError: it lacks a method.
    """
    for name in [_METHODS[effect] for effect in effects]:
        # A static look-up where that is enough: a store may be a proxy on which each access has an effect.
        if not callable(getattr_static(store, name, None)) and not callable(getattr(store, name, None)):
            raise TypeError(f"{type(store).__name__} cannot be used as a store: it has no {name}() method")


def _call_store(store: Any, effect: Any) -> Any:
    if isinstance(effect, CallHook):
        return effect.function(*effect.arguments)
    return getattr(store, _METHODS[type(effect)])(*effect)


def _store_error(store: Any, effect: Any, failure: OSError) -> StoreError:
    """The error for a broken connection. Its text stays with the cause: it may hold an address with a password."""
    return StoreError(f"{type(store).__name__}.{_METHODS[type(effect)]}() failed: {type(failure).__name__}")


def _not_awaited(store: Any, name: str) -> str:
    return f"{type(store).__name__}.{name}() has to be awaited: use AsyncVerifier or AsyncProvider"


def _close_awaitable(awaitable: Any) -> None:
    """Close a coroutine, so that Python does not warn that it was never awaited; cancel a future."""
    for name in ("close", "cancel"):
        if hasattr(awaitable, name):
            getattr(awaitable, name)()
            return
