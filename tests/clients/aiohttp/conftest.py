"""Both ways to sign in aiohttp, with token credentials of a box, and sessions that are closed."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from oauthone.clients.aiohttp import AsyncOAuth1Client, OAuth1Middleware
from oauthone.testing import ProviderBox

KINDS = ["AsyncOAuth1Client", "OAuth1Middleware"]

#: Makes a sender: ``sender(kind, box, method, placement, **options)``. Its ``request`` is aiohttp's.
Sender = Callable[..., Any]
#: Makes an auth: ``middleware(box, method, placement, **options)``.
Maker = Callable[..., OAuth1Middleware]


def credentials(box: ProviderBox, method: str) -> dict[str, Any]:
    """Return all the arguments that sign as a client of the box, with a new token."""
    client = box.clients[method]
    return {**client.credentials(), **box.issue_token(client)._asdict()}


def trust(box: ProviderBox) -> aiohttp.TCPConnector:
    """Return a connector that trusts the box's certificate, if it has one."""
    return aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=box.ca_file) if box.ca_file else True)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
async def closed_transports(anyio_backend: str) -> AsyncIterator[None]:
    """TLS closes after the session does: wait for the server before the loop is closed."""
    yield
    transports: Any = getattr(asyncio.get_running_loop(), "_transports", {})
    for _ in range(100):
        if all(transport.is_closing() for transport in [*transports.values()]):
            break
        await asyncio.sleep(0.002)


@pytest.fixture
def middleware() -> Maker:
    def make(box: ProviderBox, method: str = "HMAC-SHA1", placement: str = "HEADER", **options: Any) -> Any:
        return OAuth1Middleware(**credentials(box, method), signature_type=placement, **options)

    return make


@pytest.fixture
async def sender(middleware: Maker) -> AsyncIterator[Sender]:
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
