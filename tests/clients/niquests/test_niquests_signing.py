"""Requests on the wire: placements, bodies, unusual URLs, HTTP/2, and what stays unsigned."""

import asyncio
import copy
import io
import pickle
from collections.abc import AsyncIterator, Iterator
from typing import Any

import niquests
import pytest

from oauthone.clients.niquests import AsyncOAuth1Session, OAuth1Auth, OAuth1Session
from oauthone.errors import SigningError
from oauthone.testing import ProviderBox

from ..matrix import COMBINATIONS, SAMPLES, nonces, places
from .conftest import Way

ODD = [
    "?filter[a]=1&price=$5&q=100%",
    "?q=%FF&q=%7e&r=a+b",
    "?a='b'&c={d}&e=f|g",
    "/naïve café?q=é",
    "/a/../b/./c?x=1",
    "//double//slash?x=",
    "/a%2fb%20c?&&a&=b",
    "?x=1#fragment",
]


@pytest.mark.covering(together=2)
@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
def test_every_method_in_every_placement(box: ProviderBox, way: Way, method: str, placement: str) -> None:
    (response,) = way.send(
        box, ("POST", f"{box.echo_url}?q=1", {"data": {"a": "é"}}), method=method, placement=placement
    )
    assert response.json()["user"] == "alice", response.text
    assert list(places(box.requests[-1])) == [placement]


def test_many_requests_over_one_http2_connection_are_signed(tls_box: ProviderBox, way: Way) -> None:
    """Twenty requests on HTTP/2 have twenty nonces, sent at once or in turn."""
    responses = way.send(tls_box, *[("GET", f"{tls_box.echo_url}?n={n}", {}) for n in range(20)])
    assert [response.json()["query"] for response in responses] == [[["n", str(n)]] for n in range(20)]
    assert {response.http_version for response in responses} == {20}
    assert len(set(nonces(tls_box.requests))) == 20
    assert all(response.conn_info is not None for response in responses)


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
@pytest.mark.parametrize("target", ODD)
def test_an_unusual_url_is_signed_as_it_is_sent(tls_box: ProviderBox, way: Way, target: str, placement: str) -> None:
    url = f"{tls_box.echo_url if target[0] == '?' else tls_box.origin + '/echo'}{target}"
    way.send(tls_box, ("GET", url, {}), placement=placement)
    assert len(nonces(tls_box.requests)) == 1


@pytest.mark.covering(times=2)
@pytest.mark.parametrize("target", ODD)
def test_a_bare_auth_signs_an_unusual_url_as_it_is_sent(box: ProviderBox, bare: Way, target: str) -> None:
    url = f"{box.echo_url if target[0] == '?' else box.origin + '/echo'}{target}"
    bare.send(box, ("GET", url, {}))
    assert len(nonces(box.requests)) == 1


def test_a_url_that_cannot_be_parsed_is_the_librarys_error(box: ProviderBox) -> None:
    with Way("sync").open(box, "HMAC-SHA1", "HEADER") as session, pytest.raises(niquests.RequestException):
        session.get("http://[::1/x")


def pieces() -> Iterator[bytes]:
    yield b"one "
    yield b"two"


async def later_pieces() -> AsyncIterator[bytes]:
    for piece in pieces():
        yield piece


BODIES: dict[str, tuple[Any, bytes]] = {
    "bytes": (lambda: b"one two", b"one two"),
    "text": (lambda: "one two", b"one two"),
    "a file": (lambda: io.BytesIO(b"one two"), b"one two"),
    "a generator": (pieces, b"one two"),
}


@pytest.mark.parametrize(("make", "sent"), BODIES.values(), ids=BODIES.keys())
def test_a_body_that_is_not_a_form_is_sent_as_it_is(box: ProviderBox, way: Way, make: Any, sent: bytes) -> None:
    if way.is_async and make is pieces:
        make = later_pieces
    headers = {"Content-Type": "application/octet-stream"}
    (response,) = way.send(box, ("PUT", box.echo_url, {"data": make(), "headers": headers}))
    assert response.ok, response.text
    assert box.requests[-1].body == sent


def test_multipart_and_json(box: ProviderBox, way: Way) -> None:
    calls = [("POST", box.echo_url, {"files": {"f": b"x"}, "data": {"a": "b"}}), ("POST", box.echo_url, {"json": {}})]
    assert all(response.ok for response in way.send(box, *calls))
    assert b'name="f"' in box.requests[0].body
    assert box.requests[1].body == b"{}"


