"""The three legs, sync and async, multiplexed or not, and what a leg never does."""

import asyncio
import inspect
import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import oauthone.clients.niquests
from oauthone.clients.niquests import AsyncOAuth1Session, OAuth1Session, OAuthError
from oauthone.diagnosis import aprobe, probe
from oauthone.errors import InsecureTransportError, TokenResponseError
from oauthone.testing import ProviderBox

from ..servers import Exchange, ScriptedServer, answer
from .conftest import Way


def walked(way: Way, walk: Callable[[Any, Any], Any], *args: Any, **options: Any) -> Any:
    """Run ``walk(session, done)`` on a new session, where ``await done(…)`` takes what either kind returns."""

    async def done(result: Any) -> Any:
        return await result if inspect.isawaitable(result) else result

    async def main() -> Any:
        kind: Any = AsyncOAuth1Session if way.is_async else OAuth1Session
        session = kind(*args, multiplexed=way.multiplexed, **options)
        try:
            return await walk(session, done)
        finally:
            await done(session.close())

    return asyncio.run(main())


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
def test_the_whole_flow(box: ProviderBox, tls_box: ProviderBox, way: Way, tls: bool, placement: str) -> None:
    asked = tls_box if tls else box

    async def walk(session: Any, done: Any) -> None:
        session.verify = asked.ca_file or True
        session.redirect_uri = f"{asked.other_origin}/callback"
        request_token = await done(session.fetch_request_token(asked.request_token_url))
        assert request_token["oauth_callback_confirmed"] == "true"
        callback = asked.visit(session.create_authorization_url(asked.authorize_url))
        session.parse_authorization_response(callback)
        token = await done(session.fetch_access_token(asked.access_token_url))
        assert session.token == token
        response = await done(session.get(asked.echo_url))
        await done(session.gather())
        assert response.json()["user"] == "alice"

    walked(way, walk, **asked.client.credentials(), signature_type=placement)
    assert all("oauth_callback" not in str(received.oauth_parameters()) for received in asked.requests[1:])


def test_verify_of_a_session_comes_before_the_environment(
    tls_box: ProviderBox, way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "no-such.pem"))

    async def walk(session: Any, done: Any) -> None:
        session.verify = tls_box.ca_file
        assert await done(session.fetch_request_token(tls_box.request_token_url))
        session.verify = True
        with pytest.raises(OSError, match="no-such"):
            await done(session.fetch_request_token(tls_box.request_token_url))

    walked(way, walk, **tls_box.client.credentials())


def test_two_flows_at_once(box: ProviderBox) -> None:
    async def main() -> None:
        async with AsyncOAuth1Session(**box.client.credentials()) as session:
            session.redirect_uri = f"{box.other_origin}/callback"
            tokens = await asyncio.gather(*[session.fetch_request_token(box.request_token_url) for _ in range(10)])
            for token in tokens:
                said = session.parse_authorization_response(
                    box.visit(session.create_authorization_url(box.authorize_url, token))
                )
                assert await session.fetch_access_token(box.access_token_url, request_token=said["oauth_token"])

    asyncio.run(main())


def test_the_path_of_an_endpoint_is_enough_with_a_base_url(box: ProviderBox, way: Way) -> None:
    async def walk(session: Any, done: Any) -> None:
        assert await done(session.fetch_request_token("/oauth/request_token"))

    walked(way, walk, **box.client.credentials(), base_url=box.origin)


