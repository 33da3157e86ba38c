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


def store_function(store: Any, effect: type) -> Callable[..., Any]:
    """A function that handles one kind of effect: it passes its arguments to a method of ``store``.

    An `OSError` of the store, such as a broken connection or a timeout, becomes a `oauthone.errors.StoreError` with the
    `OSError` as its cause.

    Args:
        store: the store of a verifier or a provider.
        effect: the type of the effect, whose fields are the arguments.

    Raises:
        TypeError: the method is a coroutine function. Where only the outcome shows that, the returned function raises.
    """
    name = _METHODS[effect]
    if iscoroutinefunction(getattr_static(store, name, None)):
        raise TypeError(_not_awaited(store, name))

    def call(*arguments: Any) -> Any:
        try:
            outcome = getattr(store, name)(*arguments)
        except OSError as failure:
            raise _store_error(store, name, failure) from failure
        # A coroutine is truthy: if it passed for an outcome, every nonce would look unused.
        if hasattr(outcome, "__await__"):
            _close_awaitable(outcome)
            raise TypeError(_not_awaited(store, name))
        return outcome

    return call


def async_store_function(store: Any, effect: type) -> Callable[..., Any]:
    """`store_function` for an asynchronous verifier: it returns the outcome, or a coroutine that returns it.

    What a plain method returns, such as one of `oauthone.server.MemoryStore`, is not wrapped in a coroutine: that would
    cost each verification two coroutines more.

    Args:
        store: the store of a verifier or a provider.
        effect: the type of the effect, whose fields are the arguments.
    """
    name = _METHODS[effect]

    def call(*arguments: Any) -> Any:
        try:
            outcome = getattr(store, name)(*arguments)
        except OSError as failure:
            raise _store_error(store, name, failure) from failure
        return awaited(outcome) if hasattr(outcome, "__await__") else outcome

    async def awaited(outcome: Awaitable[Any]) -> Any:
        try:
            return await outcome
        except OSError as failure:
            raise _store_error(store, name, failure) from failure

    return call


def make_handler(store: Any) -> Callable[[Any], Any]:
    """A handler that passes each effect to ``store``: see `store_function`.

    A `oauthone.server._effects.CallHook` calls its own function instead.

    Args:
        store: the store of a verifier or a provider.

    Raises:
        TypeError: ``store`` lacks a method that every verification needs, or one of its methods is a coroutine
            function. The handler raises it where only the returned value shows that.
    """
    require_methods(store, FindCredentials, UseNonce)
    functions = {effect: store_function(store, effect) for effect in _METHODS}

    def handler(effect: Any) -> Any:
        if not isinstance(effect, CallHook):
            return functions[type(effect)](*effect)
        outcome = effect.function(*effect.arguments)
        if hasattr(outcome, "__await__"):
            _close_awaitable(outcome)
            raise TypeError(f"{effect.function!r} has to be awaited: use AsyncProvider")
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
    functions = {effect: async_store_function(store, effect) for effect in _METHODS}

    async def handler(effect: Any) -> Any:
        if isinstance(effect, CallHook):
            outcome: Any = effect.function(*effect.arguments)
        else:
            outcome = functions[type(effect)](*effect)
        return (await outcome) if hasattr(outcome, "__await__") else outcome

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


def _store_error(store: Any, name: str, failure: OSError) -> StoreError:
    """The error for a broken connection. Its text stays with the cause: it may hold an address with a password."""
    return StoreError(f"{type(store).__name__}.{name}() failed: {type(failure).__name__}")


def _not_awaited(store: Any, name: str) -> str:
    return f"{type(store).__name__}.{name}() has to be awaited: use AsyncVerifier or AsyncProvider"


def _close_awaitable(awaitable: Any) -> None:
    """Close a coroutine, so that Python does not warn that it was never awaited; cancel a future."""
    for name in ("close", "cancel"):
        if hasattr(awaitable, name):
            getattr(awaitable, name)()
            return