def test_a_body_hash(box: ProviderBox, way: Way) -> None:
    (response,) = way.send(box, ("POST", box.echo_url, {"json": {"a": 1}}), body_hash="auto")
    assert response.ok, response.text
    assert "oauth_body_hash" in places(box.requests[-1])["HEADER"]


def test_parameters_in_a_body_that_is_not_a_form_are_an_error(box: ProviderBox, way: Way) -> None:
    with pytest.raises(SigningError):
        way.send(box, ("POST", box.echo_url, {"json": {"a": 1}}), placement="BODY")
    assert box.requests == []


def test_a_request_can_have_another_auth(box: ProviderBox, way: Way) -> None:
    (response,) = way.send(box, ("GET", box.other_url, {"auth": ("user", "pass")}))
    assert response.ok
    assert (box.requests[-1].header("authorization") or "").startswith("Basic ")
    with Way("sync").open(box, "HMAC-SHA1", "HEADER") as session:
        assert session.send(niquests.Request("GET", box.echo_url).prepare()).ok
        session.auth = None
        session.get(box.other_url)
    assert box.requests[-1].header("authorization") is None


def test_an_auth_that_is_awaited(box: ProviderBox) -> None:
    """It signs its one request instead of the session's own auth."""

    async def label(request: niquests.PreparedRequest) -> niquests.PreparedRequest:
        request.headers["X-Label"] = "theirs"
        return request

    Way("async").send(box, ("GET", box.other_url, {"auth": label}))
    assert (box.requests[-1].header("x-label"), box.requests[-1].header("authorization")) == ("theirs", None)


def test_a_prepared_request_is_signed_each_time(box: ProviderBox) -> None:
    with Way("sync").open(box, "HMAC-SHA1", "HEADER") as session:
        prepared = session.prepare_request(niquests.Request("POST", box.echo_url, data={"a": "1"}))
        first = session.send(prepared)
        for request in (prepared, prepared.copy(), pickle.loads(pickle.dumps(prepared)), first.request):
            assert session.send(request).ok
        assert "Authorization" not in prepared.headers
    assert len(set(nonces(box.requests))) == 5


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
def test_sessions_and_auths_are_copied_and_pickled(box: ProviderBox, method: str, placement: str) -> None:
    with Way("sync").open(box, method, placement) as session:
        for copied in (pickle.loads(pickle.dumps(session)), copy.deepcopy(session)):
            with copied:
                assert copied.get(box.echo_url).ok
        auth = pickle.loads(pickle.dumps(session.auth))
        with niquests.Session(auth=auth) as plain:
            assert plain.get(box.echo_url).ok

    async def later() -> None:
        async with (
            Way("async").open(box, method, placement) as session,
            pickle.loads(pickle.dumps(session)) as copied,
        ):
            assert (await copied.get(box.echo_url)).ok

    asyncio.run(later())


def test_an_unknown_option_is_a_type_error() -> None:
    for kind in (OAuth1Session, AsyncOAuth1Session):
        with pytest.raises(TypeError, match="signatur_type"):
            kind("client", "secret", signatur_type="QUERY")


def test_options_of_the_library_pass_through(box: ProviderBox) -> None:
    auth = OAuth1Auth(**box.client.credentials(), **box.issue_token(box.client)._asdict(), realm="given")
    with OAuth1Session("other", "secret", auth=auth, base_url=box.origin, headers={"X-Label": "x"}) as session:
        assert session.get("/echo").ok
        assert session.get_adapter(box.origin).max_retries.total == 0
    assert (box.requests[-1].verified.realm, box.requests[-1].header("x-label")) == ("given", "x")


def test_an_upload_shows_its_progress(box: ProviderBox, way: Way) -> None:
    (response,) = way.send(box, ("POST", box.echo_url, {"data": b"x" * 100_000}))
    assert response.request.upload_progress.is_completed


def test_a_server_that_advertises_http3_is_reached(tls_box: ProviderBox) -> None:
    """The server does not speak HTTP/3 after all, so one request with one signature is sent instead."""
    port = int(tls_box.origin.rpartition(":")[2])
    with Way("sync").open(tls_box, "HMAC-SHA1", "HEADER") as session:
        session.quic_cache_layer[("127.0.0.1", port)] = ("127.0.0.1", port)
        assert session.get(tls_box.echo_url, timeout=2).ok
    assert len(nonces(tls_box.requests)) == 1
