"""The requests of httpx and httpx2 are signed as they are sent: host, target, pieces and lengths."""

import asyncio
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

import pytest

from oauthone.core.body import FORM
from oauthone.testing import ProviderBox

from .matrix import nonces
from .servers import ScriptedServer, answer, relay


def test_the_callers_authorization_header_is_replaced_and_restored(box: ProviderBox, ours: Any, options: Any) -> None:
    """The signature takes its place on the wire; the request keeps it."""
    with ours.OAuth1Client(**options(), headers={"Authorization": "Bearer x"}) as client:
        signed = client.get(box.echo_url)
        client.send(signed.request, auth=lambda request: request)
    assert [one.header("authorization") for one in box.requests][1] == "Bearer x"
    assert box.requests[0].verified


@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
def test_the_target_extension_of_the_caller_is_signed(
    box: ProviderBox, client: Any, ours: Any, options: Any, placement: str
) -> None:
    """The extension ``target`` says what goes on the wire in the place of path and query."""
    with ours.OAuth1Client(**options(placement)) as client:
        extensions = {"target": b"/echo?raw=[1]&p=a|b"}
        response = client.get(box.open_url, extensions=extensions)
        assert response.json()["query"][:2] == [["raw", "[1]"], ["p", "a|b"]]
        client.send(response.request)
    assert len(set(nonces(box.requests))) == 2
    assert all("raw=[1]&p=a|b" in one.url for one in box.requests)


def test_a_host_header_of_the_caller_is_signed(box: ProviderBox, ours: Any, options: Any) -> None:
    """A Host header is what the server verifies."""
    with ScriptedServer(relay(box)) as server, ours.OAuth1Client(**options()) as client:
        host = box.origin.removeprefix("http://")
        assert client.get(f"{server.origin}/echo", headers={"Host": host}).json()["user"] == box.user


@pytest.mark.parametrize("kind", ["client", "auth", "transport"])
def test_a_streamed_form_that_takes_the_parameters_in_has_a_length(
    library: ModuleType, ours: Any, box: ProviderBox, options: Any, kind: str
) -> None:
    """And no ``Transfer-Encoding`` beside it, with which a stream begins: a server that gets both may read either."""
    given = options("BODY")

    def opened(prefix: str) -> Any:
        if kind == "client":
            return getattr(ours, f"{prefix}OAuth1Client")(**given)
        auth = ours.OAuth1Auth(**given)
        if kind == "auth":
            return getattr(library, f"{prefix}Client")(auth=auth)
        inner = getattr(library, f"{prefix}HTTPTransport")()
        return getattr(library, f"{prefix}Client")(transport=ours.SigningTransport(inner, auth))

    async def awaited() -> None:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"a=1&"
            yield b"b=2"

        async with opened("Async") as client:
            request = client.build_request("POST", f"{server.origin}/echo", content=chunks(), headers=form)
            if kind == "auth":  # an auth cannot wait, so it takes what was read
                await request.aread()
            assert (await client.send(request)).status_code == 200

    form = {"Content-Type": FORM}
    with ScriptedServer(relay(box)) as server:
        with opened("") as client:
            once = iter([b"a=1&", b"b=2"])
            assert client.post(f"{server.origin}/echo", content=once, headers=form).status_code == 200
        asyncio.run(awaited())
    assert len(server.seen) == 2
    for seen in server.seen:
        assert seen.body.startswith(b"a=1&b=2&oauth_")
        names = [name for name, _ in seen.headers]
        assert "transfer-encoding" not in names
        assert names.count("content-length") == names.count("content-type") == 1
        assert seen.header("content-length") == str(len(seen.body))


@pytest.mark.parametrize("is_async", [False, True])
def test_a_streamed_form_that_carries_the_parameters_is_read_and_has_a_length(
    box: ProviderBox, ours: Any, query_options: dict[str, Any], is_async: bool
) -> None:
    """It is read, and goes out with a length and without chunks."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    async def chunks() -> Any:
        for chunk in (b"a=1", b"&b=2"):
            yield chunk

    async def asend(url: str) -> None:
        async with ours.AsyncOAuth1Client(**options) as client:
            await client.post(url, content=chunks(), headers=headers)

    options = {**query_options, "signature_type": "BODY"}
    with ScriptedServer(answer("fine")) as server:
        if is_async:
            asyncio.run(asend(server.origin))
        else:
            with ours.OAuth1Client(**options) as client:
                client.post(server.origin, content=iter((b"a=1", b"&b=2")), headers=headers)
    (seen,) = server.seen
    assert seen.nonce(box.verifier)
    assert seen.body.startswith(b"a=1&b=2&oauth_")
    assert (seen.header("transfer-encoding"), seen.header("content-length")) == (None, str(len(seen.body)))
