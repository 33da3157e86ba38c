"""Many operations at once on one client, and a flow that is interrupted."""

import asyncio
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from clients.matrix import nonces, protocol_names
from clients.servers import Exchange, ScriptedServer, Step, answer

from oauthone.errors import OAuthError
from oauthone.testing import ProviderBox

from .conftest import Opener, held
from .flow import CALLBACK, run_flow, visit
from .surfaces import Client, Surface, in_thread

TEMPORARY = answer("oauth_token=temporary&oauth_token_secret=s&oauth_callback_confirmed=true")
GRANTED = answer("oauth_token=granted&oauth_token_secret=s")


@pytest.mark.case("ten flows at once on one client")
@pytest.mark.seen_in("fasthtml#549")
@pytest.mark.seen_in("oauthlib#52")
async def test_ten_flows(surface: Surface, box: ProviderBox) -> None:
    """All are pending at the same time, and each ends with the token of its own authorization."""
    users = [f"user {number}" for number in range(10)]
    async with surface.client(**box.client.credentials(), redirect_uri=CALLBACK) as client:
        pending = await asyncio.gather(*(client.fetch_request_token(box.request_token_url) for _ in users))
        callbacks = []
        for user, one in zip(users, pending, strict=True):
            box.user = user
            callbacks.append(await visit(box, client.create_authorization_url(box.authorize_url, one)))
        box.user = "alice"
        with pytest.raises(OAuthError, match="request_token"):
            client.create_authorization_url(box.authorize_url)

        async def finish(callback: str) -> dict[str, Any]:
            request_token = client.parse_authorization_response(callback)["oauth_token"]
            return await client.fetch_access_token(box.access_token_url, request_token=request_token)

        tokens = await asyncio.gather(*map(finish, reversed(callbacks)))
    for user, token in zip(reversed(users), tokens, strict=True):
        async with surface.client(**box.client.credentials()) as own:
            own.inner.token = token
            assert (await own.get(box.echo_url)).json()["user"] == user


@pytest.mark.case("ten flows at once on one client")
async def test_ten_whole_flows(surface: Surface, box: ProviderBox) -> None:
    """Their legs interleave in any order."""
    async with surface.client(**box.client.credentials(), redirect_uri=CALLBACK) as client:
        tokens = await asyncio.gather(*(run_flow(client, box) for _ in range(10)))
    assert len({token["oauth_token"] for token in tokens}) == 10


@pytest.mark.case("fifty requests at once on one client")
@pytest.mark.covering
@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
@pytest.mark.seen_in("oauthlib#946")
@pytest.mark.seen_in("oauthlib#960")
async def test_fifty_requests(surface: Surface, box: ProviderBox, open_client: Opener, placement: str) -> None:
    """All are verified, with fifty nonces, and each gets the response to its own body."""
    async with open_client(surface, box, placement=placement) as client:
        answers = await asyncio.gather(
            *(client.post(f"{box.echo_url}?n={number}", form=[("n", str(number))]) for number in range(50))
        )
    assert len(set(nonces(box.requests))) == 50
    for number, answered in enumerate(answers):
        assert answered.json()["query"][0] == answered.json()["form"][0] == ["n", str(number)]


@pytest.mark.case("one auth in several event loops and threads")
def test_one_auth_everywhere(surface: Surface, box: ProviderBox) -> None:
    """It keeps nothing of the loop or thread that used it first."""
    auth = surface.auth(**held(box))

    async def ask() -> None:
        async with surface.with_auth(auth) as client:
            answers = await asyncio.gather(*(client.get(box.echo_url) for _ in range(3)))
            assert [answered.status for answered in answers] == [200] * 3

    async def ask_in_threads() -> None:
        await asyncio.gather(*(in_thread(asyncio.run, ask()) for _ in range(4)))

    asyncio.run(ask())
    asyncio.run(ask())
    asyncio.run(ask_in_threads())
    assert len(set(nonces(box.requests))) == 18


# --- interrupted ------------------------------------------------------------------------------------------------------


class Pause:
    """A step that never responds, and lets a test wait until a request reaches it."""

    def __init__(self) -> None:
        self.reached = Event()

    def __call__(self, exchange: Exchange) -> bool:
        self.reached.set()
        exchange.stopped.wait()
        return False


