"""Redirects: the same origin gets a new signature for each request, another origin gets nothing, multiplexed or not."""

import asyncio
from pathlib import Path
from typing import Any

import niquests
import pytest

from oauthone.core.body import FORM
from oauthone.testing import ProviderBox, Received

from ..matrix import SAMPLES, nonces, places
from ..servers import Exchange, ScriptedServer, Step, answer
from .conftest import Way

STATUSES = [301, 302, 303, 307, 308]
KEEPS_METHOD = (307, 308)


def is_clean(received: Received) -> bool:
    return received.oauth_parameters() == [] and "oauth_" not in received.url and b"oauth_" not in received.body


@pytest.fixture(params=["http", "https"])
def either_box(request: pytest.FixtureRequest) -> ProviderBox:
    """A provider with HTTP/1.1, and one with HTTP/2."""
    found: Any = request.getfixturevalue("box" if request.param == "http" else "tls_box")
    return found


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
def test_the_same_origin_verifies_each_hop_anew(
    either_box: ProviderBox, way: Way, method: str, placement: str, status: int
) -> None:
    box = either_box
    begin = box.redirect_url(box.redirect_url("/echo?last=1", status), status)
    (response,) = way.send(box, ("POST", begin, {"data": {"a": "é"}}), method=method, placement=placement)
    assert response.ok
    assert len(set(nonces(box.requests))) == 3
    assert box.requests[-1].query()[0] == (b"last", b"1")
    assert [one.status_code for one in response.history] == [status, status]
    kept = status in KEEPS_METHOD
    later = "HEADER" if placement == "BODY" and not kept else placement
    assert [list(places(received)) for received in box.requests] == [[placement], [later], [later]]
    assert box.requests[-1].method == ("POST" if kept else "GET")
    pairs = [pair for pair in box.requests[-1].form() if not pair[0].startswith(b"oauth_")]
    assert pairs == ([(b"a", "é".encode())] if kept else [])


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("is_bare", [False, True], ids=["session", "auth"])
def test_another_origin_gets_nothing(
    either_box: ProviderBox, way: Way, is_bare: bool, method: str, placement: str, status: int
) -> None:
    way.bare, box = is_bare, either_box
    call = ("POST", box.redirect_url(box.other_url, status), {"data": {"a": "é"}})
    (response,) = way.send(box, call, method=method, placement=placement)
    assert response.ok
    first, other = box.requests
    assert first.verified is not None
    assert is_clean(other)
    kept = status in KEEPS_METHOD
    assert other.body == (b"a=%C3%A9" if kept else b"")
    assert other.header("content-type") == (FORM if kept else None)


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
def test_a_bare_auth_signs_the_hops_that_it_sees(
    tls_box: ProviderBox, bare: Way, method: str, placement: str, status: int
) -> None:
    """In a multiplexed session it sees no redirect, so these requests are unsigned."""
    call = ("POST", tls_box.redirect_url("/echo", status), {"data": {"a": "1"}})
    (response,) = bare.send(tls_box, call, method=method, placement=placement)
    assert response.status_code == (401 if bare.multiplexed else 200)
    first, last = tls_box.requests
    assert first.verified is not None
    if bare.multiplexed:
        assert is_clean(last)
    else:
        assert list(places(last)) == ["BODY" if (placement, status) == ("BODY", 307) else "HEADER"]


def test_a_redirect_that_is_not_followed(either_box: ProviderBox, way: Way) -> None:
    """``response.next`` is unsigned until it is sent."""
    box = either_box
    (response,) = way.send(box, ("GET", box.redirect_url("/echo"), {"allow_redirects": False}))
    assert response.status_code == 302
    assert response.next is not None
    assert "Authorization" not in response.next.headers
    with Way("sync").open(box, "HMAC-SHA1", "HEADER") as session:
        assert session.send(response.next).ok


def test_a_redirect_to_an_invalid_url_is_the_librarys_error(box: ProviderBox) -> None:
    """It is the library's error, even if an auth had to parse the URL first."""
    location = [("Location", "http://127.0.0.1:99999999/.x")]
    with ScriptedServer(answer(status=302, headers=location)) as server:
        for way in (Way("sync"), Way("sync", bare=True)):
            with pytest.raises((niquests.RequestException, ValueError)):
                way.send(box, ("GET", server.origin, {}))
        assert len(server.seen) == 2


def test_a_redirect_without_a_scheme(box: ProviderBox, bare: Way) -> None:
    location = [("Location", f"//{box.origin.partition('//')[2]}/open")]
    with ScriptedServer(answer(status=302, headers=location)) as server:
        assert bare.send(box, ("GET", server.origin, {}))[0].ok
    assert is_clean(box.requests[-1])


