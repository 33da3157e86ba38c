"""`SigningTransport` in httpx and httpx2: each attempt has its own signature, and other origins get none."""

import asyncio
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

import pytest

from oauthone.core.body import FORM
from oauthone.errors import SigningError
from oauthone.testing import ProviderBox

from .matrix import nonces
from .servers import ScriptedServer, answer, repeat

PLACEMENTS = ["HEADER", "QUERY", "BODY"]


class Trying:
    """A transport that tries again, up to three times, on a 503 or a connection that broke."""

    def __init__(self, library: ModuleType, inner: Any) -> None:
        self.library = library
        self.inner = inner
        self.open = 0

    def handle_request(self, request: Any) -> Any:
        for _ in range(3):
            response = self.inner.handle_request(request)
            if response.status_code != 503:
                break
            response.close()
        return response

    async def handle_async_request(self, request: Any) -> Any:
        for _ in range(3):
            response = await self.inner.handle_async_request(request)
            if response.status_code != 503:
                break
            await response.aclose()
        return response

    def close(self) -> None:
        self.inner.close()

    async def aclose(self) -> None:
        await self.inner.aclose()

    def __enter__(self) -> Any:
        self.inner.__enter__()
        return self

    def __exit__(self, *failure: Any) -> None:
        self.inner.__exit__(*failure)

    async def __aenter__(self) -> Any:
        await self.inner.__aenter__()
        return self

    async def __aexit__(self, *failure: Any) -> None:
        await self.inner.__aexit__(*failure)


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("how", ["the transport's auth", "a bare auth", "OAuth1Client"])
def test_a_transport_signs_each_attempt(
    box: ProviderBox, library: ModuleType, ours: Any, options: Any, placement: str, how: str
) -> None:
    """A transport that tries again never sends a nonce twice, whichever object signed first."""
    transport = Trying(
        library, ours.SigningTransport(library.HTTPTransport(), ours.OAuth1Auth(**options(placement), realm="T"))
    )
    if how == "OAuth1Client":
        opened = ours.OAuth1Client(**options(placement), transport=transport)
    else:
        auth = ours.OAuth1Auth(**options(placement)) if how == "a bare auth" else None
        opened = library.Client(transport=transport, auth=auth)
    with opened as client:
        assert client.post(box.flaky_url(library.__name__ + placement + how, 2), data={"a": "1"}).status_code == 200
    assert len(set(nonces(box.requests))) == 3
    assert [one.body[:3] for one in box.requests] == [b"a=1"] * 3
    if placement == "HEADER":
        own = how == "the transport's auth"
        assert all(('realm="T"' in (one.header("authorization") or "")) is own for one in box.requests)


def test_an_async_transport_signs_each_attempt(box: ProviderBox, library: ModuleType, ours: Any, options: Any) -> None:
    async def form() -> AsyncIterator[bytes]:
        yield b"a=1"

    async def main() -> None:
        signing = ours.SigningTransport(library.AsyncHTTPTransport(), ours.OAuth1Auth(**options()))
        async with library.AsyncClient(transport=Trying(library, signing)) as plain:
            response = await plain.post(box.flaky_url(library.__name__), content=form(), headers={"Content-Type": FORM})
            assert response.status_code == 200
            await plain.get(box.other_url)
        await signing.aclose()

    asyncio.run(main())
    assert len(set(nonces(box.requests[:-1]))) == 2
    assert box.requests[-1].oauth_parameters() == []


def test_a_transport_signs_for_its_origins_only(box: ProviderBox, library: ModuleType, ours: Any, options: Any) -> None:
    """By default the first one that it sees; a redirect to another gets nothing, nor does one that brings its own."""
    auth = ours.OAuth1Auth(**options())
    signing = ours.SigningTransport(library.HTTPTransport(), auth)
    with library.Client(transport=signing, follow_redirects=True) as plain:
        plain.get(box.redirect_url("/echo"))
        plain.get(box.redirect_url(box.other_url))
        plain.get(box.open_url, headers={"Authorization": "Bearer x"})
    signing.close()
    kinds = [(one.header("authorization") or "none").split()[0] for one in box.requests]
    assert kinds == ["OAuth", "OAuth", "OAuth", "none", "Bearer"]
    assert len(set(nonces(box.requests[:3]))) == 3

    box.requests.clear()
    both = [box.origin, box.other_origin]
    with library.Client(transport=ours.SigningTransport(library.HTTPTransport(), auth, origins=both)) as plain:
        plain.get(box.other_url)
        plain.get(box.echo_url)
    with library.Client(transport=ours.SigningTransport(library.HTTPTransport(), auth, origins=box.origin)) as plain:
        plain.get(box.other_url)
    assert [bool(one.header("authorization")) for one in box.requests] == [True, True, False]
    with pytest.raises(SigningError, match="absolute"):
        ours.SigningTransport(library.HTTPTransport(), auth, origins="provider.example")
    assert box.origin in repr(ours.SigningTransport(None, auth, origins=box.origin)._origins)


