"""The client for aiohttp: the three legs, and what a leg never does."""

import asyncio
import gc
import logging
import warnings
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.client_middlewares import ClientHandlerType
from aiohttp.client_reqrep import ClientRequest, ClientResponse
from yarl import URL

from oauthone.clients.aiohttp import AsyncOAuth1Client
from oauthone.core.credentials import MAX_RESPONSE_BODY
from oauthone.errors import (
    AccessDenied,
    FlowError,
    InsecureTransportError,
    OAuthError,
    TokenResponseError,
)
from oauthone.testing import Faults, ProviderBox

from .aiohttp_senders import Maker, credentials, trust
from .matrix import PLACEMENTS, SAMPLES, places, protocol_names, secret_free
from .servers import GRANTED, ScriptedServer, answer, hang, reset

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("closed_transports")]


@pytest.fixture
async def client(box: ProviderBox) -> AsyncIterator[AsyncOAuth1Client]:
    """A client without a token, for the box's first client."""
    async with AsyncOAuth1Client(**box.client.credentials(), redirect_uri=box.landing_url) as made:
        yield made


async def status_of(request: Any) -> int:
    async with request as response:
        return int(response.status)


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
async def test_the_whole_flow(tls_box: ProviderBox, method: str, placement: str) -> None:
    """It ends in a verified call, and callback and verifier travel in their own leg alone."""
    async with AsyncOAuth1Client(
        **tls_box.clients[method].credentials(),
        redirect_uri=tls_box.landing_url,
        signature_type=placement,
        connector=trust(tls_box),
    ) as client:
        request_token = await client.fetch_request_token(tls_box.request_token_url)
        assert request_token["oauth_callback_confirmed"] == "true"
        callback = tls_box.visit(client.create_authorization_url(tls_box.authorize_url))
        client.parse_authorization_response(callback)
        token = await client.fetch_access_token(tls_box.access_token_url)
        assert client.token == token
        async with client.get(tls_box.echo_url) as response:
            assert (await response.json())["user"] == "alice"
    first, _, second, third = tls_box.requests
    assert [list(places(received)) for received in (first, second, third)] == [[placement]] * 3
    assert ["oauth_callback" in protocol_names(received) for received in (first, second, third)] == [True, False, False]
    assert ["oauth_verifier" in protocol_names(received) for received in (first, second, third)] == [False, True, False]


async def test_a_flow_begun_in_one_client_can_be_completed_in_another(
    box: ProviderBox, client: AsyncOAuth1Client
) -> None:
    """What began in one ends in another that was given the request token; and the token can be taken out again."""
    begun = await client.fetch_request_token(box.request_token_url, method="GET")
    callback = box.visit(client.create_authorization_url(box.authorize_url))
    async with AsyncOAuth1Client(
        **box.client.credentials(), token=begun["oauth_token"], token_secret=begun["oauth_token_secret"]
    ) as other:
        other.parse_authorization_response(callback)
        other.token = await other.fetch_access_token(box.access_token_url)
        assert await status_of(other.get(box.echo_url)) == 200
        other.token = None
        assert await status_of(other.get(box.two_legged_url)) == 200
        assert await status_of(other.get(box.echo_url)) == 400


async def test_ten_flows_at_once_do_not_mix(box: ProviderBox, client: AsyncOAuth1Client) -> None:
    """They do not mix."""
    begun = await asyncio.gather(*(client.fetch_request_token(box.request_token_url) for _ in range(10)))
    with pytest.raises(FlowError, match="ambiguous_request_token"):
        client.create_authorization_url(box.authorize_url)

    async def run_flow(number: int, temporary: dict[str, Any]) -> dict[str, Any]:
        box.user = f"user {number}"
        callback = box.visit(client.create_authorization_url(box.authorize_url, temporary))
        said = client.parse_authorization_response(callback)
        return await client.fetch_access_token(box.access_token_url, request_token=said["oauth_token"])

    try:
        tokens = await asyncio.gather(*(run_flow(*numbered) for numbered in enumerate(begun)))
    finally:
        box.user = "alice"
    assert len({token["oauth_token"] for token in tokens}) == 10
    for number, token in enumerate(tokens):
        client.token = token
        async with client.get(box.echo_url) as response:
            assert (await response.json())["user"] == f"user {number}"


