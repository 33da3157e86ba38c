"""The path from client to provider: proxies, HTTP/2, cookies, and an auth in the library's own client."""

from contextlib import suppress
from itertools import count

import pytest
from clients.matrix import PLACEMENTS, SAMPLES, nonces, places
from clients.servers import ScriptedServer, answer

from oauthone.errors import SigningError
from oauthone.testing import ProviderBox

from .conftest import Opener, held
from .flow import run_flow
from .surfaces import Surface


@pytest.mark.case("proxies, for http")
@pytest.mark.parametrize("placement", PLACEMENTS)
async def test_a_proxy(surface: Surface, box: ProviderBox, open_client: Opener, proxy: str, placement: str) -> None:
    """The signature covers the provider's URL, and the proxy's password goes only to the proxy."""
    async with open_client(surface, box, placement=placement, proxy=proxy) as client:
        answered = await client.post(f"{box.echo_url}?a=1|2&b=%c3%a9", form=[("a", "1")])
        assert answered.status == 200, answered.body
        assert (await client.get(box.redirect_url("/echo"))).status == 200
    assert len(set(nonces(box.requests))) == 3
    assert "proxy.py" in (box.requests[0].header("via") or "")
    assert box.requests[0].header("proxy-authorization") is None


@pytest.mark.case("proxies, for https")
async def test_a_tunnel(surface: Surface, tls_box: ProviderBox, proxy: str) -> None:
    """Flow and requests go through a tunnel that the proxy opens."""
    credentials = tls_box.client.credentials()
    async with surface.client(**credentials, ca_file=tls_box.ca_file, proxy=proxy) as client:
        await run_flow(client, tls_box)
        assert (await client.post(tls_box.echo_url, json={"a": 1})).status == 200
    assert all(received.header("proxy-authorization") is None for received in tls_box.requests)


@pytest.mark.case("HTTP/2")
@pytest.mark.parametrize("placement", PLACEMENTS)
async def test_http2(surface: Surface, tls_box: ProviderBox, open_client: Opener, placement: str) -> None:
    """Requests, forms and redirects are signed as in HTTP/1.1."""
    async with open_client(surface, tls_box, placement=placement, http2=True) as client:
        answered = await client.get(f"{tls_box.echo_url}?a=1")
        assert (answered.status, answered.http_version) == (200, "2")
        answered = await client.post(tls_box.redirect_url("/echo", 307), form=[("a", "1")])
        assert (answered.status, answered.http_version) == (200, "2")
    assert {received.http_version for received in tls_box.requests} == {"2"}
    assert len(set(nonces(tls_box.requests))) == 3


@pytest.mark.case("HTTP/2")
async def test_the_flow_in_http2(surface: Surface, tls_box: ProviderBox) -> None:
    async with surface.client(**tls_box.client.credentials(), ca_file=tls_box.ca_file, http2=True) as client:
        await run_flow(client, tls_box)
    legs = [received.http_version for received in tls_box.requests if received.method == "POST"]
    assert legs == ["2", "2"]


@pytest.mark.case("cookies")
async def test_cookies(surface: Surface, box: ProviderBox) -> None:
    """The client keeps them between requests, and the signature does not cover them."""
    with ScriptedServer(answer(headers=[("Set-Cookie", "given=1; Path=/")]), answer("fine")) as server:
        async with surface.client(**held(box), cookies={"own": "2"}) as client:
            await client.get(server.origin)
            assert (await client.get(server.origin)).body == b"fine"
    first, second = server.seen
    assert first.header("cookie") == "own=2"
    assert sorted((second.header("cookie") or "").split("; ")) == ["given=1", "own=2"]
    for seen in server.seen:
        assert seen.nonce(box.verifier)


@pytest.mark.case("a clock and nonces of the caller")
@pytest.mark.seen_in("cloud-init#2607")
@pytest.mark.seen_in("oauth1-signer-java#9")
@pytest.mark.seen_in("ruby-oauth#50")
@pytest.mark.seen_in("dghubble#45")
async def test_clock_and_nonces(surface: Surface, box: ProviderBox, open_client: Opener) -> None:
    """Both functions are called for each request, in our client and in an auth alone."""
    numbers = count(1)
    own = {"nonce": lambda: f"{next(numbers):08}", "clock": lambda: 1_000_000_000.9}
    async with open_client(surface, box, **own) as client:
        refused = [await client.get(box.echo_url) for _ in range(2)]
    async with surface.with_auth(surface.auth(**held(box), **own)) as client:
        refused.append(await client.get(box.echo_url))
    assert [answered.json()["problem"] for answered in refused] == ["timestamp_refused"] * 3
    headers = [received.header("authorization") or "" for received in box.requests]
    for number, header in enumerate(headers, 1):
        assert f'oauth_nonce="{number:08}"' in header
        assert 'oauth_timestamp="1000000000"' in header


@pytest.mark.case("options of the signature")
async def test_options(surface: Surface, box: ProviderBox, open_client: Opener) -> None:
    """A realm, no version, and a client without a token."""
    async with open_client(surface, box, realm="Photos & more", version=None) as client:
        said = (await client.get(box.echo_url)).json()
        assert said["realm"] == "Photos & more"
        assert "oauth_version" not in said["oauth"]
    async with surface.client(**box.client.credentials()) as client:
        assert (await client.get(box.two_legged_url)).json()["token"] is None


@pytest.mark.case("an auth in the library's own client")
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
async def test_a_bare_auth(surface: Surface, box: ProviderBox, method: str, placement: str) -> None:
    """It signs any number of requests and forms."""
    auth = surface.auth(**held(box, method), signature_type=placement)
    async with surface.with_auth(auth) as client:
        assert (await client.get(f"{box.echo_url}?a=1")).status == 200
        assert (await client.post(box.echo_url, form=[("a", "é")])).status == 200
    assert len(set(nonces(box.requests))) == 2
    assert {tuple(places(received)) for received in box.requests} == {(placement,)}


@pytest.mark.case("an auth in the library's own client")
@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("placement", PLACEMENTS)
async def test_a_bare_auth_and_another_origin(surface: Surface, box: ProviderBox, placement: str, status: int) -> None:
    """Whatever the library lets it do on a redirect, another origin receives nothing."""
    auth = surface.auth(**held(box), signature_type=placement)
    async with surface.with_auth(auth) as client:
        # A form with the parameters that would be sent a second time is an error.
        with suppress(SigningError):
            await client.post(box.redirect_url(box.other_url, status), form=[("a", "1")])
    assert box.requests[0].verified is not None
    for other in box.requests[1:]:
        assert other.oauth_parameters() == []
        assert b"oauth_" not in other.body


@pytest.mark.case("a bare auth signs each hop of a redirect")
async def test_a_bare_auth_and_a_redirect(surface: Surface, box: ProviderBox) -> None:
    async with surface.with_auth(surface.auth(**held(box))) as client:
        assert (await client.get(box.redirect_url("/echo"))).status == 200
    assert len(set(nonces(box.requests))) == 2