async def interrupted(surface: Surface, leg: Callable[..., Any], url: str, pause: Pause, **options: Any) -> None:
    """Interrupt a leg on its way: cancel it, or let it time out if the client blocks."""
    if not surface.is_async:
        with pytest.raises(surface.timeouts):
            await leg(url, timeout=surface.timeout_for_leg(0.1), **options)
        return
    task = asyncio.ensure_future(leg(url, **options))
    await in_thread(pause.reached.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.case("a flow that is interrupted and goes on")
async def test_the_first_leg_is_interrupted(surface: Surface) -> None:
    """Nothing is pending afterwards, and the same client can send the leg again."""
    pause = Pause()
    with ScriptedServer(pause, TEMPORARY, GRANTED) as server:
        async with surface.client("client", "secret") as client:
            await interrupted(surface, client.fetch_request_token, server.origin, pause)
            with pytest.raises(OAuthError, match="no authorization is pending"):
                client.create_authorization_url(server.origin)
            await client.fetch_request_token(server.origin)
            await client.fetch_access_token(server.origin, "v")
            assert client.inner.token == {"oauth_token": "granted", "oauth_token_secret": "s"}
    first, second, _ = (seen.header("authorization") for seen in server.seen)
    assert first != second


@pytest.mark.case("a flow that is interrupted and goes on")
async def test_the_last_leg_is_interrupted(surface: Surface, box: ProviderBox, open_client: Opener) -> None:
    """The authorization stays pending with its code, the client keeps its token, and the leg can be sent again."""
    pause = Pause()
    with ScriptedServer(TEMPORARY, pause, answer("fine"), GRANTED) as server:
        async with open_client(surface, box) as client:
            before = client.inner.token
            await client.fetch_request_token(server.origin)
            client.parse_authorization_response("?oauth_token=temporary&oauth_verifier=v")
            await interrupted(surface, client.fetch_access_token, server.origin, pause)
            assert client.inner.token == before
            await client.get(server.origin)
            await client.fetch_access_token(server.origin)
            assert client.inner.token["oauth_token"] == "granted"
    _, third, between, again = (seen.header("authorization") or "" for seen in server.seen)
    for leg in (third, again):
        assert 'oauth_verifier="v"' in leg
        assert 'oauth_token="temporary"' in leg
    assert "oauth_verifier" not in between
    assert "temporary" not in between


@pytest.mark.case("an interrupted request leaves the client usable")
async def test_a_request_is_interrupted(surface: Surface, box: ProviderBox, open_client: Opener) -> None:
    pause = Pause()
    steps: list[Step] = [pause, answer("fine")]
    with ScriptedServer(*steps) as server:
        async with open_client(surface, box) as client:

            async def ask(url: str, **options: Any) -> Any:
                return await client.post(url, form=[("a", "1")], **options)

            if surface.is_async:
                await interrupted(surface, ask, server.origin, pause)
            else:
                with pytest.raises(surface.timeouts):
                    await ask(server.origin, timeout=0.1)
            assert (await ask(server.origin)).body == b"fine"
    sent = [seen.nonce(box.verifier) for seen in server.seen]
    assert len(set(sent)) == 2


@pytest.mark.case("timeouts of the library")
async def test_timeouts(surface: Surface, box: ProviderBox, open_client: Opener) -> None:
    """They apply to legs and requests, and the error is the library's."""
    with ScriptedServer(Pause()) as server:
        async with open_client(surface, box) as client:
            with pytest.raises(surface.timeouts):
                await client.fetch_request_token(server.origin, timeout=surface.timeout_for_leg(0.05))
            with pytest.raises(surface.timeouts):
                await client.get(server.origin, timeout=0.05)


# --- another loop -----------------------------------------------------------------------------------------------------


@pytest.mark.case("trio")
def test_trio(surface: Surface, box: ProviderBox) -> None:
    """The flow and a request, on trio's event loop."""
    trio = pytest.importorskip("trio")

    async def run_on_trio(client: Client) -> None:
        request_token = await client.fetch_request_token(box.request_token_url)
        callback = box.visit(client.create_authorization_url(box.authorize_url, request_token))
        client.parse_authorization_response(callback)
        token = await client.fetch_access_token(box.access_token_url)
        said = (await client.post(box.redirect_url("/echo", 307), form=[("a", "1")])).json()
        assert said["token"] == token["oauth_token"]
        assert said["form"] == [["a", "1"]]

    async def main() -> None:
        async with surface.client(**box.client.credentials(), redirect_uri=CALLBACK) as client:
            await run_on_trio(client)
        async with surface.with_auth(surface.auth(**held(box))) as plain:
            assert (await plain.get(box.echo_url)).status == 200

    trio.run(main)
    verified = [received for received in box.requests if received.verified]
    assert len(set(nonces(verified))) == 3
    assert "oauth_verifier" not in protocol_names(box.requests[-1])
