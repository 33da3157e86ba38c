"""A provider in a box for all tests of the clients, with TLS and without, and sessions that are closed."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from oauthone.testing import BoxToken, ProviderBox

if TYPE_CHECKING:
    from oauthone.clients.requests import OAuth1Auth, OAuth1Session

    from .aiohttp_senders import Maker, Sender

Opener = Callable[..., "OAuth1Session"]

# niquests has a separate environment, because its dependency replaces urllib3 on disk.
collect_ignore = [] if find_spec("niquests") else ["niquests"]


@pytest.fixture(scope="package", autouse=True)
def environment(own_settings: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """Ignore the machine's settings in each test."""
    with own_settings():
        yield


@pytest.fixture(scope="session")
def shared_box() -> Iterator[ProviderBox]:
    with ProviderBox(odd_values=True) as box:
        yield box


@pytest.fixture(scope="session")
def shared_tls_box() -> Iterator[ProviderBox]:
    with ProviderBox(tls=True, odd_values=True) as box:
        yield box


@pytest.fixture
def box(shared_box: ProviderBox) -> ProviderBox:
    """A provider that has received nothing yet."""
    shared_box.requests.clear()
    shared_box.decision = "approve"
    return shared_box


@pytest.fixture
def tls_box(shared_tls_box: ProviderBox) -> ProviderBox:
    """A provider behind TLS that has received nothing yet."""
    shared_tls_box.requests.clear()
    return shared_tls_box


@pytest.fixture
def open_session() -> Iterator[Opener]:
    """Makes sessions with token credentials of a box: ``open_session(box, method, placement, **options)``."""
    from oauthone.clients.requests import OAuth1Session

    opened: list[OAuth1Session] = []

    def open_one(
        box: ProviderBox, method: str = "HMAC-SHA1", placement: str = "HEADER", **options: Any
    ) -> "OAuth1Session":
        token = box.issue_token(box.clients[method])
        session = OAuth1Session(
            **box.clients[method].credentials(), **token._asdict(), signature_type=placement, **options
        )
        session.verify = box.ca_file or True
        opened.append(session)
        return session

    yield open_one
    for session in opened:
        session.close()


@pytest.fixture
def auth_for() -> "Callable[..., OAuth1Auth]":
    """Makes bare auth objects with token credentials of a box: ``auth_for(box, method, placement, **options)``."""
    from oauthone.clients.requests import OAuth1Auth

    def make(box: ProviderBox, method: str = "HMAC-SHA1", placement: str = "HEADER", **options: Any) -> OAuth1Auth:
        token: BoxToken = box.issue_token(box.clients[method])
        return OAuth1Auth(**box.clients[method].credentials(), **token._asdict(), signature_type=placement, **options)

    return make


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def closed_transports(anyio_backend: str) -> AsyncIterator[None]:
    """TLS closes after the session of aiohttp does: wait for the server before the loop is closed."""
    yield
    transports: Any = getattr(asyncio.get_running_loop(), "_transports", {})
    for _ in range(100):
        if all(transport.is_closing() for transport in [*transports.values()]):
            break
        await asyncio.sleep(0.002)


@pytest.fixture
def middleware() -> "Maker":
    from oauthone.clients.aiohttp import OAuth1Middleware

    from .aiohttp_senders import credentials

    def make(box: ProviderBox, method: str = "HMAC-SHA1", placement: str = "HEADER", **options: Any) -> Any:
        return OAuth1Middleware(**credentials(box, method), signature_type=placement, **options)

    return make


@pytest.fixture
async def sender(middleware: "Maker") -> "AsyncIterator[Sender]":
    import aiohttp

    from oauthone.clients.aiohttp import AsyncOAuth1Client

    from .aiohttp_senders import credentials, trust

    async with AsyncExitStack() as opened:

        async def make(
            kind: str, box: ProviderBox, method: str = "HMAC-SHA1", placement: str = "HEADER", **options: Any
        ) -> Any:
            session_options = {"connector": trust(box), **options.pop("session_options", {})}
            if kind == "AsyncOAuth1Client":
                options |= session_options
                made: Any = AsyncOAuth1Client(**credentials(box, method), signature_type=placement, **options)
            else:
                outer = session_options.pop("middlewares", ())
                auth = middleware(box, method, placement, **options)
                made = aiohttp.ClientSession(middlewares=(*outer, auth), **session_options)
            return await opened.enter_async_context(made)

        yield make


@pytest.fixture(params=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> ModuleType:
    """httpx and httpx2 in turn."""
    return importlib.import_module(request.param)


@pytest.fixture
def ours(library: ModuleType) -> Any:
    """Our module for the library."""
    return importlib.import_module(f"oauthone.clients.{library.__name__}")


@pytest.fixture
def options(box: ProviderBox) -> Callable[..., dict[str, Any]]:
    """The credentials of a client and a token, with further options."""

    def make(placement: str = "HEADER", **further: Any) -> dict[str, Any]:
        token = box.issue_token()
        return {**box.client.credentials(), **token._asdict(), "signature_type": placement, **further}

    return make


@pytest.fixture
def client(ours: Any, options: Any) -> Iterator[Any]:
    """A client of httpx or httpx2 with a token."""
    with ours.OAuth1Client(**options()) as client:
        yield client


@pytest.fixture
def query_options(box: ProviderBox) -> dict[str, Any]:
    """The credentials of a client and a token, with the parameters in the query."""
    return {**box.client.credentials(), **box.issue_token()._asdict(), "signature_type": "QUERY"}


@pytest.fixture
def session(box: ProviderBox) -> "Iterator[OAuth1Session]":
    """A session without a token, for the box's first client."""
    from oauthone.clients.requests import OAuth1Session

    with OAuth1Session(**box.client.credentials()) as session:
        yield session
