"""httpx and httpx2: what their clients, a bare auth and a signing transport do beyond what all clients do."""

import asyncio
import copy
import importlib
import pickle
from collections.abc import AsyncIterator, Callable, Iterator
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest

from oauthone.core.body import FORM
from oauthone.errors import FlowError, SigningError
from oauthone.testing import ProviderBox

from .matrix import nonces, places
from .servers import ScriptedServer, answer, relay

PLACEMENTS = ["HEADER", "QUERY", "BODY"]


@pytest.fixture(params=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> ModuleType:
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
    with ours.OAuth1Client(**options()) as client:
        yield client


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
def test_one_auth_serves_both_libraries(box: ProviderBox, options: Any, placement: str) -> None:
    """Sync and async, as auth= of a function, of a client and of one request; the module of either has it."""
    from oauthone.clients.httpx import OAuth1Auth
    from oauthone.clients.httpx2 import OAuth1Auth as TheSame

    auth = OAuth1Auth(**options(placement))
    assert OAuth1Auth is TheSame

    async def awaited() -> None:
        async with httpx.AsyncClient() as one, httpx2.AsyncClient(auth=auth) as two:
            await one.post(box.echo_url, data={"a": "1"}, auth=auth)
            await two.post(box.echo_url, data={"a": "1"})

    httpx.get(box.echo_url, auth=auth)
    httpx2.get(box.echo_url, auth=auth)
    with httpx.Client(auth=auth) as client:
        client.post(box.echo_url, data={"a": "1"})
    asyncio.run(awaited())
    asyncio.run(awaited())

    assert len(set(nonces(box.requests))) == len(box.requests) == 7
    assert {place for one in box.requests for place in places(one)} == {placement}


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_the_request_that_was_given_stays_unsigned(
    box: ProviderBox, library: ModuleType, ours: Any, options: Any, placement: str
) -> None:
    """It can be sent again, and so can the signed copy in the response, by a bare auth and by a client."""
    auth = ours.OAuth1Auth(**options(placement))
    with library.Client() as plain, ours.OAuth1Client(**options(placement)) as client:
        for sender, arguments in ((plain, {"auth": auth}), (client, {})):
            request = sender.build_request("POST", box.echo_url, data={"a": "1"})
            before = (str(request.url), request.headers.raw, request.content)
            first = sender.send(request, **arguments)
            assert (str(request.url), request.headers.raw, request.content) == before
            again = [sender.send(request, **arguments), sender.send(first.request, **arguments)]
            forms = [[name for name, _ in one.json()["form"]] for one in (first, *again)]
            assert forms[0][0] == "a"
            assert len(set(forms[0])) == len(forms[0])
            assert forms[1:] == forms[:1] * 2
    assert len(set(nonces(box.requests))) == 6


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_nothing_of_a_bare_auth_reaches_another_origin(
    box: ProviderBox, library: ModuleType, ours: Any, options: Any, placement: str, status: int
) -> None:
    """A form that carries the parameters is not sent a second time: the error says what does follow redirects."""
    auth = ours.OAuth1Auth(**options(placement))
    with library.Client(auth=auth, follow_redirects=True) as plain:
        url = box.redirect_url(box.other_url, status)
        if placement == "BODY" and status in (307, 308):
            with pytest.raises(SigningError, match="Use OAuth1Client or AsyncOAuth1Client"):
                plain.post(url, data={"a": "1"})
        else:
            assert plain.post(url, data={"a": "1"}).status_code == 200
            assert box.requests[-1].url == box.other_url
    assert box.requests[0].verified
    assert [one.oauth_parameters() for one in box.requests[1:]] == [[]] * (len(box.requests) - 1)


def test_the_form_of_a_bare_auth_is_sent_once_by_async_clients_too(
    box: ProviderBox, library: ModuleType, ours: Any, options: Any
) -> None:
    async def main() -> None:
        async with library.AsyncClient(auth=ours.OAuth1Auth(**options("BODY")), follow_redirects=True) as plain:
            with pytest.raises(SigningError, match="signs the first request only"):
                await plain.post(box.redirect_url(box.other_url, 307), data={"a": "1"})

    asyncio.run(main())
    assert len(box.requests) == 1


def test_a_form_in_pieces(box: ProviderBox, library: ModuleType, ours: Any, options: Any) -> None:
    """The signature covers it, so it is read first; a bare auth cannot wait for one that is awaited."""
    headers = {"Content-Type": f"{FORM}; charset=utf-8"}

    def pieces() -> Iterator[bytes]:
        yield b"a=1&"
        yield b"b=2"

    async def awaited() -> AsyncIterator[bytes]:
        for piece in pieces():
            yield piece

    async def main() -> None:
        async with ours.AsyncOAuth1Client(**options()) as client:
            await client.post(box.echo_url, content=awaited(), headers=headers)
        async with library.AsyncClient(auth=ours.OAuth1Auth(**options())) as plain:
            with pytest.raises(SigningError, match="can be read only once"):
                await plain.post(box.echo_url, content=awaited(), headers=headers)

    asyncio.run(main())
    with ours.OAuth1Client(**options()) as client, library.Client(auth=ours.OAuth1Auth(**options())) as plain:
        client.post(box.echo_url, content=pieces(), headers=headers)
        plain.post(box.echo_url, content=pieces(), headers=headers)

    assert len(set(nonces(box.requests))) == 3
    assert [one.body for one in box.requests] == [b"a=1&b=2"] * 3


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_hooks_and_history(box: ProviderBox, ours: Any, options: Any, placement: str) -> None:
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


def test_the_limit_of_redirects_is_the_librarys(box: ProviderBox, library: ModuleType, ours: Any, options: Any) -> None:
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


def test_a_redirect_to_nowhere(library: ModuleType, ours: Any, options: Any) -> None:
    """Is the library's own error."""
    nowhere = answer(status=302, headers=[("Location", "http://provider.example:port/")])
    with (
        ScriptedServer(nowhere) as server,
        ours.OAuth1Client(**options()) as client,
        pytest.raises(library.RemoteProtocolError, match="location"),
    ):
        client.get(server.origin, follow_redirects=True)


def test_another_auth_or_none(box: ProviderBox, ours: Any, options: Any) -> None:
    """For one request, for all of them, and from the start."""
    another = ours.OAuth1Auth(**options(), realm="Photos")
    with ours.OAuth1Client(**options()) as client:
        own = client.auth
        assert client.get(box.echo_url, auth=another).json()["realm"] == "Photos"
        first = client.get(box.open_url, auth=None)
        client.get(box.open_url, auth=("user", "password"))
        client.auth = another
        assert client.get(box.echo_url).json()["realm"] == "Photos"
        client.auth = None
        client.send(first.request)
        client.auth = own
        signed = client.get(box.echo_url)
        client.send(signed.request, auth=None)
    with ours.OAuth1Client(**options(), auth=("user", "password")) as client:
        client.get(box.open_url)
    schemes = [(one.header("authorization") or "none").split()[0] for one in box.requests]
    assert schemes == ["OAuth", "none", "Basic", "OAuth", "none", "OAuth", "none", "Basic"]


def test_a_header_of_ones_own_gives_way_and_comes_back(box: ProviderBox, ours: Any, options: Any) -> None:
    """The signature takes its place on the wire; the request keeps it."""
    with ours.OAuth1Client(**options(), headers={"Authorization": "Bearer x"}) as client:
        signed = client.get(box.echo_url)
        client.send(signed.request, auth=lambda request: request)
    assert [one.header("authorization") for one in box.requests][1] == "Bearer x"
    assert box.requests[0].verified


def test_what_others_put_into_a_signed_request_stays(box: ProviderBox, client: Any, ours: Any, options: Any) -> None:
    """When it is sent again: another address and another Authorization are no part of the signature."""
    signed = client.get(box.echo_url).request
    signed.headers["Authorization"] = "Bearer x"
    client.send(signed, auth=None)
    assert box.requests[-1].header("authorization") == "Bearer x"

    with ours.OAuth1Client(**options("QUERY")) as other:
        signed = other.get(box.echo_url).request
        signed.url = signed.url.copy_with(raw_path=b"/echo?a=1")
        assert other.send(signed).json()["query"][0] == ["a", "1"]
    assert box.requests[-1].verified


def test_relative_addresses(box: ProviderBox, ours: Any, options: Any) -> None:
    """Are appended to ``base_url``, in the legs too."""
    path = box.request_token_url.removeprefix(box.origin)
    with ours.OAuth1Client(**box.client.credentials(), base_url=box.origin) as client:
        assert client.fetch_request_token(path)["oauth_callback_confirmed"] == "true"
    with ours.OAuth1Client(**options(), base_url=box.origin + "/ec", params={"p": "q"}) as client:
        client.base_url = box.origin
        assert client.get("echo").json()["query"] == [["p", "q"]]


@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
def test_a_target_of_ones_own_is_signed(box: ProviderBox, client: Any, ours: Any, options: Any, placement: str) -> None:
    """The extension ``target`` says what goes on the wire in the place of path and query."""
    with ours.OAuth1Client(**options(placement)) as client:
        extensions = {"target": b"/echo?raw=[1]&p=a|b"}
        response = client.get(box.open_url, extensions=extensions)
        assert response.json()["query"][:2] == [["raw", "[1]"], ["p", "a|b"]]
        client.send(response.request)
    assert len(set(nonces(box.requests))) == 2
    assert all("raw=[1]&p=a|b" in one.url for one in box.requests)


def test_streams_of_responses(box: ProviderBox, ours: Any, options: Any) -> None:
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


@pytest.mark.parametrize("name", ["auth", "follow_redirects"])
def test_options_that_a_leg_decides_itself(box: ProviderBox, ours: Any, client: Any, name: str) -> None:
    with pytest.raises(TypeError, match=f"its own '{name}'"):
        client.fetch_request_token(box.request_token_url, **{name: None})
    with ours.OAuth1Client("id", "secret") as empty, pytest.raises(FlowError):
        empty.create_authorization_url(box.authorize_url)
    assert box.requests == []


def test_a_word_that_does_not_exist(ours: Any) -> None:
    for kind in (ours.OAuth1Client, ours.AsyncOAuth1Client):
        with pytest.raises(TypeError, match="signature_metod"):
            kind("k", "s", signature_metod="HMAC-SHA256")


def test_a_body_hash_reads_what_is_sent(box: ProviderBox, library: ModuleType, ours: Any, options: Any) -> None:
    """Pieces, awaited pieces, multipart: all are read for the hash, and arrive."""

    async def awaited() -> AsyncIterator[bytes]:
        yield b"ab"
        yield b"c"

    async def main() -> None:
        async with ours.AsyncOAuth1Client(**options(body_hash="auto")) as client:
            await client.post(box.echo_url, content=awaited())
            await client.post(box.echo_url, files={"f": b"123"})
            await client.post(box.echo_url, content=iter([b"ab", b"c"]))

    asyncio.run(main())
    with library.Client(auth=ours.OAuth1Auth(**options(body_hash="auto"))) as plain:
        plain.post(box.echo_url, content=iter([b"ab", b"c"]))
    assert [one.body for one in box.requests if b"Content-Disposition" not in one.body] == [b"abc"] * 3
    for one in box.requests:
        assert one.verified is not None, one.refused
        assert "oauth_body_hash" in one.verified.parameters


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


def test_a_hop_of_a_bare_auth_is_not_signed_by_the_transport_beneath(
    box: ProviderBox, library: ModuleType, ours: Any, options: Any
) -> None:
    """It is the library's, which took the header off: the transport cannot know better."""
    signing = ours.SigningTransport(library.HTTPTransport(), ours.OAuth1Auth(**options()), origins=box.origin)
    with library.Client(transport=signing, follow_redirects=True, auth=ours.OAuth1Auth(**options())) as plain:
        plain.get(box.redirect_url(box.other_url))
    assert box.requests[-1].oauth_parameters() == []


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


def test_auths_can_be_pickled_and_copied(box: ProviderBox, library: ModuleType, ours: Any, options: Any) -> None:
    auth = ours.OAuth1Auth(**options())
    for other in (pickle.loads(pickle.dumps(auth)), copy.deepcopy(auth), copy.copy(auth)):
        assert library.get(box.echo_url, auth=other).json()["user"] == box.user


def test_an_answer_that_is_too_long_is_not_read_to_its_end(ours: Any, box: ProviderBox) -> None:
    """The rest of it is left, and the connection closed."""
    long = answer(b"x" * 1_000_000)
    with ScriptedServer(long) as server, ours.OAuth1Client("k", "s") as client:
        with pytest.raises(FlowError, match="longer than 65536"):
            client.fetch_request_token(server.origin)

        async def main() -> None:
            async with ours.AsyncOAuth1Client("k", "s") as client:
                with pytest.raises(FlowError, match="longer than 65536"):
                    await client.fetch_request_token(server.origin)

        asyncio.run(main())


def test_a_given_host(box: ProviderBox, ours: Any, options: Any) -> None:
    """A Host header is what the server verifies."""
    with ScriptedServer(relay(box)) as server, ours.OAuth1Client(**options()) as client:
        host = box.origin.removeprefix("http://")
        assert client.get(f"{server.origin}/echo", headers={"Host": host}).json()["user"] == box.user


def test_the_flow(box: ProviderBox, ours: Any) -> None:
    """All three legs and a request, blocking and awaited."""
    callback = {"redirect_uri": f"{box.other_origin}/callback"}
    with ours.OAuth1Client(**box.client.credentials(), **callback) as client:
        client.fetch_request_token(box.request_token_url)
        client.parse_authorization_response(box.visit(client.create_authorization_url(box.authorize_url)))
        assert client.token is None
        client.fetch_access_token(box.access_token_url)
        assert client.get(box.echo_url).json()["user"] == box.user

    async def main() -> None:
        async with ours.AsyncOAuth1Client(**box.client.credentials(), **callback) as client:
            await client.fetch_request_token(box.request_token_url, method="GET")
            client.parse_authorization_response(box.visit(client.create_authorization_url(box.authorize_url)))
            token = await client.fetch_access_token(box.access_token_url)
            assert client.token == token
            assert (await client.get(box.echo_url)).json()["user"] == box.user
            await client.get(box.open_url, auth=None)

    asyncio.run(main())
    assert box.requests[-1].oauth_parameters() == []


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_where_the_parameters_of_a_hop_travel(box: ProviderBox, ours: Any, options: Any, placement: str) -> None:
    """In their placement; a hop that lost its body has them in the header."""
    with ours.OAuth1Client(**options(placement), follow_redirects=True) as client:
        for status, later in ((307, placement), (303, "HEADER" if placement == "BODY" else placement)):
            box.requests.clear()
            assert client.post(box.redirect_url("/echo", status), data={"a": "1"}).status_code == 200
            assert [list(places(one)) for one in box.requests] == [[placement], [later]]


def test_pieces_that_can_be_read_again(box: ProviderBox, client: Any) -> None:
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


def test_a_redirect_to_nowhere_that_is_not_followed(library: ModuleType, ours: Any, options: Any) -> None:
    """Is what the library makes of it: a response without a next request, or its error."""
    nowhere = answer(status=302, headers=[("Location", "http://provider.example:port/")])
    with ScriptedServer(nowhere) as server, ours.OAuth1Client(**options()) as client:
        if library is httpx:
            with pytest.raises(httpx.RemoteProtocolError):
                client.get(server.origin)
        else:
            assert client.get(server.origin).next_request is None


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
