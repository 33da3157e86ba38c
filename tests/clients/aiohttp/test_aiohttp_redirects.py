"""Redirects: the same origin gets a new signature for each hop, another origin gets nothing."""

import asyncio
import copy
import io
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from oauthone.clients._origins import Origins
from oauthone.clients.aiohttp import AsyncOAuth1Client
from oauthone.core.body import FORM
from oauthone.testing import ProviderBox, Received

from ..matrix import PLACEMENTS, SAMPLES, nonces, places
from ..servers import Exchange, ScriptedServer, answer
from .conftest import KINDS, Maker, Sender

pytestmark = pytest.mark.anyio

STATUSES = [301, 302, 303, 307, 308]
KEEPS_METHOD = (307, 308)
PAIRS = [(b"a", "é".encode()), (b"b", b"1 2")]


def is_clean(received: Received) -> bool:
    """Whether nothing of the credentials came along."""
    return received.oauth_parameters() == [] and "oauth_" not in received.url and b"oauth_" not in received.body


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("verb", ["GET", "POST", "PUT"])
@pytest.mark.seen_in("requests-oauthlib#94")
@pytest.mark.seen_in("requests-oauthlib#116")
async def test_the_same_origin_verifies_each_hop_anew(
    box: ProviderBox, sender: Sender, kind: str, status: int, method: str, placement: str, verb: str
) -> None:
    """Three hops carry three signatures with three nonces, and the form once where it is kept."""
    client = await sender(kind, box, method, placement)
    second = box.redirect_url("/echo?last=1", status)
    form = {"a": "é", "b": "1 2"} if verb != "GET" else None
    async with client.request(verb, box.redirect_url(second, status), data=form) as response:
        assert response.status == 200, await response.text()
        assert [one.status for one in response.history] == [status, status]
    assert len(set(nonces(box.requests))) == 3

    last = box.requests[-1]
    kept = status in KEEPS_METHOD or (verb == "PUT" and status in (301, 302))
    assert last.method == (verb if kept else "GET")
    form_kept = form is not None and kept
    assert [pair for pair in last.form() if not pair[0].startswith(b"oauth_")] == (PAIRS if form_kept else [])
    in_header = placement == "BODY" and not form_kept and kind == "AsyncOAuth1Client"
    later = ["HEADER"] if in_header else [placement]
    assert [list(places(received)) for received in box.requests] == [[placement], later, later]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("form", [None, {"a": "é", "b": "1 2"}], ids=["empty", "form"])
async def test_another_origin_gets_nothing(
    box: ProviderBox, sender: Sender, kind: str, status: int, method: str, placement: str, verb: str, form: Any
) -> None:
    """It receives neither an Authorization header nor an ``oauth_`` parameter, but the caller's own form."""
    client = await sender(kind, box, method, placement)
    async with client.request(verb, box.redirect_url(box.other_url, status), data=form) as response:
        assert response.status == 200
    first, other = box.requests
    assert first.verified is not None
    assert other.url == box.other_url
    assert is_clean(other)
    kept = form is not None and (status in KEEPS_METHOD or (verb == "GET" and status != 303))
    assert other.body == (b"a=%C3%A9&b=1+2" if kept else b"")
    if kept:
        assert other.header("content-type") == FORM
        assert other.header("content-length") == "14"


@pytest.mark.parametrize("placement", PLACEMENTS)
async def test_nothing_is_signed_any_more_once_another_origin_was_asked(
    box: ProviderBox, sender: Sender, placement: str
) -> None:
    """Where another origin sends the client back, it says which request to make: that one is not signed."""
    with ScriptedServer(answer(status=307, headers=[("Location", box.open_url)])) as server:
        client = await sender("AsyncOAuth1Client", box, placement=placement)
        async with client.post(box.redirect_url(server.origin, 307), data={"a": "1"}) as response:
            assert response.status == 200
    assert box.requests[0].verified is not None
    assert is_clean(box.requests[1])
    assert server.seen[0].header("authorization") is None
    assert server.seen[0].body == b"a=1"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
async def test_https_to_http_gets_nothing(
    box: ProviderBox, tls_box: ProviderBox, sender: Sender, kind: str, method: str, placement: str
) -> None:
    client = await sender(kind, tls_box, method, placement)
    async with client.post(tls_box.redirect_url(box.open_url, 307), data={"a": "1"}) as response:
        assert response.status == 200
    (received,) = box.requests
    assert is_clean(received)
    assert received.body == b"a=1"