def test_too_many_redirects(tls_box: ProviderBox, way: Way) -> None:
    begin = "/echo"
    for _ in range(5):
        begin = tls_box.redirect_url(begin)
    session = Way.open

    def limited(self: Way, *args: Any, **options: Any) -> Any:
        opened = session(self, *args, **options)
        opened.max_redirects = 2
        return opened

    way.open = limited.__get__(way)
    with pytest.raises(niquests.TooManyRedirects):
        way.send(tls_box, ("GET", begin, {}))


def test_a_redirect_that_repeats_the_query(box: ProviderBox, way: Way) -> None:
    """Within the origin each request has one signature; another origin gets nothing, multiplexed or not."""
    with ScriptedServer() as first, ScriptedServer(answer("fine")) as other:
        first.steps = [repeat("/second"), repeat(f"{other.origin}/there")]
        (response,) = way.send(box, ("GET", f"{first.origin}/first?a=1", {}), placement="QUERY")
        assert response.text == "fine"
    assert len({seen.nonce(box.verifier) for seen in first.seen}) == 2
    assert [seen.target for seen in other.seen] == ["/there?a=1"]


def test_a_bare_auth_and_a_redirect_that_repeats_the_query(box: ProviderBox, bare: Way) -> None:
    with ScriptedServer() as first, ScriptedServer(answer("fine")) as other:
        first.steps = [repeat(f"{other.origin}/there")]
        (response,) = bare.send(box, ("GET", f"{first.origin}/first?a=1", {}), placement="QUERY")
        assert response.text == "fine"
    assert [seen.target for seen in other.seen] == ["/there?a=1"]


def repeat(target: str) -> Step:
    """Return a redirect to ``target`` with the query of the request."""

    def step(exchange: Exchange) -> bool:
        location = f"{target}?{exchange.seen.target.partition('?')[2]}"
        return answer(status=302, headers=[("Location", location)])(exchange)

    return step


@pytest.mark.parametrize("kind", ["session", "auth"])
def test_a_netrc_does_not_replace_a_signature(
    box: ProviderBox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login alice password wonder\n")
    monkeypatch.setenv("NETRC", str(netrc))
    try:
        for status in (302, 307):
            call = ("POST", box.redirect_url("/echo", status), {"data": {"a": "1"}})
            Way("sync", bare=kind == "auth").send(box, call)
    finally:
        vars(niquests.utils)["get_netrc_auth"].cache_clear()  # or later tests at this box would be sent with it
    assert len(set(nonces(box.requests))) == 4


@pytest.mark.parametrize("status", [None, 307])
def test_a_form_that_is_given_as_text(box: ProviderBox, way: Way, status: int | None) -> None:
    """It gets a content type and is signed."""
    url = box.echo_url if status is None else box.redirect_url("/echo", status)
    (response,) = way.send(box, ("POST", url, {"data": "text=hello"}))
    assert response.ok
    for received in box.requests:
        assert received.header("content-type") == "application/x-www-form-urlencoded"
        assert received.form() == [(b"text", b"hello")]


def test_a_send_that_was_replaced_sees_a_signed_request(box: ProviderBox) -> None:
    seen: list[Any] = []

    def fake(request: Any, **_: Any) -> Any:
        seen.append(request)
        return niquests.Response()

    with Way("sync").open(box, "HMAC-SHA1", "HEADER") as session:
        session.send = fake
        session.get(box.echo_url)
    assert seen[0].headers["Authorization"].startswith("OAuth ")


def test_tasks_that_send_one_prepared_request_each_sign_their_next_request(box: ProviderBox) -> None:
    """Both are redirected before either continues, and each next request has its own nonce."""
    redirect = answer(status=302, headers=[("Location", "/next")])

    async def send_twice(url: str) -> list[str | None]:
        both_redirected = asyncio.Barrier(2)

        async def wait_for_the_other(response: Any, **_: Any) -> None:
            if response.is_redirect:
                await both_redirected.wait()

        async with Way("async", bare=True).open(box, "HMAC-SHA1", "HEADER") as session:
            request = niquests.Request("GET", url, hooks={"response": wait_for_the_other})
            prepared = session.prepare_request(request)
            return [one.text for one in await asyncio.gather(session.send(prepared), session.send(prepared))]

    with ScriptedServer(redirect, redirect, answer("fine")) as server:
        assert asyncio.run(send_twice(f"{server.origin}/begin")) == ["fine", "fine"]
    following = [seen for seen in server.seen if seen.target == "/next"]
    verified = [box.verifier.verify(seen.method, seen.url, seen.headers, seen.body) for seen in following]
    assert len({one.parameters["oauth_nonce"] for one in verified}) == 2
