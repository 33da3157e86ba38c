"""`Provider` and `AsyncProvider`: the three endpoints together, over stores with plain and coroutine methods."""

import asyncio
import re
import secrets
import time
from collections import Counter
from typing import Any
from urllib.parse import parse_qs

import pytest

from oauthone import Signer
from oauthone.core.flow import parse_callback
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import OAuth1Error, StoreError, VerificationError
from oauthone.server import (
    AsyncProvider,
    AsyncVerifier,
    Client,
    Credentials,
    MemoryStore,
    Provider,
    Verifier,
    any_callback,
)
from oauthone.server.stores.redis import AsyncRedisStore

from .person import INITIATE, Person, assert_private, assert_refused, fields
from .services import RedisServer
from .setting import CALLBACK, CLIENT, NOW, Clock, RecordingStore, Sent, signed, slow_store, token_signer


def test_the_three_steps_lead_to_a_token_that_gives_access(
    provider: Provider, person: Person, store: RecordingStore, clock: Clock
) -> None:
    answer = person.initiate()
    assert_private(answer)
    assert fields(answer)["oauth_callback_confirmed"] == "true"

    pending, client = provider.pending(person.token)
    assert (pending.client_id, pending.callback, client.name) == ("client", CALLBACK, "App")

    decision = provider.approve(person.token, "ann")
    assert decision.redirect is not None
    assert decision.redirect.startswith(CALLBACK + "&oauth_token=")
    authorization = parse_callback(decision.redirect, person.token)
    assert authorization.verifier == decision.verifier

    answer = person.exchange(authorization.verifier)
    assert answer.status == 200
    assert_private(answer)
    issued = fields(answer)
    assert issued.keys() == {"oauth_token", "oauth_token_secret"}

    made = person.signer.replace(token=issued["oauth_token"], token_secret=issued["oauth_token_secret"])
    assert Verifier(store, clock=clock).verify(*signed(made)).user == "ann"


def test_credentials_cannot_be_guessed(provider: Provider, person: Person, store: RecordingStore) -> None:
    """A token has 192 bits, a secret 256 and a verifier 160, and no two are equal."""
    seen: set[str] = set()
    for _ in range(20):
        person.initiate()
        verifier = provider.approve(person.token, "ann").verifier
        assert verifier is not None
        issued = fields(person.exchange(verifier))
        texts = [person.token, person.secret, verifier, issued["oauth_token"], issued["oauth_token_secret"]]
        assert [len(text) >= length for text, length in zip(texts, (32, 43, 27, 32, 43), strict=True)] == [True] * 5
        assert all(re.fullmatch("[A-Za-z0-9_-]+", text) for text in texts)
        seen.update(texts)
    assert len(seen) == 100


def test_behind_a_proxy_the_public_url_is_the_one_that_is_secure(store: RecordingStore, clock: Clock) -> None:
    provider = Provider(store, verifier=Verifier(store, public_url="https://p.example", clock=clock), clock=clock)
    sent = signed(Signer("client", "secret", clock=clock), url=INITIATE, callback="oob")
    assert (
        provider.temporary_credentials(IncomingRequest.from_url(*sent._replace(url="http://10.0.0.1/initiate"))).status
        == 200
    )
    assert_refused(
        provider.temporary_credentials(IncomingRequest.from_url(*sent._replace(url="/initiate"))),
        400,
        "parameter_rejected",
    )


def test_a_sandbox_can_take_any_well_formed_callback(store: RecordingStore, clock: Clock) -> None:
    person = Person(Provider(store, callback_rule=any_callback, clock=clock), clock)
    assert person.initiate("http://localhost:5000/back").status == 200
    assert person.provider.pending(person.token)[0].callback == "http://localhost:5000/back"
    assert_refused(person.initiate("javascript:alert(1)"), 400, "parameter_rejected")


def test_lifetimes_can_be_set(store: RecordingStore, clock: Clock) -> None:
    provider = Provider(store, temporary_lifetime=10, token_lifetime=100, clock=clock)
    person = Person(provider, clock)
    person.initiate()
    assert provider.pending(person.token)[0].expires == NOW + 10
    issued = fields(person.exchange(provider.approve(person.token, "ann").verifier))
    made = person.signer.replace(token=issued["oauth_token"], token_secret=issued["oauth_token_secret"])
    verifier = Verifier(store, clock=clock)
    clock.now = NOW + 99
    assert verifier.verify(*signed(made)).user == "ann"
    clock.now = NOW + 100
    with pytest.raises(VerificationError, match="token_expired"):
        verifier.verify(*signed(made))


def test_a_rejection_is_reported_to_on_refusal(store: RecordingStore, clock: Clock) -> None:
    """With the reason that the client does not get, and without a secret."""
    told: list[VerificationError] = []
    person = Person(Provider(store, on_refusal=told.append, clock=clock), clock)
    person.signer = person.signer.replace(client_secret="canary")
    assert_refused(person.initiate(), 401, "signature_invalid")
    (error,) = told
    assert "the secrets differ, or the request changed" in error.reason
    assert (error.base_string or "").startswith("POST&https%3A%2F%2Fp.example%2Finitiate&")
    assert "canary" not in f"{error} {error!r} {vars(error)}"


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA512", "PLAINTEXT"])
@pytest.mark.parametrize("placement", ["HEADER", "BODY"])
def test_every_method_and_placement_completes_the_flow(clock: Clock, method: str, placement: str) -> None:
    client = Client.create("client", "secret", signature_methods=(method,), callbacks=(CALLBACK,))
    provider = Provider(RecordingStore(clock, client), clock=clock)
    person = Person(provider, clock, signature_method=method, signature_type=placement)
    assert person.initiate().status == 200
    assert person.exchange(provider.approve(person.token, "ann").verifier).status == 200