def test_a_transport_does_not_sign_a_hop_after_a_bare_auth(
    box: ProviderBox, library: ModuleType, ours: Any, options: Any
) -> None:
    """It is the library's, which took the header off: the transport cannot know better."""
    signing = ours.SigningTransport(library.HTTPTransport(), ours.OAuth1Auth(**options()), origins=box.origin)
    with library.Client(transport=signing, follow_redirects=True, auth=ours.OAuth1Auth(**options())) as plain:
        plain.get(box.redirect_url(box.other_url))
    assert box.requests[-1].oauth_parameters() == []


@pytest.mark.parametrize("signs", ["the transport", "the auth above it"])
def test_a_transport_cleans_what_a_redirect_repeats(
    box: ProviderBox, library: ModuleType, ours: Any, query_options: dict[str, Any], signs: str
) -> None:
    """It signs a hop to the same origin anew and sends a clean one elsewhere, whichever object signed the first."""
    auth = ours.OAuth1Auth(**query_options)
    with ScriptedServer() as first, ScriptedServer(answer("fine")) as other:
        first.steps = [repeat("/second"), repeat(f"{other.origin}/there")]
        transport = ours.SigningTransport(library.HTTPTransport(), auth, origins=first.origin)
        above = auth if signs == "the auth above it" else None
        with library.Client(transport=transport, auth=above, follow_redirects=True) as client:
            assert client.get(f"{first.origin}/first?a=1").text == "fine"
    assert len({seen.nonce(box.verifier) for seen in first.seen}) == 2
    assert [seen.target for seen in other.seen] == ["/there?a=1"]


def test_an_async_transport_cleans_what_a_redirect_repeats(
    box: ProviderBox, library: ModuleType, ours: Any, query_options: dict[str, Any]
) -> None:
    async def main() -> None:
        inner = library.AsyncHTTPTransport()
        transport = ours.SigningTransport(inner, ours.OAuth1Auth(**query_options), origins=first.origin)
        async with library.AsyncClient(transport=transport, follow_redirects=True) as client:
            assert (await client.get(f"{first.origin}/first?a=1")).text == "fine"

    with ScriptedServer() as first, ScriptedServer(answer("fine")) as other:
        first.steps = [repeat("/second"), repeat(f"{other.origin}/there")]
        asyncio.run(main())
    assert len({seen.nonce(box.verifier) for seen in first.seen}) == 2
    assert [seen.target for seen in other.seen] == ["/there?a=1"]


def test_a_transport_signs_the_target_extension(
    box: ProviderBox, library: ModuleType, ours: Any, query_options: dict[str, Any]
) -> None:
    """It is signed as it goes out, and a hop, which the library sends with the same target, is clean elsewhere."""
    extensions = {"target": b"/a%2Fb?x=%3F"}
    with ScriptedServer() as first, ScriptedServer(answer("fine")) as other:
        first.steps = [answer(status=302, headers=[("Location", f"{other.origin}/there")])]
        with ours.OAuth1Client(**query_options, follow_redirects=True) as client:
            assert client.get(first.origin, extensions=extensions).text == "fine"
            with pytest.raises(SigningError, match="target is not a path"):
                client.get(first.origin, extensions={"target": b"*"})
    (seen,) = first.seen
    assert seen.nonce(box.verifier)
    assert seen.target.startswith("/a%2Fb?x=%3F&oauth_consumer_key=")
    assert [seen.target for seen in other.seen] == ["/a%2Fb?x=%3F"]


def test_an_invalid_origin_of_a_transport_is_an_error(library: ModuleType, ours: Any) -> None:
    auth = ours.OAuth1Auth("id", "secret")
    for wrong in ("provider.example", "/x", "https://a.example:x", "https://[::1"):
        with pytest.raises(SigningError, match="origins names"):
            ours.SigningTransport(None, auth, origins=["https://a.example", wrong])
