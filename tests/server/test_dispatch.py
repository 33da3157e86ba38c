"""A store's answer counts only if it is exactly `True`. A coroutine is truthy, but is not an answer."""

import asyncio
import functools
import gc
import warnings
from typing import Any

import pytest

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import OAuth1Error, StoreError, VerificationError
from oauthone.server import AsyncProvider, AsyncVerifier, Client, MemoryStore, Provider, Verifier

from .setting import CLIENT, Clock, Sent, signed, token_signer, with_token

ENDPOINT = "https://p.example/"


class Awaited:
    """A store with coroutine functions for methods, over a synchronous one."""

    def __init__(self) -> None:
        self.plain = with_token(MemoryStore([CLIENT], clock=Clock()))

    async def find_credentials(self, *asked: Any) -> Any:
        return self.plain.find_credentials(*asked)

    async def use_nonce(self, *asked: Any) -> bool:
        return self.plain.use_nonce(*asked)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)


class Composed:
    """A store composed of methods of others, whose kind shows only when they are called."""

    def __init__(self, answer: Any) -> None:
        self.plain = with_token(MemoryStore([CLIENT], clock=Clock()))
        self.use_nonce = functools.partial(self._answered, answer)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)

    @staticmethod
    def _answered(answer: Any, *asked: Any) -> Any:
        return answer() if callable(answer) else answer


async def used_before() -> bool:
    return False


class Later:
    """An awaitable that is not a coroutine."""

    def __await__(self) -> Any:
        yield


