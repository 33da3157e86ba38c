"""How the clients of httpx and httpx2 send: hop by hop, with each response read or closed."""

import asyncio
from types import ModuleType
from typing import Any

import pytest

from oauthone.testing import ProviderBox

from .matrix import nonces, places
from .servers import ScriptedServer, answer

PLACEMENTS = ["HEADER", "QUERY", "BODY"]


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_hooks_and_history_show_signed_requests(box: ProviderBox, ours: Any, options: Any, placement: str) -> None:
    """Hooks see every hop as it goes out; the history holds what was sent, and every body is there."""
    sent: list[str] = []
    got: list[int] = []
    hooks = {
        "request": [lambda request: sent.append(str(request.url))],
        "response": [lambda response: got.append(response.status_code)],
    }
    with ours.OAuth1Client(**options(placement), follow_redirects=True, event_hooks=hooks) as client:
        response = client.post(box.redirect_url(box.redirect_url("/echo", 307), 307), data={"a": "1"})

    assert got == [307, 307, 200]
    assert [one.url for one in box.requests] == sent
    assert [len(one.history) for one in (*response.history, response)] == [0, 1, 2]
    assert [one.is_closed and one.next_request is None for one in (*response.history, response)] == [True] * 3
    assert len(set(nonces(box.requests))) == 3


def test_the_limit_of_redirects_is_that_of_the_library(
    box: ProviderBox, library: ModuleType, ours: Any, options: Any
) -> None:
    async def main() -> None:
        async with ours.AsyncOAuth1Client(**options(), max_redirects=1) as client:
            url = box.redirect_url(box.redirect_url("/echo"))
            with pytest.raises(library.TooManyRedirects):
                await client.get(url, follow_redirects=True)

    asyncio.run(main())
    assert len(box.requests) == 2


def test_a_redirect_that_is_not_followed_can_be_sent(box: ProviderBox, client: Any) -> None:
    """``next_request`` is unsigned, and knows whether it may be signed."""
    for url, signed in ((box.redirect_url("/echo"), True), (box.redirect_url(box.other_url), False)):
        response = client.get(url)
        hop = response.next_request
        assert response.status_code == 302
        assert "Authorization" not in hop.headers
        assert client.send(hop).status_code == 200
        assert bool(box.requests[-1].header("authorization")) is signed
    response = client.get(box.redirect_url(box.other_url), follow_redirects=False)
    assert response.has_redirect_location


def test_a_chain_that_left_its_origin_is_never_signed_again(box: ProviderBox, ours: Any, options: Any) -> None:
    """Also not where it leads back, and not in a redirect that the other origin answers with."""
    back = answer(status=307, headers=[("Location", f"{box.origin}/open?of=another")])
    with ScriptedServer(back) as server, ours.OAuth1Client(**options(), follow_redirects=True) as client:
        response = client.post(box.redirect_url(f"{server.origin}/there", 307), json={"a": 1})
    assert response.status_code == 200
    assert server.seen[0].header("authorization") is None
    assert box.requests[-1].oauth_parameters() == []
    assert box.requests[-1].body == b'{"a":1}'


def test_a_redirect_to_an_invalid_url_is_the_librarys_error(library: ModuleType, ours: Any, options: Any) -> None:
    """Is the library's own error."""
    nowhere = answer(status=302, headers=[("Location", "http://provider.example:port/")])
    with (
        ScriptedServer(nowhere) as server,
        ours.OAuth1Client(**options()) as client,
        pytest.raises(library.RemoteProtocolError, match="location"),
    ):
        client.get(server.origin, follow_redirects=True)


def test_streamed_responses_are_left_unread(box: ProviderBox, ours: Any, options: Any) -> None:
    """``stream`` leaves the last response unread, after a redirect too."""
    url = box.redirect_url("/echo")
    with (
        ours.OAuth1Client(**options(), follow_redirects=True) as client,
        client.stream("GET", url) as response,
    ):
        assert not response.is_closed
        assert b'"user"' in b"".join(response.iter_bytes())

    async def main() -> None:
        async with (
            ours.AsyncOAuth1Client(**options(), follow_redirects=True) as client,
            client.stream("GET", url) as response,
        ):
            assert not response.is_closed
            assert b'"user"' in await response.aread()

    asyncio.run(main())


