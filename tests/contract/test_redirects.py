"""Redirects: the same origin gets a new signature for each request, another origin gets nothing."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from clients.matrix import SAMPLES, nonces, places
from clients.servers import ScriptedServer, Step, answer, tunnel

from oauthone.testing import ProviderBox, Received

from .conftest import Opener, held
from .surfaces import Surface

STATUSES = [301, 302, 303, 307, 308]
#: The bodies to send: a form, which the signature covers, and a body that it does not cover.
BODIES: dict[str, dict[str, Any]] = {"a form": {"form": [("a", "é"), ("b", "1 2")]}, "JSON": {"json": {"a": "é"}}}
PLACED = [
    pytest.param(*sample.values, body, id=f"{sample.id} {body}")
    for sample in SAMPLES
    for body in BODIES
    if (sample.values[1], body) != ("BODY", "JSON")
]


def is_clean(received: Received) -> bool:
    """Return whether the request carries no part of the credentials."""
    return received.oauth_parameters() == [] and "oauth_" not in received.url and b"oauth_" not in received.body


def to(location: str, status: int) -> Step:
    """Return a redirect."""
    return answer(status=status, headers=[("Location", location)])


@pytest.mark.case("redirects are signed hop by hop")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("method", "placement", "body"), PLACED)
@pytest.mark.seen_in("requests-oauthlib#94")
@pytest.mark.seen_in("requests-oauthlib#116")
@pytest.mark.seen_in("requests-oauthlib#118")
@pytest.mark.seen_in("PyPump#120")
@pytest.mark.seen_in("infoscoop#183")
@pytest.mark.seen_in("oauth-1.0a#79")
async def test_the_same_origin(
    surface: Surface, box: ProviderBox, open_client: Opener, method: str, placement: str, body: str, status: int
) -> None:
    """Three requests have three signatures with three nonces, and the body if it is kept. The history shows them."""
    second = box.redirect_url("/echo?last=1", status)
    async with open_client(surface, box, method, placement) as client, surface.plain() as plain:
        answered = await client.post(box.redirect_url(second, status), **BODIES[body])
        assert answered.status == 200, answered.body
        assert answered.history == [status, status]
        assert len(set(nonces(box.requests))) == 3
        with ScriptedServer(to("/second", status), to("/last", status), answer("fine")) as server:
            await plain.post(server.origin, **BODIES[body])
    assert [received.method for received in box.requests] == [seen.method for seen in server.seen]
    if placement != "BODY":
        assert [received.body for received in box.requests] == [seen.body for seen in server.seen]
    kept = bool(server.seen[-1].body)
    if status not in (301, 302):
        assert kept == (status in (307, 308))
    later = "HEADER" if placement == "BODY" and not kept else placement
    assert [list(places(received)) for received in box.requests] == [[placement], [later], [later]]
    if body == "a form" and kept:
        assert box.requests[-1].form()[:2] == [(b"a", "é".encode()), (b"b", b"1 2")]


@pytest.mark.case("redirects are signed hop by hop")
@pytest.mark.covering(times=2)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
async def test_a_get(surface: Surface, box: ProviderBox, open_client: Opener, method: str, placement: str) -> None:
    """A relative location, one without a path and one in capitals all have the same origin."""
    async with open_client(surface, box, method, placement) as client:
        for location in (
            "/echo/?a=1",
            "?status=302&to=%2Fecho%3Fa%3D1",
            box.echo_url.replace("http:", "HTTP:") + "?a=1",
        ):
            answered = await client.get(box.redirect_url(location))
            assert answered.status == 200, answered.body
            assert box.requests[-1].query()[0] == (b"a", b"1")
    assert len(set(nonces(box.requests))) == len(box.requests) == 7


@pytest.mark.case("redirects are signed hop by hop")
@pytest.mark.covering(times=2)
@pytest.mark.parametrize("spelling", ["http://{host}:0{port}/n", "HTTP://{host}:00{port}/n?a=%20", "//{host}:0{port}"])
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
async def test_a_port_with_zeros(surface: Surface, box: ProviderBox, placement: str, spelling: str) -> None:
    """The signature covers the port as ``Host`` has it."""
    with ScriptedServer() as server:
        host, port = server.origin.removeprefix("http://").split(":")
        server.steps = [to(spelling.format(host=host, port=port), 302), answer("fine")]
        async with surface.client(**held(box), signature_type=placement) as client:
            assert (await client.get(f"http://{host}:0{port}/first")).body == b"fine"
    assert [seen.header("host") for seen in server.seen] == [f"{host}:{port}"] * 2
    assert len({seen.nonce(box.verifier) for seen in server.seen}) == 2


@pytest.mark.case("a bare auth signs each hop of a redirect")
async def test_a_bare_auth_and_a_port_with_zeros(surface: Surface, box: ProviderBox) -> None:
    with ScriptedServer() as server:
        host, port = server.origin.removeprefix("http://").split(":")
        server.steps = [to(f"http://{host}:0{port}/n", 302), answer("fine")]
        async with surface.with_auth(surface.auth(**held(box))) as client:
            assert (await client.get(f"http://{host}:0{port}/first")).body == b"fine"
    assert len({seen.header("authorization") for seen in server.seen}) == 2
    assert len({seen.nonce(box.verifier) for seen in server.seen}) == 2


@pytest.mark.case("a body that is gone is not sent as an empty one")
@pytest.mark.covering(times=2)
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
@pytest.mark.parametrize("how", ["a client", "an auth"])
async def test_a_body_that_can_be_read_once(surface: Surface, box: ProviderBox, how: str, placement: str) -> None:
    """A redirect that needs the body again is an error. A redirect that drops it, or has a file, is followed."""
    options = {**held(box), "signature_type": placement}
    chunks = [b"first", b"second"]
    with ScriptedServer() as server:
        client = surface.client(**options) if how == "a client" else surface.with_auth(surface.auth(**options))
        async with client:
            for status in (307, 308):
                server.seen.clear()
                server.steps = [to("/second", status), answer("fine")]
                with pytest.raises(Exception, match=r"read only once|been streamed|consumed"):
                    await client.post(server.origin, chunks=chunks)
                assert [seen.body for seen in server.seen] == [b"firstsecond"]
            server.seen.clear()
            server.steps = [to("/second", 303), answer("fine")]
            assert (await client.post(server.origin, chunks=chunks)).body == b"fine"
            assert [seen.body for seen in server.seen] == [b"firstsecond", b""]


@pytest.mark.case("another origin gets nothing")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("method", "placement", "body"), PLACED)
async def test_another_origin(
    surface: Surface, box: ProviderBox, open_client: Opener, method: str, placement: str, body: str, status: int
) -> None:
    """It receives no Authorization header and no parameter, but the caller's own body if that is kept."""
    async with open_client(surface, box, method, placement) as client, surface.plain() as plain:
        answered = await client.post(box.redirect_url(box.other_url, status), **BODIES[body])
        assert (answered.status, answered.history) == (200, [status])
        with ScriptedServer(to(box.other_url, status)) as server:
            await plain.post(server.origin, **BODIES[body])
    first, other, unsigned = box.requests
    assert first.verified is not None
    assert (other.method, other.url, other.body) == (unsigned.method, box.other_url, unsigned.body)
    assert is_clean(other)
    for name in ("content-type", "content-length"):
        assert other.header(name) == unsigned.header(name)


