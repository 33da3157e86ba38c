"""The URLs of aiohttp requests are signed as they are sent."""

import asyncio

import aiohttp
import pytest
from yarl import URL

from oauthone.testing import ProviderBox

from .aiohttp_senders import KINDS, Maker, Sender
from .matrix import PLACEMENTS, nonces, places
from .servers import Exchange, ScriptedServer, answer

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("closed_transports")]


URLS = [
    "/echo?$top=1&$filter=name eq 'x'",
    "/echo?filter[a][0]=1&filter[a][1]=2",
    '/echo?q={"a":[1,"|"]}',
    "/echo?q=100%&r=%F0&s=%zz&t=%",
    "/echo?q=a+b&r=a%20b&s=a%2Bb&t=%2C,%2f",
    "/echo?q=é&ü=한",
    "/echo?a=&b&=c&&d==",
    "/echo?realm=x&a=2&a=1&a=1",
    "/echo?",
    "/echo?a=1#fragment?b=2",
    "/a b/é/%E9/%2f/~user/;v=1/%7Euser",
    "/a//b///c/",
    "/a/./b/../c",
    "/[x]/{y}/|z|/^`\\",
    "",
    "?a=1",
]


#: What goes out as it stands where it was said to be encoded already.
ENCODED = [
    "/echo?q=%2c%2C,&r=%7e~&s='()*!",
    "/echo?q=%C3%A9&r=a+b%20c",
    "/a%2Fb/%7Euser/;v=1",
    "/a/./b/../c?x=%zz",
    "",
    "?a=1",
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["/echo?b=1", "/echo?b=2,c&a"])
async def test_a_path_that_holds_a_query_is_signed_as_it_is_sent(
    box: ProviderBox, sender: Sender, kind: str, path: str
) -> None:
    """yarl keeps it as a path, and the server reads a query."""
    client = await sender(kind, box)
    url = URL(box.origin).with_path(path, encoded=True)
    assert url.raw_query_string == ""
    async with client.get(url) as response:
        assert response.status == 200, await response.text()
    assert box.requests[0].url == box.origin + path


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("target", URLS)
@pytest.mark.seen_in("aioauth-client#118")
async def test_unusual_urls_are_signed_as_they_are_sent(
    box: ProviderBox, sender: Sender, kind: str, placement: str, target: str
) -> None:
    """What yarl makes of an address on the way to the socket is what is signed."""
    client = await sender(kind, box, placement=placement)
    async with client.get(box.origin + target, params={"p": "x y,é"}) as response:
        assert response.status == 200, await response.text()
    assert list(places(box.requests[0])) == [placement]


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("target", ENCODED)
@pytest.mark.seen_in("aioauth-client#118")
async def test_encoded_urls_are_signed_as_they_are_sent(
    box: ProviderBox, sender: Sender, kind: str, placement: str, target: str
) -> None:
    """``URL(…, encoded=True)`` goes out as it stands, with a signature in its query too."""
    client = await sender(kind, box, placement=placement)
    async with client.get(URL(box.origin + target, encoded=True)) as response:
        assert response.status == 200, await response.text()
    sent = box.requests[0].url.removeprefix(box.origin)
    assert sent.startswith(target or "/") or sent.startswith("/" + target)
    if placement != "QUERY":
        assert sent in (target, "/" + target)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", PLACEMENTS)
async def test_a_url_marked_as_encoded_that_is_not_is_signed_as_it_is_sent(
    box: ProviderBox, sender: Sender, kind: str, placement: str
) -> None:
    """aiohttp writes its characters as UTF-8: those octets are signed."""
    client = await sender(kind, box, placement=placement)
    with ScriptedServer(answer()) as server:
        async with client.get(URL(f"{server.origin}/é?q=ü", encoded=True)) as response:
            assert response.status == 200
    (seen,) = server.seen
    seen = seen._replace(target=seen.target.encode("latin-1").decode("utf-8"))
    assert seen.target.startswith("/é?q=ü")
    assert seen.nonce(box.verifier)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_host_header_is_signed(box: ProviderBox, sender: Sender, kind: str) -> None:
    client = await sender(kind, box)
    async with client.get(box.echo_url, headers={"host": "Provider.Example:8080"}) as response:
        assert response.status == 200
    assert box.requests[0].url == "http://Provider.Example:8080/echo"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", ["/a b/é?q='x'&r=%2c", "//echo", "?a=1", "#fragment", "/a/../b?q=%zz", "echo"])
async def test_unusual_redirect_targets_are_signed_as_they_are_sent(
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
@pytest.mark.parametrize("placement", PLACEMENTS)
async def test_only_the_client_signs_a_redirect_to_a_url_with_a_password(
    box: ProviderBox, sender: Sender, kind: str, placement: str
) -> None:
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