def test_without_a_clock_a_provider_uses_the_system_time() -> None:
    sent = signed(Signer("client", "secret"), url=INITIATE, callback="oob")
    assert Provider(MemoryStore([CLIENT])).temporary_credentials(IncomingRequest.from_url(*sent)).status == 200


def test_a_store_that_fails_is_reported_to_on_refusal() -> None:
    class Down(MemoryStore):
        def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
            raise StoreError("the store is down")

    told: list[OAuth1Error] = []
    request = Signer("k", "s").sign("POST", "https://p.example/initiate", callback="oob")
    provider = Provider(Down(), on_refusal=told.append)

    answer = provider.temporary_credentials(
        IncomingRequest.from_url("POST", "https://p.example/initiate", {"Authorization": str(request.authorization)})
    )

    assert answer.status == 503
    assert [str(error) for error in told] == ["the store is down"]


ENDPOINT = "https://p.example/"


def granted(answer: Any) -> dict[str, str]:
    assert answer.status == 200, answer.body
    return {name: values[0] for name, values in parse_qs(answer.body.decode()).items()}


async def run_flow(provider: AsyncProvider, **signer_options: Any) -> tuple[dict[str, str], list[Sent]]:
    """Run the flow up to 16 signed exchanges of one authorization; return the token of the first."""
    signer = Signer("client", "secret", **{"clock": Clock(), **signer_options})
    sent = signed(signer, url=ENDPOINT, callback=CALLBACK)
    temporary = granted(await provider.temporary_credentials(IncomingRequest.from_url(*sent)))
    token = temporary["oauth_token"]
    pending, client = await provider.pending(token)
    assert (pending.callback, client.name) == (CALLBACK, "App")
    decision = await provider.approve(token, "ann", {"scope": "read"})
    assert await provider.approve(token, "ann") == decision
    signer = signer.replace(token=token, token_secret=temporary["oauth_token_secret"])
    exchanges = [signed(signer, url=ENDPOINT, verifier=decision.verifier) for _ in range(16)]
    answers = await asyncio.gather(*[provider.token_credentials(IncomingRequest.from_url(*one)) for one in exchanges])
    assert Counter(answer.status for answer in answers) == {200: 1, 401: 15}
    return granted(next(answer for answer in answers if answer.status == 200)), exchanges


def test_an_async_flow_ends_in_a_token_with_the_approved_scope(any_store: Any) -> None:
    provider = AsyncProvider(any_store, clock=Clock())
    issued, _ = asyncio.run(run_flow(provider))
    assert issued["scope"] == "read"
    signer = token_signer(token=issued["oauth_token"], token_secret=issued["oauth_token_secret"])
    url = "https://api.example/?scope=write"
    verified = asyncio.run(AsyncVerifier(any_store, clock=Clock()).verify(*signed(signer, url=url)))
    assert (verified.user, verified.credentials.extra) == ("ann", {"scope": "read"})


def test_the_flow_over_redis(redis_server: RedisServer) -> None:
    async def over_redis() -> dict[str, str]:
        store = AsyncRedisStore(redis_server.url, prefix=secrets.token_hex(4))
        await store.add_client(CLIENT)
        issued, _ = await run_flow(AsyncProvider(store), clock=time.time)
        await store.aclose()
        return issued

    assert asyncio.run(over_redis())["scope"] == "read"


def test_an_async_denial_deletes_the_temporary_credentials(any_store: Any) -> None:
    provider = AsyncProvider(any_store, clock=Clock(), callback_rule=any_callback)

    async def deny() -> str | None:
        sent = signed(Signer("client", "secret", clock=Clock()), url=ENDPOINT, callback="https://other.example/")
        token = granted(await provider.temporary_credentials(IncomingRequest.from_url(*sent)))["oauth_token"]
        decision = await provider.deny(token)
        with pytest.raises(VerificationError, match="no authorization is pending"):
            await provider.pending(token)
        return decision.redirect

    assert str(asyncio.run(deny())).startswith("https://other.example/?oauth_token=")


@pytest.mark.parametrize("method", ["find_credentials", "find_client", "use_nonce", "save_pending"])
def test_an_async_store_that_is_down_grants_nothing(method: str) -> None:
    told: list[OAuth1Error] = []
    store = slow_store()
    store.failing = method
    provider = AsyncProvider(store, clock=Clock(), on_refusal=told.append)
    sent = signed(Signer("client", "secret", clock=Clock()), url=ENDPOINT, callback=CALLBACK)
    answer = asyncio.run(provider.temporary_credentials(IncomingRequest.from_url(*sent)))
    assert (answer.status, answer.body, len(told)) == (503, b"", 1)
    assert isinstance(told[0], StoreError)


def test_of_many_simultaneous_codes_only_five_are_compared() -> None:
    """A code is counted before it is compared, so the right code among many simultaneous guesses is not accepted."""
    provider = AsyncProvider(slow_store(), clock=Clock())

    async def guess() -> Counter[int]:
        signer = Signer("client", "secret", clock=Clock())
        temporary = granted(
            await provider.temporary_credentials(
                IncomingRequest.from_url(*signed(signer, url=ENDPOINT, callback=CALLBACK))
            )
        )
        right = (await provider.approve(temporary["oauth_token"], "ann")).verifier
        signer = signer.replace(token=temporary["oauth_token"], token_secret=temporary["oauth_token_secret"])
        codes = [f"wrong{number}" for number in range(31)] + [right]
        answers = await asyncio.gather(
            *[
                provider.token_credentials(IncomingRequest.from_url(*signed(signer, url=ENDPOINT, verifier=code)))
                for code in codes
            ]
        )
        return Counter(answer.status for answer in answers)

    assert asyncio.run(guess()) == {401: 32}