@pytest.mark.case("another origin gets nothing")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize("status", [303, 307])
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
async def test_once_another_origin_was_asked(
    surface: Surface, box: ProviderBox, method: str, placement: str, status: int
) -> None:
    """No further request is signed, neither within the other origin nor after a redirect back to the first."""
    with ScriptedServer() as first, ScriptedServer() as other:
        first.steps = [to(other.origin, status), to("/end", status), answer("fine")]
        other.steps = [to("/again", status), to("/again", status), to(f"{first.origin}/back", status)]
        async with surface.client(**held(box, method), signature_type=placement) as client:
            answered = await client.post(f"{first.origin}/begin", form=[("a", "1")])
        assert answered.body == b"fine"
        assert answered.history == [status] * 5
    signed, *back = first.seen
    assert box.verifier.verify(signed.method, signed.url, signed.headers, signed.body).placement == placement
    assert [seen.target for seen in (*other.seen, *back)] == ["/", "/again", "/again", "/back", "/end"]
    for seen in (*other.seen, *back):
        assert seen.header("authorization") is None
        assert b"oauth_" not in seen.octets
        assert seen.body == (b"a=1" if status == 307 else b"")


@pytest.mark.case("another origin gets nothing")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize("status", [301, 307])
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
async def test_https_to_http(
    surface: Surface,
    tls_box: ProviderBox,
    box: ProviderBox,
    open_client: Opener,
    method: str,
    placement: str,
    status: int,
) -> None:
    """A redirect out of TLS is followed without credentials; one within TLS is signed."""
    async with open_client(surface, tls_box, method, placement) as client:
        answered = await client.post(tls_box.redirect_url(box.open_url, status), form=[("a", "1")])
        assert answered.status == 200
        assert (await client.post(tls_box.redirect_url("/echo", status), form=[("a", "1")])).status == 200
    assert is_clean(box.requests[0])
    assert len(set(nonces(tls_box.requests))) == 3