@pytest.mark.parametrize("kind", KINDS)
async def test_another_name_of_the_same_machine(box: ProviderBox, sender: Sender, kind: str) -> None:
    """The name counts, not the address behind it."""
    client = await sender(kind, box)
    async with client.get(box.redirect_url(box.open_url.replace("127.0.0.1", "localhost"))) as response:
        assert response.status == 200
    assert is_clean(box.requests[1])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", ["/a b/é?q='x'&r=%2c", "//echo", "?a=1", "#fragment", "/a/../b?q=%zz", "echo"])
async def test_odd_targets_are_signed_as_they_are_sent(
    box: ProviderBox, sender: Sender, kind: str, target: str
) -> None:
    if target == "//echo":
        target = box.origin.partition(":")[2] + "//echo"
    client = await sender(kind, box)
    if target in ("?a=1", "#fragment"):  # another request of the same resource
        target = f"/echo{target}"
    async with client.get(box.redirect_url(target)) as response:
        assert response.status == 200, await response.text()
    assert len(set(nonces(box.requests))) == 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
@pytest.mark.parametrize("body_hash", ["never", "auto"])
@pytest.mark.parametrize("to", ["same", "other"])
async def test_another_body_is_kept(
    box: ProviderBox, sender: Sender, tmp_path: Path, kind: str, placement: str, body_hash: str, to: str
) -> None:
    """JSON, octets and files go along byte for byte, also to another origin; a hash of them is made anew."""
    path = tmp_path / "file"
    path.write_bytes(b"\x00\xff" * 5000)
    client = await sender(kind, box, placement=placement, body_hash=body_hash)
    target = "/echo" if to == "same" else box.other_url
    with path.open("rb") as file:
        for arguments in ({"json": {"a": "é"}}, {"data": b"\x00\xff"}, {"data": io.BytesIO(b"xyz")}, {"data": file}):
            box.requests.clear()
            async with client.put(box.redirect_url(target, 307), **arguments) as response:
                assert response.status == 200, await response.text()
            first, second = box.requests
            assert first.body == second.body != b""
            assert is_clean(second) is (to == "other")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_body_that_can_be_read_once(box: ProviderBox, sender: Sender, kind: str) -> None:
    """It goes out once; a redirect that would need it again is an error, and sends nothing."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"

    client = await sender(kind, box)
    with pytest.raises(aiohttp.ClientPayloadError, match="allow_redirects=False"):
        await client.post(box.redirect_url("/echo", 307), data=chunks())
    (received,) = box.requests
    assert received.body == b"one"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_chain_that_does_not_end(box: ProviderBox, sender: Sender, kind: str) -> None:
    """Signing changes nothing about the limit, nor about where it is set."""
    client = await sender(kind, box)
    with ScriptedServer(answer(status=302, headers=[("Location", "/again")])) as server:
        with pytest.raises(aiohttp.TooManyRedirects):
            await client.get(server.origin)
        with pytest.raises(aiohttp.TooManyRedirects) as stopped:
            await client.get(server.origin, max_redirects=3)
    assert len(stopped.value.history) == 3
    assert len(server.seen) == 10 + 3
    assert len({seen.nonce(box.verifier) for seen in server.seen}) == 13


@pytest.mark.parametrize("kind", KINDS)
async def test_a_redirect_that_is_not_followed(box: ProviderBox, sender: Sender, kind: str) -> None:
    client = await sender(kind, box)
    async with client.get(box.redirect_url("/echo"), allow_redirects=False) as response:
        assert response.status == 302
    async with client.head(box.redirect_url("/echo")) as response:
        assert response.status == 302
    async with client.head(box.redirect_url("/echo"), allow_redirects=True) as response:
        assert response.status == 200
    assert len(box.requests) == 4


@pytest.mark.parametrize("kind", KINDS)
async def test_cookies_go_along(box: ProviderBox, sender: Sender, kind: str) -> None:
    """They are set and sent as without a signature."""
    first = answer(status=302, headers=[("Location", "/two"), ("Set-Cookie", "crumb=1")])
    jar = aiohttp.CookieJar(unsafe=True)
    client = await sender(kind, box, session_options={"cookie_jar": jar})
    with ScriptedServer(first, answer()) as server:
        async with client.get(server.origin) as response:
            assert response.status == 200
    assert server.seen[1].header("cookie") == "crumb=1"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", PLACEMENTS)
async def test_a_password_in_a_target(box: ProviderBox, sender: Sender, kind: str, placement: str) -> None:
    """A redirect that names a user is sent with that, by the middleware, or signed, by the client."""
    target = box.open_url.replace("//", "//user:pass@")
    client = await sender(kind, box, placement=placement)
    async with client.post(box.redirect_url(target, 307), data={"a": "1"}) as response:
        assert response.status == 200
    last = box.requests[-1]
    if kind == "AsyncOAuth1Client":
        assert list(places(last)) == [placement]
        assert not (last.header("authorization") or "").startswith("Basic")
    else:
        assert (last.header("authorization") or "").startswith("Basic")
        assert list(places(last)) == []


# --- the origins of a middleware --------------------------------------------------------------------------------------


async def test_the_first_origin_is_pinned(box: ProviderBox, middleware: Maker) -> None:
    """What goes elsewhere later is not signed, whether it is a redirect or a request."""
    async with aiohttp.ClientSession(middlewares=(middleware(box),)) as session:
        for url in (box.echo_url, box.other_url, box.echo_url):
            async with session.get(url) as response:
                assert response.status == 200
    assert [is_clean(received) for received in box.requests] == [False, True, False]


@pytest.mark.parametrize("several", [False, True])
async def test_named_origins(box: ProviderBox, middleware: Maker, several: bool) -> None:
    """They are signed for in any order, and others never."""
    origins = [box.other_origin, "https://provider.example/path"] if several else box.other_url
    async with aiohttp.ClientSession(middlewares=(middleware(box, origins=origins),)) as session:
        for url in (box.open_url, box.other_url):
            async with session.get(url) as response:
                assert response.status == 200
    assert [is_clean(received) for received in box.requests] == [True, False]


async def test_a_request_with_its_own_authorization_pins_nothing(box: ProviderBox, middleware: Maker) -> None:
    async with aiohttp.ClientSession(middlewares=(middleware(box),)) as session:
        async with session.get(box.other_url, headers={"Authorization": "Bearer x"}) as response:
            assert response.status == 200
        async with session.get(box.echo_url) as response:
            assert response.status == 200


def test_origins_say_which_they_are() -> None:
    seen = Origins()
    assert repr(seen) == "<Origins unseen>"
    assert seen.allow("HTTPS://Provider.example:443/path")
    assert repr(seen) == "<Origins https://provider.example>"


@pytest.mark.parametrize("remake", [copy.copy, copy.deepcopy, lambda one: one.with_token("t", "s")])
async def test_copies_pin_origins_of_their_own(box: ProviderBox, middleware: Maker, remake: Any) -> None:
    original = middleware(box)
    early = remake(original)
    async with aiohttp.ClientSession() as session:
        for made, url in (
            (lambda: original, box.open_url),
            (lambda: early, box.other_url),
            (lambda: remake(original), box.other_url),
        ):
            async with session.get(url, middlewares=(made(),)) as response:
                assert response.status in (200, 401)
    assert [is_clean(received) for received in box.requests] == [False, False, True]


async def test_a_copy_of_a_client_has_a_session_of_its_own(box: ProviderBox) -> None:
    async with AsyncOAuth1Client(**box.client.credentials(), timeout=aiohttp.ClientTimeout(9)) as client:
        opened = client.session
        async with copy.copy(client) as copied:
            assert copied.session is not opened
            assert copied.session.timeout == opened.timeout
        assert copied.closed
        assert not client.closed
    async with aiohttp.ClientSession() as given, AsyncOAuth1Client("id", session=given) as client:
        assert copy.copy(client).session is given


# --- what a signature put into the query of a redirected request ------------------------------------------------------


def repeat_at(target: str) -> Callable[[Exchange], bool]:
    """Redirect to ``target`` with the query of the request, signature included."""

    def answer_with_query(exchange: Exchange) -> bool:
        location = f"{target}?{exchange.seen.target.partition('?')[2]}"
        return answer(status=302, headers=[("Location", location)])(exchange)

    return answer_with_query


async def test_a_hop_that_is_sent_in_a_task_of_its_own_is_clean(box: ProviderBox, middleware: Maker) -> None:
    """An outer middleware may send each hop in a new task, which knows nothing of the one before."""

    async def outer(request: Any, handler: Any) -> Any:
        return await asyncio.create_task(handler(request))

    with ScriptedServer(repeat_at(box.other_url)) as server:
        auth = middleware(box, placement="QUERY", origins=server.origin)
        async with (
            aiohttp.ClientSession(middlewares=(outer, auth)) as session,
            session.get(server.origin, params={"a": "1"}) as response,
        ):
            assert response.status == 200
    assert is_clean(box.requests[-1])
    assert box.requests[-1].query() == [(b"a", b"1")]


@pytest.mark.parametrize("where", ["in the same task", "in a task of its own"])
async def test_a_request_between_a_redirect_and_its_hop(box: ProviderBox, middleware: Maker, where: str) -> None:
    """A middleware may send another request before aiohttp makes the hop, and the hop is clean all the same."""
    auth = middleware(box, placement="QUERY")
    with (
        ScriptedServer(answer("fine")) as other,
        ScriptedServer(repeat_at(f"{other.origin}/there")) as server,
        ScriptedServer(answer()) as third,
    ):
        async with aiohttp.ClientSession(middlewares=(auth,)) as session:

            async def report(request: Any, handler: Any) -> Any:
                response = await handler(request)
                await (tell() if where == "in the same task" else asyncio.create_task(tell()))
                return response

            async def tell() -> None:
                async with session.get(third.origin):
                    pass

            async with session.get(f"{server.origin}/first?a=1", middlewares=(report, auth)) as response:
                assert response.status == 200
    assert [seen.target for seen in other.seen] == ["/there?a=1"]


async def test_a_later_hop_that_repeats_the_first_query_is_clean(box: ProviderBox, middleware: Maker) -> None:
    """The third hop repeats what the first was signed with, which the second did not hold any more."""
    targets: list[str] = []

    def redirect(exchange: Exchange) -> bool:
        targets.append(exchange.seen.target)
        location = "/second" if len(targets) == 1 else f"{other.origin}/third?{targets[0].partition('?')[2]}"
        return answer(status=302, headers=[("Location", location)])(exchange)

    with ScriptedServer(answer("fine")) as other, ScriptedServer(redirect, redirect) as server:
        async with (
            aiohttp.ClientSession(middlewares=(middleware(box, placement="QUERY"),)) as session,
            session.get(f"{server.origin}/first?a=1") as response,
        ):
            assert response.status == 200
    assert [seen.target for seen in other.seen] == ["/third?a=1"]


@pytest.mark.parametrize("status", [200, 302, 404, 503])
async def test_an_unrelated_request_keeps_a_query_that_an_earlier_one_was_given(
    box: ProviderBox, middleware: Maker, status: int
) -> None:
    """In the same task, in one that it starts, and while the response of the earlier one is still open."""
    auth = middleware(box, placement="QUERY")
    with ScriptedServer(answer("fine", status=status)) as server, ScriptedServer(answer("fine")) as other:
        async with aiohttp.ClientSession(middlewares=(auth,)) as session:

            async def ask(url: str) -> None:
                async with session.get(URL(url, encoded=True)):
                    pass

            async with session.get(f"{server.origin}/first?a=1"):
                query = server.seen[0].target.partition("?")[2]
                await ask(f"{other.origin}/log?{query}")
            await ask(f"{other.origin}/log?{query}")
            await asyncio.create_task(ask(f"{other.origin}/log?{query}"))
    assert [seen.target for seen in other.seen] == [f"/log?{query}"] * 3


# --- origins of one request -------------------------------------------------------------------------------------------


async def test_named_origins_of_an_auth_for_one_request(box: ProviderBox, sender: Sender, middleware: Maker) -> None:
    """They hold in a client too."""
    client = await sender("AsyncOAuth1Client", box)
    auth = middleware(box, origins=box.origin)
    for url in (box.echo_url, box.other_url):
        async with client.get(url, auth=auth) as response:
            assert response.status == 200
    assert [is_clean(received) for received in box.requests] == [False, True]


async def test_each_request_of_a_client_has_its_own_first_origin(box: ProviderBox, sender: Sender) -> None:
    client = await sender("AsyncOAuth1Client", box)
    for url in (box.echo_url, box.other_url):
        async with client.get(url) as response:
            assert response.status == 200
    assert [is_clean(received) for received in box.requests] == [False, False]
