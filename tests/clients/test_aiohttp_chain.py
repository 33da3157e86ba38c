"""How the client for aiohttp signs one request, beside other middlewares and over redirects."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.client_middlewares import ClientHandlerType
from aiohttp.client_reqrep import ClientRequest, ClientResponse

from oauthone.testing import ProviderBox

from .aiohttp_senders import Maker, Sender, try_again

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("closed_transports")]


async def test_named_origins_of_an_auth_for_one_request(box: ProviderBox, sender: Sender, middleware: Maker) -> None:
    """They hold in a client too."""
    client = await sender("AsyncOAuth1Client", box)
    auth = middleware(box, origins=box.origin)
    for url in (box.echo_url, box.other_url):
        async with client.get(url, auth=auth) as response:
            assert response.status == 200
    assert [received.header("authorization") is None for received in box.requests] == [False, True]


async def test_each_request_of_a_client_has_its_own_first_origin(box: ProviderBox, sender: Sender) -> None:
    client = await sender("AsyncOAuth1Client", box)
    for url in (box.echo_url, box.other_url):
        async with client.get(url) as response:
            assert response.status == 200
    assert [received.header("authorization") is None for received in box.requests] == [False, False]


async def test_a_stream_is_not_sent_again(box: ProviderBox, sender: Sender) -> None:
    """A second attempt would send nothing of it: the client says so."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"

    client = await sender("AsyncOAuth1Client", box, session_options={"middlewares": (try_again,)})
    with pytest.raises(aiohttp.ClientPayloadError, match=r"its body \(async_generator\) can be read only once"):
        await client.post(box.flaky_url("stream"), data=chunks())
    assert [received.body for received in box.requests] == [b"one"]


@pytest.mark.parametrize("of", ["session", "request"])
async def test_a_middleware_outside_of_a_client_never_sees_its_signature(
    box: ProviderBox, sender: Sender, of: str
) -> None:
    """It sees the same headers before and after, though the request was signed on its way."""
    seen: list[list[tuple[str, str]]] = []

    async def outside(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        seen.append(list(request.headers.items()))
        response = await handler(request)
        seen.append(list(request.headers.items()))
        return response

    given: dict[str, Any] = {"middlewares": (outside,)}
    client = await sender("AsyncOAuth1Client", box, session_options=given if of == "session" else {})
    async with client.get(box.echo_url, **given if of == "request" else {}) as response:
        assert "Authorization" in response.request_info.headers
    before, after = seen
    assert before == after
    assert "Authorization" not in dict(before)
    assert box.requests[0].verified is not None