@pytest.mark.parametrize("head", [b"200 OK", b"302 Found\r\nLocation: /elsewhere"], ids=["answer", "redirect"])
def test_an_endless_response_is_not_read_to_its_end(way: Way, head: bytes) -> None:
    def endless(exchange: Exchange) -> bool:
        exchange.connection.sendall(b"HTTP/1.1 " + head + b"\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(256):
            exchange.connection.sendall(b"100000\r\n" + b"x" * 0x100000 + b"\r\n")
        return False

    async def walk(session: Any, done: Any) -> None:
        with pytest.raises(OAuthError, match="response_too_large"):
            await done(session.fetch_request_token(server.origin))

    with ScriptedServer(endless) as server:
        walked(way, walk, "client", "secret")
        assert server.hung_up.wait(timeout=10)


def test_a_redirect_is_not_followed(way: Way) -> None:
    async def walk(session: Any, done: Any) -> None:
        with pytest.raises(TokenResponseError, match="use the final URL"):
            await done(session.fetch_request_token(server.origin))
        with pytest.raises(TypeError, match="allow_redirects"):
            await done(session.fetch_request_token(server.origin, allow_redirects=True))

    with ScriptedServer(answer(status=307, headers=[("Location", "/elsewhere")])) as server:
        walked(way, walk, "client", "secret")
        assert [seen.target for seen in server.seen] == ["/"]


def test_legs_are_not_sent_over_plain_http(way: Way) -> None:
    async def walk(session: Any, done: Any) -> None:
        with pytest.raises(InsecureTransportError):
            await done(session.fetch_request_token("http://provider.example/request_token"))

    walked(way, walk, "client", "secret")


def test_nothing_secret_is_shown(box: ProviderBox) -> None:
    with Way("sync").open(box, "HMAC-SHA1", "HEADER") as session:
        shown = f"{session!r} {session.auth!r}"
        assert box.client.client_secret not in shown
        assert session.token["oauth_token_secret"] not in shown


def test_the_reference_lists_the_public_names() -> None:
    reference = (Path(__file__).parents[3] / "docs" / "api.md").read_text("utf-8")
    for name in {*oauthone.clients.niquests.__all__} - {"OAuthError"}:
        assert f":: oauthone.clients.niquests.{name}\n" in reference


def test_a_missing_library_is_an_error_that_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "niquests", None)
    with pytest.raises(ModuleNotFoundError, match=re.escape('pip install "oauthone[niquests]"')):
        runpy.run_path(oauthone.clients.niquests.__file__)


@pytest.mark.parametrize("timeout", [None, 10, 10.0, (1, 2), (1.5, None)], ids=str)
def test_each_timeout_of_the_library(way: Way, timeout: Any) -> None:
    async def walk(session: Any, done: Any) -> None:
        assert (await done(session.fetch_request_token(server.origin, timeout=timeout)))["oauth_token"] == "t"

    granted = answer("oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true")
    with ScriptedServer(granted) as server:
        walked(way, walk, "client", "secret")


@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
def test_a_refusal_has_a_diagnosis(box: ProviderBox, way: Way, placement: str) -> None:
    """The server tells that it does not know the token."""

    async def walk(session: Any, done: Any) -> None:
        response = await done(session.post(f"{box.echo_url}?b=x%20y", data={"a": "1 +"}))
        if way.multiplexed:
            await done(session.gather())
        assert session.diagnose(response).mistakes == ("token-refused",)
        assert session.explain(response).startswith("The client sent a token that the server does not accept")
        with pytest.raises(TokenResponseError) as caught:
            await done(session.fetch_access_token(box.access_token_url, "v3rifier"))
        assert caught.value.diagnosis.explanation.startswith("The signature is right")

    options = {"token": "t", "token_secret": "another secret", "signature_type": placement}
    walked(way, walk, **box.client.credentials(), **options)


def test_a_session_can_be_probed(box: ProviderBox, way: Way) -> None:
    token = box.issue_token()._asdict()

    async def walk(session: Any, done: Any) -> None:
        probing = aprobe if way.is_async else probe
        found = await done(probing(session, box.echo_url))
        assert (found.options, found.tried) == ({}, (("as the client signs", 200),))
        session.token = None
        found = await done(probing(session, box.echo_url, limit=2, pause=0))
        assert (found.options, [status for _, status in found.tried]) == (None, [400, 400])

    walked(way, walk, **box.client.credentials(), **token)
