"""A request that is tried again: by aiohttp where a connection was dropped, and by middlewares."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.client_middlewares import ClientHandlerType
from aiohttp.client_reqrep import ClientRequest, ClientResponse

from oauthone.testing import ProviderBox

from ..matrix import PLACEMENTS, nonces, places
from ..servers import Exchange, ScriptedServer, answer
from .conftest import KINDS, Maker, Sender

pytestmark = pytest.mark.anyio


def drop(exchange: Exchange) -> bool:
    """Close a connection that was kept alive, without an answer."""
    return False


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("verb", ["GET", "PUT"])
@pytest.mark.seen_in("python-upwork#14")
@pytest.mark.seen_in("mwclient#164")
async def test_a_dropped_connection(box: ProviderBox, sender: Sender, kind: str, placement: str, verb: str) -> None:
    """aiohttp sends what is idempotent once more, over a new connection: with a nonce of its own."""
    client = await sender(kind, box, placement=placement)
    form = {"a": "é"} if verb == "PUT" else None
    with ScriptedServer(answer(), drop, answer()) as server:
        for _ in range(2):
            async with client.request(verb, server.origin, data=form) as response:
                assert response.status == 200
    assert len(server.seen) == 3
    assert server.connections == 2
    assert len({seen.nonce(box.verifier) for seen in server.seen}) == 3
    if form:
        assert [seen.body.count(b"a=%C3%A9") for seen in server.seen] == [1, 1, 1]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_not_idempotent_is_not_sent_again(box: ProviderBox, sender: Sender, kind: str) -> None:
    client = await sender(kind, box)
    with ScriptedServer(answer(), drop) as server:
        await (await client.post(server.origin)).read()
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await client.post(server.origin)
    assert len(server.seen) == 2


async def try_again(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """A middleware that sends a request up to three times."""
    for _ in range(2):
        response = await handler(request)
        if response.status != 503:
            return response
        response.release()
    return await handler(request)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("placement", "arguments"),
    [
        *((placement, arguments) for placement in PLACEMENTS for arguments in ({}, {"data": {"a": "é"}})),
        ("HEADER", {"json": {"a": 1}}),
        ("QUERY", {"json": {"a": 1}}),
    ],
)
@pytest.mark.seen_in("ably#286")
async def test_a_middleware_that_tries_again(
    box: ProviderBox, sender: Sender, kind: str, placement: str, arguments: dict[str, Any]
) -> None:
    """Outside of ours it sees the unsigned request, and each of its attempts is signed anew."""
    client = await sender(kind, box, placement=placement, session_options={"middlewares": (try_again,)})
    url = box.flaky_url(f"{kind} {placement} {sorted(arguments)}", failures=2)
    async with client.post(url, **arguments) as response:
        assert response.status == 200, await response.text()
    assert len(set(nonces(box.requests))) == 3
    assert [list(places(received)) for received in box.requests] == [[placement]] * 3
    own = [[pair for pair in received.form() if not pair[0].startswith(b"oauth_")] for received in box.requests]
    assert own == [[(b"a", "é".encode())] if "data" in arguments else []] * 3


async def test_a_stream_is_not_sent_again(box: ProviderBox, sender: Sender) -> None:
    """A second attempt would send nothing of it: the client says so."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"

    client = await sender("AsyncOAuth1Client", box, session_options={"middlewares": (try_again,)})
    with pytest.raises(aiohttp.ClientPayloadError, match=r"its body \(async_generator\) can be read only once"):
        await client.post(box.flaky_url("stream"), data=chunks())
    assert [received.body for received in box.requests] == [b"one"]


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("ends", ["answer", "error", "cancelled"])
async def test_the_request_is_what_it_was(box: ProviderBox, middleware: Maker, placement: str, ends: str) -> None:
    """Whatever became of it: URL, headers and body are there as before."""
    seen: list[Any] = []

    async def outside(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        def state() -> Any:
            return request.url, request.headers.copy(), request.body

        seen.append(state())
        try:
            return await handler(request)
        finally:
            seen.append(state())

    arrived = asyncio.Event()

    async def inside(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        seen.insert(1, (request.url, request.headers.copy(), request.body))
        arrived.set()
        if ends == "error":
            raise aiohttp.ClientConnectionError("planted")
        if ends == "cancelled":
            await asyncio.Event().wait()
        return await handler(request)

    auth = middleware(box, placement=placement)
    async with aiohttp.ClientSession(middlewares=(outside, auth, inside)) as session:

        async def send() -> None:
            async with session.post(box.echo_url, data={"a": "1"}) as response:
                assert response.status == 200

        sending = asyncio.create_task(send())
        await arrived.wait()
        if ends == "cancelled":
            sending.cancel()
        _, pending = await asyncio.wait([sending])
        assert not pending
        assert sending.cancelled() or (sending.exception() is None) is (ends == "answer")
    before, signed, after = seen
    assert before == after
    assert before != signed
