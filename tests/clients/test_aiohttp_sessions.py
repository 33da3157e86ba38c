"""The session of the client for aiohttp: its options, its headers, and a session of the caller."""

from typing import Any

import aiohttp
import pytest
from aiohttp.client_middlewares import ClientHandlerType
from aiohttp.client_reqrep import ClientRequest, ClientResponse

from oauthone.clients.aiohttp import AsyncOAuth1Client
from oauthone.errors import (
    SigningError,
)
from oauthone.testing import ProviderBox

from .aiohttp_senders import credentials
from .matrix import PLACEMENTS, places

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("closed_transports")]


async def status_of(request: Any) -> int:
    async with request as response:
        return int(response.status)


async def test_a_client_uses_and_leaves_open_the_session_of_the_caller(box: ProviderBox) -> None:
    """It is used as it is, its middlewares too, and is neither changed nor closed."""
    seen: list[str | None] = []

    async def outside(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        seen.append(request.headers.get("Authorization"))
        return await handler(request)

    async with aiohttp.ClientSession(box.origin, middlewares=(outside,), headers={"X-A": "1"}) as session:
        async with AsyncOAuth1Client(**credentials(box, "HMAC-SHA1"), session=session) as client:
            assert client.session is session
            async with client.get("/echo") as response:
                assert response.status == 200
        assert client.closed
        assert not session.closed
        async with session.get("/open") as response:
            assert response.status == 200
    assert client.closed
    assert seen == [None, None]
    assert [received.header("x-a") for received in box.requests] == ["1", "1"]
    assert box.requests[1].header("authorization") is None


async def test_a_client_whose_session_was_closed_raises_an_error() -> None:
    async with aiohttp.ClientSession() as session:
        client = AsyncOAuth1Client("client", "secret", session=session)
    assert client.closed
    with pytest.raises(RuntimeError, match="Session is closed"):
        await client.get("https://provider.example/")


async def test_options_of_the_session(box: ProviderBox) -> None:
    """They are aiohttp's own; its middlewares run outside of the signature."""
    traced: list[str] = []

    async def on_start(session: Any, context: Any, parameters: aiohttp.TraceRequestStartParams) -> None:
        traced.append(parameters.method)

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(on_start)

    async def mark(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        request.headers["X-Mark"] = str("Authorization" in request.headers)
        return await handler(request)

    async with AsyncOAuth1Client(
        **credentials(box, "HMAC-SHA1"),
        base_url=box.origin,
        cookies={"crumb": "1"},
        cookie_jar=aiohttp.CookieJar(unsafe=True),
        trace_configs=[trace],
        middlewares=(mark,),
        json_serialize=lambda value: "[1]",
    ) as client:
        async with client.post("/echo", json={}) as response:
            assert response.status == 200
        async with client.get("/echo", middlewares=()) as response:
            assert response.status == 200
    first, second = box.requests
    assert first.header("cookie") == "crumb=1"
    assert first.body == b"[1]"
    assert (first.header("x-mark"), second.header("x-mark")) == ("False", None)
    assert traced == ["POST", "GET"]


@pytest.mark.parametrize("option", [{"signature_methd": "x"}, {"timeuot": 1}, {"auth": None}, {"retries": 1}])
def test_an_unknown_option_is_a_type_error(option: dict[str, Any]) -> None:
    (name,) = option
    with pytest.raises(TypeError, match=rf"AsyncOAuth1Client\(\) got an unexpected keyword argument '{name}'"):
        AsyncOAuth1Client("client", "secret", **option)


@pytest.mark.parametrize(("version", "sent"), [({}, "1.0"), ({"version": None}, None)])
async def test_the_option_version_is_the_oauth_version(
    box: ProviderBox, version: dict[str, Any], sent: str | None
) -> None:
    """aiohttp's session has an option of this name too."""
    async with (
        AsyncOAuth1Client(**credentials(box, "HMAC-SHA1"), **version) as client,
        client.get(box.echo_url) as response,
    ):
        assert (await response.json())["oauth"].get("oauth_version") == sent


async def test_a_session_and_session_options_together_are_a_type_error() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(TypeError, match="both a session and its options headers, trust_env"):
            AsyncOAuth1Client("client", session=session, headers={}, trust_env=True)
        with pytest.raises(SigningError):
            AsyncOAuth1Client("client", session=session, signature_method="HMAC-MD5")


async def test_an_authorization_header_of_the_session_is_kept(box: ProviderBox) -> None:
    """What the session sends with every request stays too."""
    headers = {"authorization": "Bearer x"}
    async with AsyncOAuth1Client(**credentials(box, "HMAC-SHA1"), headers=headers) as client:
        await status_of(client.get(box.open_url))
    assert box.requests[0].header("authorization") == "Bearer x"


@pytest.mark.parametrize("placement", PLACEMENTS)
async def test_a_netrc_password_does_not_replace_a_signature_of_aiohttp(
    box: ProviderBox, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, placement: str
) -> None:
    """One from a .netrc neither takes the signature's place nor goes along with it."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password pass\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    options = {"signature_type": placement, "trust_env": True}
    async with AsyncOAuth1Client(**credentials(box, "HMAC-SHA1"), **options) as client:
        assert await status_of(client.post(box.redirect_url("/echo", 307), data={"a": "1"})) == 200
    assert [list(places(received)) for received in box.requests] == [[placement]] * 2
    assert not any((received.header("authorization") or "").startswith("Basic") for received in box.requests)


async def test_a_session_without_middlewares_can_be_passed(box: ProviderBox) -> None:
    session = aiohttp.ClientSession(middlewares=None)  # type: ignore[arg-type]  # aiohttp's types do not say it may be
    client = AsyncOAuth1Client(**credentials(box, "HMAC-SHA1"), session=session)
    async with session, client, client.get(box.echo_url) as response:
        assert response.status == 200
