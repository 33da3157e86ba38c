"""Retries: every attempt has its own signature, whichever code retries."""

import pytest
from clients.matrix import SAMPLES, nonces, places
from clients.servers import ScriptedServer, answer, lose, relay

from oauthone.testing import ProviderBox

from .conftest import Opener, held
from .surfaces import Surface


@pytest.mark.case("retries are signed anew")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.seen_in("python-upwork#14")
@pytest.mark.seen_in("python-upwork#15")
@pytest.mark.seen_in("mwclient#164")
@pytest.mark.seen_in("ably#286")
async def test_a_retry_by_status(
    surface: Surface, box: ProviderBox, open_client: Opener, method: str, placement: str, verb: str
) -> None:
    """A provider that is unavailable twice verifies three attempts."""
    async with open_client(surface, box, method, placement, attempts=3) as client:
        arguments = {"form": [("a", "é")]} if verb == "POST" else {}
        answered = await client.send(verb, box.flaky_url("key", failures=2), **arguments)
    assert answered.status == 200, answered.body
    assert len(set(nonces(box.requests))) == len(box.requests) == 3
    assert {tuple(places(received)) for received in box.requests} == {(placement,)}
    if verb == "POST":
        assert [received.form()[0] for received in box.requests] == [(b"a", "é".encode())] * 3


@pytest.mark.case("retries are signed anew")
@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
async def test_a_retry_after_a_lost_answer(
    surface: Surface, box: ProviderBox, open_client: Opener, placement: str
) -> None:
    """The provider counted the attempts whose responses were lost, and still accepts the next one."""
    with ScriptedServer(lose(box), lose(box), relay(box)) as server:
        async with open_client(surface, box, placement=placement, attempts=3) as client:
            answered = await client.post(f"{server.origin}/echo?q=1", form=[("a", "1")])
    assert answered.status == 200, answered.body
    assert len(set(nonces(box.requests))) == len(box.requests) == 3


@pytest.mark.case("a kept connection that breaks")
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
async def test_a_kept_connection_breaks(surface: Surface, box: ProviderBox, placement: str) -> None:
    """Whether the library retries by itself or leaves that to its user, no signature is sent twice."""
    with ScriptedServer(answer("one"), lose(box), answer("fine")) as server:
        async with surface.client(**held(box), signature_type=placement) as client:
            assert (await client.get(server.origin)).body == b"one"
            try:
                answered = await client.get(server.origin)
            except surface.disconnected:
                answered = await client.get(server.origin)
        assert answered.body == b"fine"
    first, second, third = (seen.octets for seen in server.seen)
    assert len({first, second, third}) == 3
    assert server.seen[0].nonce(box.verifier) != server.seen[2].nonce(box.verifier)


@pytest.mark.case("one built request that is sent twice")
@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
@pytest.mark.seen_in("python-upwork#14")
async def test_a_built_request(surface: Surface, box: ProviderBox, open_client: Opener, placement: str) -> None:
    """It is signed again each time."""
    async with open_client(surface, box, placement=placement) as client:
        request = await client.build("POST", f"{box.echo_url}?a=1")
        for _ in range(3):
            answered = await client.send_built(request)
            assert answered.status == 200, answered.body
    assert len(set(nonces(box.requests))) == 3
    assert {tuple(places(received)) for received in box.requests} == {(placement,)}


@pytest.mark.case("a bare auth with retries")
@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
async def test_a_bare_auth_below_retries(surface: Surface, box: ProviderBox, placement: str) -> None:
    """If the library calls an auth at each attempt, its own client retries with new signatures."""
    auth = surface.auth(**held(box), signature_type=placement)
    async with surface.with_auth(auth, attempts=3) as client:
        answered = await client.post(box.flaky_url("key", failures=2), form=[("a", "1")])
    assert answered.status == 200, answered.body
    assert len(set(nonces(box.requests))) == len(box.requests) == 3