async def test_a_denial_by_the_resource_owner_raises_access_denied(box: ProviderBox, client: AsyncOAuth1Client) -> None:
    await client.fetch_request_token(box.request_token_url)
    box.decision = "deny"
    callback = box.visit(client.create_authorization_url(box.authorize_url))
    with pytest.raises(AccessDenied):
        client.parse_authorization_response(callback)


async def test_a_verification_code_can_be_passed_by_hand(box: ProviderBox) -> None:
    async with AsyncOAuth1Client(**box.client.credentials()) as client:
        assert client.redirect_uri is None
        await client.fetch_request_token(box.request_token_url)
        code = box.visit(client.create_authorization_url(box.authorize_url))
        assert (await client.fetch_access_token(box.access_token_url, code))["oauth_token"]


async def test_endpoints_under_a_base_url(box: ProviderBox) -> None:
    """The addresses of the legs may be relative, as those of other requests."""
    async with AsyncOAuth1Client(**box.client.credentials(), base_url=box.origin + "/oauth/") as client:
        await client.fetch_request_token("request_token")
        code = box.visit(client.create_authorization_url(box.authorize_url))
        await client.fetch_access_token(box.access_token_url, code)
        assert await status_of(client.get("/echo")) == 200


async def test_a_leg_can_send_a_form() -> None:
    """xAuth has one leg, a signed form."""
    with ScriptedServer(answer("oauth_token=t&oauth_token_secret=s")) as server:
        async with AsyncOAuth1Client("client", "secret") as client:
            await client.fetch_access_token(server.origin, data={"x_auth_username": "é"})
    assert server.seen[0].body == b"x_auth_username=%C3%A9"


@pytest.mark.parametrize("how", ["cancelled", "timeout", "reset"])
async def test_an_interrupted_leg_leaves_no_state_behind(how: str) -> None:
    """The client is what it was, and the leg can be sent again."""
    responses = {"cancelled": hang, "timeout": hang, "reset": reset}
    with ScriptedServer(responses[how], GRANTED, responses[how], GRANTED) as server:
        async with AsyncOAuth1Client("client", "secret") as client:

            async def broken(leg: Any) -> None:
                if how == "cancelled":
                    walking = asyncio.ensure_future(leg)
                    before = len(server.seen)
                    while len(server.seen) == before:
                        await asyncio.sleep(0.001)
                    walking.cancel()
                    with pytest.raises(asyncio.CancelledError):
                        await walking
                else:
                    with pytest.raises((TimeoutError, aiohttp.ClientError)):
                        await leg

            short = {"timeout": aiohttp.ClientTimeout(0.2)} if how == "timeout" else {}
            await broken(client.fetch_request_token(server.origin, **short))
            with pytest.raises(FlowError, match="no authorization is pending"):
                client.create_authorization_url(server.origin)
            temporary = await client.fetch_request_token(server.origin)
            await broken(client.fetch_access_token(server.origin, "code", **short))
            assert client.token is None
            assert f"oauth_token={temporary['oauth_token']}" in client.create_authorization_url(server.origin)
            assert (await client.fetch_access_token(server.origin, "code"))["oauth_token"] == "t"


@pytest.mark.parametrize("padding", ["huge", "gzip bomb"])
async def test_a_response_is_read_up_to_the_limit_only(padding: Any) -> None:
    with ProviderBox(faults=Faults(padding=padding)) as box:
        async with AsyncOAuth1Client(**box.client.credentials()) as client:
            with pytest.raises(TokenResponseError, match=f"{MAX_RESPONSE_BODY // 1024} KiB|too large|long") as refused:
                await client.fetch_request_token(box.request_token_url)
    assert refused.value.status == 200


async def test_a_rejected_leg_raises_the_providers_reason(box: ProviderBox) -> None:
    """Also where the session raises for every other status."""
    async with AsyncOAuth1Client(box.client.client_id, "wrong", raise_for_status=True) as client:
        with pytest.raises(TokenResponseError) as refused:
            await client.fetch_request_token(box.request_token_url)
        with pytest.raises(aiohttp.ClientResponseError):
            await client.get(box.echo_url)
    assert (refused.value.status, refused.value.problem) == (401, "signature_invalid")


async def test_the_redirect_of_a_leg_is_not_followed() -> None:
    with ScriptedServer(answer(status=302, headers=[("Location", "/elsewhere")])) as server:
        async with AsyncOAuth1Client("client", "secret") as client:
            with pytest.raises(OAuthError) as refused:
                await client.fetch_request_token(server.origin)
    assert len(server.seen) == 1
    assert isinstance(refused.value, TokenResponseError)