def test_a_body_that_breaks_off_closes_its_response(library: ModuleType, ours: Any, options: Any) -> None:
    """What was not read to its end does not stay open in the pool."""
    broken = answer(b"abc", headers=[("Content-Encoding", "gzip")])
    with ScriptedServer(broken, broken) as server:
        with (
            ours.OAuth1Client(**options(), limits=library.Limits(max_connections=1)) as client,
            pytest.raises(library.DecodingError),
        ):
            client.get(server.origin)

        async def main() -> None:
            async with ours.AsyncOAuth1Client(**options(), limits=library.Limits(max_connections=1)) as client:
                for _ in range(2):
                    with pytest.raises(library.DecodingError):
                        await client.get(server.origin, timeout=5)

        asyncio.run(main())
    assert len(server.seen) == 3


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_where_the_parameters_of_a_hop_travel(box: ProviderBox, ours: Any, options: Any, placement: str) -> None:
    """In their placement; a hop that lost its body has them in the header."""
    with ours.OAuth1Client(**options(placement), follow_redirects=True) as client:
        for status, later in ((307, placement), (303, "HEADER" if placement == "BODY" else placement)):
            box.requests.clear()
            assert client.post(box.redirect_url("/echo", status), data={"a": "1"}).status_code == 200
            assert [list(places(one)) for one in box.requests] == [[placement], [later]]


def test_a_list_of_chunks_is_sent_again_unread(box: ProviderBox, client: Any) -> None:
    """A list of pieces is sent again as it was, unread."""
    request = client.build_request("POST", box.redirect_url("/echo", 307), content=[b"ab", b"c"])
    response = client.send(request, follow_redirects=True)
    client.send(response.request)
    assert [one.body for one in box.requests] == [b"abc"] * 3
    assert len(set(nonces(box.requests))) == 3


def test_a_redirect_whose_body_breaks_off_is_closed(library: ModuleType, ours: Any, options: Any) -> None:
    """Where the last response is to be streamed, those on the way are read all the same, or closed."""
    broken = answer(b"abc", status=302, headers=[("Location", "/next"), ("Content-Encoding", "gzip")])
    with ScriptedServer(broken) as server:
        seen: list[Any] = []
        with ours.OAuth1Client(**options(), follow_redirects=True, event_hooks={"response": [seen.append]}) as client:
            with pytest.raises(library.DecodingError), client.stream("GET", server.origin):
                pass
            assert [response.is_closed for response in seen] == [True]

        async def note(response: Any) -> None:
            seen.append(response)

        async def main() -> None:
            async with ours.AsyncOAuth1Client(
                **options(), follow_redirects=True, event_hooks={"response": [note]}
            ) as client:
                with pytest.raises(library.DecodingError):
                    async with client.stream("GET", server.origin):
                        pass
                assert [response.is_closed for response in seen] == [True, True]

        asyncio.run(main())
    assert len(server.seen) == 2


def test_an_invalid_redirect_that_is_not_followed_is_left_to_the_library(
    library: ModuleType, ours: Any, options: Any
) -> None:
    """Is what the library makes of it: a response without a next request, or its error."""
    nowhere = answer(status=302, headers=[("Location", "http://provider.example:port/")])
    with (
        ScriptedServer(nowhere, nowhere) as server,
        library.Client() as plain,
        ours.OAuth1Client(**options()) as client,
    ):
        try:
            plain.get(server.origin)
        except library.RemoteProtocolError:  # httpx, and httpx2 up to some version
            with pytest.raises(library.RemoteProtocolError):
                client.get(server.origin)
        else:
            assert client.get(server.origin).next_request is None


@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
@pytest.mark.parametrize("is_async", [False, True])
def test_no_authorization_goes_along_to_https(library: ModuleType, ours: Any, placement: str, is_async: bool) -> None:
    """Both libraries keep the header where the same host redirects from http to https, which is another origin."""
    seen: list[Any] = []

    def handle(request: Any) -> Any:
        seen.append(request)
        if len(seen) > 1:
            return library.Response(200)
        return library.Response(302, headers={"Location": "https://provider.example/b"})

    async def handle_async(request: Any) -> Any:
        return handle(request)

    async def awaited() -> None:
        async with ours.AsyncOAuth1Client(**given, transport=library.MockTransport(handle_async)) as client:
            await client.get("http://provider.example/a")

    given: dict[str, Any] = {"client_id": "id", "client_secret": "secret", "signature_type": placement}
    given |= {"follow_redirects": True, "headers": {"Authorization": "Bearer x"} if placement == "QUERY" else {}}
    if is_async:
        asyncio.run(awaited())
    else:
        with ours.OAuth1Client(**given, transport=library.MockTransport(handle)) as client:
            client.get("http://provider.example/a")
    first, second = seen
    assert first.headers["Authorization"] == "Bearer x" or first.headers["Authorization"].startswith("OAuth ")
    assert "Authorization" not in second.headers
    assert str(second.url) == "https://provider.example/b"
