"""Parameters in the query with httpx and httpx2: under `SigningTransport`, with a ``target``, and guarded."""

import asyncio
import importlib
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest

from oauthone.errors import SigningError
from oauthone.testing import ProviderBox

from .matrix import nonces
from .servers import Exchange, ScriptedServer, answer


@pytest.fixture(params=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(request.param)


@pytest.fixture
def ours(library: ModuleType) -> Any:
    """Our module for the library."""
    return importlib.import_module(f"oauthone.clients.{library.__name__}")


@pytest.fixture
def given(box: ProviderBox) -> dict[str, Any]:
    return {**box.client.credentials(), **box.issue_token()._asdict(), "signature_type": "QUERY"}


def repeat(target: str) -> Any:
    """A redirect to ``target`` and the query that came."""

    def step(exchange: Exchange) -> bool:
        location = f"{target}?{urlsplit(exchange.seen.target).query}"
        return answer(status=302, headers=[("Location", location)])(exchange)

    return step


@pytest.mark.parametrize("signs", ["the transport", "the auth above it"])
def test_a_transport_cleans_what_a_redirect_repeats(
    box: ProviderBox, library: ModuleType, ours: Any, given: dict[str, Any], signs: str
) -> None:
    """It signs a hop to the same origin anew and sends a clean one elsewhere, whichever object signed the first."""
    auth = ours.OAuth1Auth(**given)
    with ScriptedServer() as first, ScriptedServer(answer("fine")) as other:
        first.steps = [repeat("/second"), repeat(f"{other.origin}/there")]
        transport = ours.SigningTransport(library.HTTPTransport(), auth, origins=first.origin)
        above = auth if signs == "the auth above it" else None
        with library.Client(transport=transport, auth=above, follow_redirects=True) as client:
            assert client.get(f"{first.origin}/first?a=1").text == "fine"
    assert len({seen.nonce(box.verifier) for seen in first.seen}) == 2
    assert [seen.target for seen in other.seen] == ["/there?a=1"]


def test_an_async_transport_cleans_too(box: ProviderBox, library: ModuleType, ours: Any, given: dict[str, Any]) -> None:
    async def main() -> None:
        inner = library.AsyncHTTPTransport()
        transport = ours.SigningTransport(inner, ours.OAuth1Auth(**given), origins=first.origin)
        async with library.AsyncClient(transport=transport, follow_redirects=True) as client:
            assert (await client.get(f"{first.origin}/first?a=1")).text == "fine"

    with ScriptedServer() as first, ScriptedServer(answer("fine")) as other:
        first.steps = [repeat("/second"), repeat(f"{other.origin}/there")]
        asyncio.run(main())
    assert len({seen.nonce(box.verifier) for seen in first.seen}) == 2
    assert [seen.target for seen in other.seen] == ["/there?a=1"]


def test_a_target_of_the_callers_own(box: ProviderBox, library: ModuleType, ours: Any, given: dict[str, Any]) -> None:
    """It is signed as it goes out, and a hop, which the library sends with the same target, is clean elsewhere."""
    extensions = {"target": b"/a%2Fb?x=%3F"}
    with ScriptedServer() as first, ScriptedServer(answer("fine")) as other:
        first.steps = [answer(status=302, headers=[("Location", f"{other.origin}/there")])]
        with ours.OAuth1Client(**given, follow_redirects=True) as client:
            assert client.get(first.origin, extensions=extensions).text == "fine"
            with pytest.raises(SigningError, match="target is not a path"):
                client.get(first.origin, extensions={"target": b"*"})
    (seen,) = first.seen
    assert seen.nonce(box.verifier)
    assert seen.target.startswith("/a%2Fb?x=%3F&oauth_consumer_key=")
    assert [seen.target for seen in other.seen] == ["/a%2Fb?x=%3F"]


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("through", ["directly", "through a proxy"])
def test_a_bare_auths_query_stays_with_its_origin(
    box: ProviderBox, library: ModuleType, ours: Any, given: dict[str, Any], is_async: bool, through: str
) -> None:
    """The refused hop sends nothing at all; a ``trace`` of the caller's own still hears of all events."""
    events: list[str] = []

    def trace(event: str, info: Any) -> None:
        events.append(event)

    async def atrace(event: str, info: Any) -> None:
        events.append(event)

    async def asend(auth: Any, url: str, **options: Any) -> None:
        async with library.AsyncClient(auth=auth, follow_redirects=True, **options) as client:
            await client.get(url, extensions={"trace": atrace})

    def send(auth: Any, url: str, **options: Any) -> None:
        if is_async:
            return asyncio.run(asend(auth, url, **options))
        with library.Client(auth=auth, follow_redirects=True, **options) as client:
            client.get(url, extensions={"trace": trace})
        return None

    auth = ours.OAuth1Auth(**given)
    with ScriptedServer() as server, ScriptedServer(answer("fine")) as other:
        if through == "directly":
            options, first, elsewhere = {}, server.origin, other.origin
        else:
            options, first, elsewhere = {"proxy": server.origin}, "http://first.example:81", "http://other.example"
        server.steps = [repeat(f"{elsewhere}/there")]
        with pytest.raises(SigningError, match=r"a redirect leads to http://.* the request is not sent") as refused:
            send(auth, f"{first}/first?a=1", **options)
        assert "oauth_nonce" not in str(refused.value)
        assert [len(server.seen), other.seen] == [1, []]
        assert any(event.endswith("send_request_headers.started") for event in events)
        server.seen.clear()
        server.steps = [answer(status=302, headers=[("Location", f"{elsewhere}/there")]), answer("fine")]
        send(auth, f"{first}/first?a=1", **options)
    assert b"oauth_" not in [*server.seen, *other.seen][-1].octets


def test_a_request_that_a_bare_auth_signed_is_signed_again(
    box: ProviderBox, library: ModuleType, ours: Any, given: dict[str, Any]
) -> None:
    auth = ours.OAuth1Auth(**given)
    with library.Client(auth=auth) as client:
        first = client.get(box.echo_url)
        again = client.send(first.request)
        third = client.send(again.request)
    assert [one.status_code for one in (first, again, third)] == [200] * 3
    assert len(set(nonces(box.requests))) == 3


@pytest.mark.parametrize("is_async", [False, True])
def test_a_streamed_form_that_carries_the_parameters(
    box: ProviderBox, ours: Any, given: dict[str, Any], is_async: bool
) -> None:
    """It is read, and goes out with a length and without chunks."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    async def chunks() -> Any:
        for chunk in (b"a=1", b"&b=2"):
            yield chunk

    async def asend(url: str) -> None:
        async with ours.AsyncOAuth1Client(**options) as client:
            await client.post(url, content=chunks(), headers=headers)

    options = {**given, "signature_type": "BODY"}
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


def test_pins_are_read_by_the_library(library: ModuleType, ours: Any) -> None:
    auth = ours.OAuth1Auth("id", "secret")
    for wrong in ("provider.example", "/x", "https://a.example:x", "https://[::1"):
        with pytest.raises(SigningError, match="origins names"):
            ours.SigningTransport(None, auth, origins=["https://a.example", wrong])