async def test_legs_are_not_sent_over_plain_http() -> None:
    async with AsyncOAuth1Client("client", "secret") as client:
        with pytest.raises(InsecureTransportError):
            await client.fetch_request_token("http://provider.example/")


@pytest.mark.parametrize("option", ["auth", "allow_redirects", "raise_for_status"])
async def test_an_option_that_a_leg_sets_itself_is_a_type_error(client: AsyncOAuth1Client, option: str) -> None:
    with pytest.raises(TypeError, match=f"sets '{option}' itself"):
        await client.fetch_request_token("https://provider.example/", **{option: True})
    with pytest.raises(TypeError, match="timeuot"):
        await client.fetch_request_token("https://provider.example/", timeuot=1)


async def test_options_pass_through_a_leg(box: ProviderBox, client: AsyncOAuth1Client) -> None:
    await client.fetch_request_token(
        box.request_token_url, headers={"User-Agent": "printer", "Authorization": "Bearer x"}, params={"scope": "a b"}
    )
    with ScriptedServer(GRANTED) as server:
        await client.fetch_request_token(server.origin, headers={"User-Agent": "printer"}, params={"scope": "a b"})
    assert server.seen[0].header("user-agent") == "printer"
    assert server.seen[0].target == "/?scope=a+b"


@pytest.mark.parametrize(
    ("given", "total"), [({}, 30.0), ({"timeout": aiohttp.ClientTimeout(7)}, 7)], ids=["own", "the session's"]
)
async def test_the_time_limit_of_a_leg(given: dict[str, Any], total: float) -> None:
    """30 seconds, unless the leg or the client says so."""
    deadlines: list[float] = []

    async def look(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        loop = asyncio.get_running_loop()
        pending = [handle.when() - loop.time() for handle in loop._scheduled if not handle.cancelled()]
        deadlines.append(max(pending))
        return await handler(request)

    with ScriptedServer(GRANTED) as server:
        async with AsyncOAuth1Client("client", "secret", middlewares=(look,), **given) as client:
            await client.fetch_request_token(server.origin)
    assert total - 5 < deadlines[0] < total + 2


async def test_nothing_secret_is_logged_or_shown(box: ProviderBox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with AsyncOAuth1Client(**credentials(box, "HMAC-SHA1")) as client:
        await client.fetch_request_token(box.request_token_url + "?key=hidden")
        await status_of(client.get(box.redirect_url(box.other_url)))
        shown = [repr(client), repr(client.auth), caplog.text]
    assert "answered 200" in caplog.text
    assert "without credentials" in caplog.text
    received = box.requests[0].header("authorization") or ""
    assert secret_free(shown, box.client.client_secret, "hidden", "oauth_signature", *received.split('"')[9:10])


def test_a_client_is_made_without_an_event_loop(box: ProviderBox) -> None:
    """The session is opened where it is needed; without a loop there is aiohttp's own error."""
    client = AsyncOAuth1Client(**credentials(box, "HMAC-SHA1"), headers={"X-Printer": "1"})
    assert not client.closed
    with pytest.raises(RuntimeError, match="no running event loop"):
        client.get(box.echo_url)

    async def use() -> int:
        async with client, client.get(box.echo_url) as response:
            return response.status

    assert asyncio.run(use()) == 200
    assert client.closed
    assert box.requests[0].header("x-printer") == "1"


async def test_a_closed_client() -> None:
    unused = AsyncOAuth1Client("client", "secret")
    await unused.close()
    assert unused.closed
    with pytest.raises(RuntimeError, match="this client is closed"):
        unused.get("https://provider.example/")
    used = AsyncOAuth1Client("client", "secret")
    session = used.session
    await used.close()
    await used.close()
    assert session.closed


@pytest.mark.filterwarnings("default::ResourceWarning")
async def test_a_client_that_was_not_closed(box: ProviderBox) -> None:
    """It warns as an unclosed session does, and does not warn if no session was opened."""
    said: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: said.append(context["message"]))
    AsyncOAuth1Client("client", "secret")
    gc.collect()
    assert said == []
    clients = [AsyncOAuth1Client("client", "secret")]
    connector = clients[0].session.connector
    with pytest.warns(ResourceWarning, match="Unclosed client session"):
        clients.clear()
    assert said == ["Unclosed client session"]
    assert connector is not None
    await connector.close()


async def test_requests_can_be_awaited_or_used_as_context_managers(box: ProviderBox) -> None:
    """Awaited, entered, and made a task, as those of aiohttp."""
    async with AsyncOAuth1Client(**credentials(box, "HMAC-SHA1")) as client:
        response = await client.get(box.echo_url)
        assert response.status == 200
        response.release()
        async with client.request("post", box.echo_url, data={"a": "1"}) as response:
            assert response.status == 200
        response = await asyncio.create_task(client.get(box.echo_url))
        assert response.status == 200
        responses = await asyncio.gather(*(client.get(box.echo_url) for _ in range(20)))
        assert {response.status for response in responses} == {200}
        for one in responses:
            one.release()
    assert len({received.verified.parameters["oauth_nonce"] for received in box.requests if received.verified}) == 23


@pytest.mark.parametrize("placement", PLACEMENTS)
async def test_a_request_can_have_another_auth_or_none(box: ProviderBox, middleware: Maker, placement: str) -> None:
    """``auth=`` counts for one request."""
    async with AsyncOAuth1Client(**credentials(box, "HMAC-SHA1"), signature_type=placement) as client:
        await status_of(client.get(box.echo_url, auth=middleware(box, realm="photos")))
        await status_of(client.get(box.open_url, auth=None))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # BasicAuth is on its way out
            await status_of(client.get(box.open_url, auth=aiohttp.BasicAuth("user", "pass")))
        await status_of(client.get(box.open_url.replace("//", "//user:pass@")))
        await status_of(client.get(URL(box.open_url.replace("//", "//user:pass@"))))
        await status_of(client.get(box.echo_url))
        client.auth = None
        await status_of(client.get(box.open_url))
    realm, none, basic_auth, in_url, in_url_object, signed, unsigned = box.requests
    assert realm.verified is not None
    assert realm.verified.realm == "photos"
    assert none.oauth_parameters() == unsigned.oauth_parameters() == []
    assert basic_auth.header("authorization") == in_url.header("authorization") == "Basic dXNlcjpwYXNz"
    assert in_url_object.header("authorization") == "Basic dXNlcjpwYXNz"
    assert list(places(basic_auth)) == list(places(in_url)) == list(places(in_url_object)) == []
    assert list(places(signed)) == [placement]


async def test_an_invalid_url_is_the_librarys_error() -> None:
    """aiohttp's own error, when the request is awaited."""
    async with AsyncOAuth1Client("client", "secret") as client:
        for address in ("http://[", "no address", "ftp://provider.example/"):
            request = client.get(address)
            with pytest.raises((aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)):
                await request
        no_address: Any = 80
        request = client.get(no_address)
        with pytest.raises(TypeError):
            await request
        with pytest.raises(TypeError, match="parms"):
            client.get("https://provider.example/", parms={})


async def test_a_timeout_passes_through(box: ProviderBox) -> None:
    async with AsyncOAuth1Client(**credentials(box, "HMAC-SHA1")) as client:
        with ScriptedServer(hang) as server, pytest.raises(TimeoutError):
            await client.get(server.origin, timeout=aiohttp.ClientTimeout(total=0.05))
        async with client.get(box.echo_url) as response:
            assert response.status == 200


async def test_a_url_with_an_invalid_port_is_the_librarys_error() -> None:
    """aiohttp says so itself."""
    async with AsyncOAuth1Client("key", "secret") as client:
        with pytest.raises((aiohttp.InvalidURL, ValueError)):
            await client.get("http://user@host:port/")


GRANTED_TOKEN = {"oauth_token": "t", "oauth_token_secret": "s", "oauth_callback_confirmed": "true"}
GRANTED_FORM = b"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true"


@pytest.mark.parametrize(
    "timeout",
    [{"sock_read": 3}, {"connect": 2}, {"total": None}, {"total": None, "sock_read": 5.5}, {"total": 3}, {"total": 0}],
    ids=str,
)
def test_timeouts_of_aiohttp(timeout: dict[str, Any]) -> None:
    given = aiohttp.ClientTimeout(**timeout)

    async def steps() -> None:
        async with AsyncOAuth1Client("client", "secret") as client:
            assert await client.fetch_request_token(server.origin, timeout=given) == GRANTED_TOKEN
        async with AsyncOAuth1Client("client", "secret", timeout=given) as client:
            assert await client.fetch_request_token(server.origin) == GRANTED_TOKEN

    with ScriptedServer(answer(GRANTED_FORM)) as server:
        asyncio.run(steps())