def complaints(sent: Sent, store: Any) -> list[str]:
    """Return the error of ``Verifier.verify`` about ``store``, and every warning about an unawaited coroutine."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with pytest.raises(TypeError) as caught:
            Verifier(store, clock=Clock()).verify(*sent)
        said = str(caught.value)
        del caught
        gc.collect()
    return [said, *(str(warning.message) for warning in warned)]


@pytest.mark.parametrize("answer", [used_before, Later], ids=["coroutine", "awaitable"])
def test_an_awaitable_from_a_store_accepts_no_request(answer: Any) -> None:
    assert complaints(signed(token_signer()), Composed(answer)) == [
        "Composed.use_nonce() has to be awaited: use AsyncVerifier or AsyncProvider"
    ]


def test_a_future_is_cancelled() -> None:
    loop = asyncio.new_event_loop()
    future: asyncio.Future[bool] = loop.create_future()
    assert len(complaints(signed(token_signer()), Composed(lambda: future))) == 1
    assert future.cancelled()
    loop.close()


@pytest.mark.parametrize("made", [Verifier, Provider])
def test_a_store_of_coroutine_functions_is_a_type_error_for_plain_classes(made: Any) -> None:
    with pytest.raises(TypeError, match=r"Awaited\.find_credentials\(\) has to be awaited: use AsyncVerifier or"):
        made(Awaited())


def test_a_store_of_coroutine_functions_works_with_async_classes() -> None:
    store: Any = Awaited()
    AsyncProvider(store)
    verifier = AsyncVerifier(store, clock=Clock())
    assert asyncio.run(verifier.verify(*signed(token_signer()))).user == "ann"


@pytest.mark.parametrize("answer", [1, "yes", object(), None, False], ids=["1", "yes", "an object", "None", "False"])
def test_a_nonce_is_new_only_if_the_store_returns_true(answer: Any) -> None:
    with pytest.raises(VerificationError) as caught:
        Verifier(Composed(answer), clock=Clock()).verify(*signed(token_signer()))
    assert caught.value.problem == "nonce_used"


class Consulted:
    """A callback rule and a listener that record whether they were called and awaited."""

    def __init__(self, allowed: Any) -> None:
        self.allowed = allowed
        self.told: list[str] = []

    async def rule(self, client: Client, callback: str) -> Any:
        await asyncio.sleep(0)
        return self.allowed

    async def tell(self, refused: OAuth1Error) -> None:
        await asyncio.sleep(0)
        self.told.append(str(refused))

    async def __call__(self, *given: Any) -> Any:
        raise AssertionError("only its kind matters")


def asked_for() -> Sent:
    """Return a request for temporary credentials with an unregistered callback."""
    return signed(Signer("client", "secret", clock=Clock()), url=ENDPOINT, callback="https://evil.example/")


@pytest.mark.parametrize(("allowed", "status"), [(True, 200), (False, 400), (1, 400), ("no", 400), (None, 400)])
def test_an_async_provider_awaits_the_callback_rule_and_the_listener(allowed: Any, status: int) -> None:
    consulted = Consulted(allowed)
    provider = AsyncProvider(
        MemoryStore([CLIENT], clock=Clock()),
        callback_rule=consulted.rule,
        on_refusal=consulted.tell,
        clock=Clock(),
    )
    assert asyncio.run(provider.temporary_credentials(IncomingRequest.from_url(*asked_for()))).status == status
    refused = ["400 parameter_rejected: oauth_callback is not registered for this client"]
    assert consulted.told == ([] if status == 200 else refused)


@pytest.mark.parametrize("name", ["callback_rule", "on_refusal"])
def test_coroutine_functions_are_refused_by_a_plain_provider(name: str) -> None:
    consulted = Consulted(False)
    for function in (consulted.rule, consulted.tell, consulted, functools.partial(consulted.rule)):
        settings: Any = {name: function}
        with pytest.raises(
            TypeError, match=f"{name} is a coroutine function, but it is not awaited here: use AsyncProvider"
        ):
            Provider(MemoryStore(), **settings)


@pytest.mark.parametrize("made", [Provider, AsyncProvider])
def test_a_listener_that_is_not_a_function_is_a_type_error(made: Any) -> None:
    with pytest.raises(TypeError, match="on_refusal must be a function, not 'log'"):
        made(MemoryStore(), on_refusal="log")


def test_a_callback_rule_that_returns_a_coroutine_allows_nothing() -> None:
    consulted = Consulted(False)
    provider = Provider(
        MemoryStore([CLIENT], clock=Clock()), callback_rule=lambda *given: consulted.rule(*given), clock=Clock()
    )
    with pytest.raises(TypeError, match="has to be awaited: use AsyncProvider"):
        provider.temporary_credentials(IncomingRequest.from_url(*asked_for()))


def broken(*asked: Any) -> Any:
    raise ConnectionResetError("canary: redis://user:canary@host")


async def broken_later() -> Any:
    raise TimeoutError("canary")


def test_a_broken_connection_is_a_store_error() -> None:
    """The response is a 503, and the exception has the cause."""
    verifier = Verifier(Composed(broken), clock=Clock())
    with pytest.raises(StoreError, match=r"\AComposed\.use_nonce\(\) failed: ConnectionResetError\Z") as caught:
        verifier.verify(*signed(token_signer()))
    assert isinstance(caught.value.__cause__, ConnectionResetError)
    provider: Any = Provider(Composed(broken), clock=Clock())
    assert provider.temporary_credentials(IncomingRequest.from_url(*asked_for())).status == 503


@pytest.mark.parametrize("answer", [broken, broken_later])
def test_a_broken_connection_of_an_async_store_is_a_store_error(answer: Any) -> None:
    verifier = AsyncVerifier(Composed(answer), clock=Clock())
    with pytest.raises(StoreError, match=r"Composed\.use_nonce\(\) failed") as caught:
        asyncio.run(verifier.verify(*signed(token_signer())))
    assert isinstance(caught.value.__cause__, OSError)


def test_any_other_exception_of_a_store_passes_through() -> None:
    def faulty() -> Any:
        raise KeyError("nonces")

    with pytest.raises(KeyError):
        Verifier(Composed(faulty), clock=Clock()).verify(*signed(token_signer()))


@pytest.mark.parametrize("made", [Provider, AsyncProvider])
def test_an_exception_of_a_rule_or_listener_passes_through(made: Any) -> None:
    """The provider grants nothing, and the exception passes through."""
    for name in ("callback_rule", "on_refusal"):
        provider = made(MemoryStore([CLIENT], clock=Clock()), clock=Clock(), **{name: broken})
        with pytest.raises(ConnectionResetError):
            asyncio.run(provider.temporary_credentials(IncomingRequest.from_url(*asked_for())))