async def upgraded(surface: Surface, box: ProviderBox, how: str, placement: str) -> list[str | None]:
    """Follow a redirect from port 80 to port 443 of one host; return the headers of both requests."""
    options = {**held(box), "signature_type": placement}
    address = urlsplit(box.origin)
    with ScriptedServer(
        to(f"https://{address.hostname}/open", 301), tunnel((str(address.hostname), address.port or 0))
    ) as proxy:
        words = {"ca_file": box.ca_file, "proxy": proxy.origin}
        client = surface.client(**options, **words)
        if how == "an auth":
            await client.close()
            client = surface.with_auth(surface.auth(**options), **words)
        async with client:
            await client.get(f"http://{address.hostname}/begin")
        assert [seen.method for seen in proxy.seen] == ["GET", "CONNECT"]
    assert b"oauth_" in proxy.seen[0].octets
    return [received.header("authorization") for received in box.requests]


@pytest.mark.case("another origin gets nothing")
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
async def test_http_to_https(surface: Surface, tls_box: ProviderBox, placement: str) -> None:
    """The libraries themselves keep an ``Authorization`` on such a redirect."""
    assert await upgraded(surface, tls_box, "a client", placement) == [None]


@pytest.mark.case("a bare auth's header does not go from http to https")
async def test_a_bare_auth_from_http_to_https(surface: Surface, tls_box: ProviderBox) -> None:
    try:
        assert await upgraded(surface, tls_box, "an auth", "HEADER") == [None]
    finally:
        assert [received.header("authorization") for received in tls_box.requests] in ([], [None])


@pytest.mark.case("a name is not an address")
async def test_another_name_of_the_same_machine(surface: Surface, box: ProviderBox, open_client: Opener) -> None:
    """The URL determines the origin, whatever machine is behind it."""
    target = box.open_url.replace("127.0.0.1", "localhost")
    async with open_client(surface, box) as client:
        assert (await client.post(box.redirect_url(target, 307), form=[("a", "1")])).status == 200
    assert box.requests[-1].url == target
    assert is_clean(box.requests[-1])


@pytest.mark.case("redirects are not followed where that is asked")
@pytest.mark.parametrize("how", ["for the client", "for the request"])
async def test_redirects_off(surface: Surface, box: ProviderBox, open_client: Opener, how: str) -> None:
    options = {"redirects": False}
    of_client, of_request = (options, {}) if how == "for the client" else ({}, options)
    async with open_client(surface, box, **of_client) as client:
        answered = await client.get(box.redirect_url("/echo"), **of_request)
        assert (answered.status, answered.history) == (302, [])
    assert len(nonces(box.requests)) == 1


@pytest.mark.case("the library's limit of redirects")
async def test_too_many_redirects(surface: Surface, box: ProviderBox, open_client: Opener) -> None:
    """The library counts them and raises its own error."""
    hops: Callable[[str], str] = box.redirect_url
    async with open_client(surface, box, max_redirects=2) as client, surface.plain(max_redirects=2) as plain:
        with ScriptedServer(to("/again", 302)) as server:
            with pytest.raises(surface.too_many_redirects):
                await plain.get(server.origin)
            with pytest.raises(surface.too_many_redirects):
                await client.get(server.origin)
        assert len(server.seen) % 2 == 0
        allowed = len(server.seen) // 2 - 1
        if allowed == 2:
            assert (await client.get(hops(hops("/echo")))).status == 200
        assert (await client.get(hops("/echo"))).status == 200
    sent = [seen.nonce(box.verifier) for seen in server.seen[allowed + 1 :]]
    assert len(set(sent)) == allowed + 1


@pytest.mark.case("redirects are signed hop by hop")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
@pytest.mark.parametrize("location", ["/x/../y/./z?a=/../b", "http://api.example/./x/..", "/..//x/.?q", "y/../../z"])
async def test_dot_segments_on_the_way_through_a_proxy(
    surface: Surface, box: ProviderBox, open_client: Opener, placement: str, location: str
) -> None:
    """Each request is signed as it is sent, whether or not the library resolves dot segments."""
    with ScriptedServer(to(location, 307), answer("fine")) as proxy:
        async with open_client(surface, box, "HMAC-SHA1", placement, proxy=proxy.origin) as client:
            answered = await client.post("http://api.example/a/../b/./c", form=[("a", "1")])
            assert (answered.status, answered.history) == (200, [307])
    assert len({seen.nonce(box.verifier) for seen in proxy.seen}) == 2
