"""`AsyncVerifier` and `AsyncProvider` work like `Verifier` and `Provider`, with stores of coroutines."""

import asyncio
import secrets
import time
from collections import Counter
from typing import Any
from urllib.parse import parse_qs

import pytest

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import OAuth1Error, StoreError, VerificationError
from oauthone.server import (
    AsyncProvider,
    AsyncVerifier,
    IssuedToken,
    MemoryStore,
    any_callback,
)
from oauthone.server.stores.redis import AsyncRedisStore

from .services import RedisServer
from .setting import CALLBACK, CLIENT, Clock, Sent, signed, token_signer, with_token

ENDPOINT = "https://p.example/"


class Slow(MemoryStore):
    """A store whose coroutines yield to others first."""

    failing = ""

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith("_") or not callable(found):
            return found

        async def later(*arguments: Any) -> Any:
            await asyncio.sleep(0)
            if name == self.failing:
                raise StoreError("down")
            return found(*arguments)

        return later


def slow_store() -> Slow:
    store = Slow([CLIENT], clock=Clock())
    asyncio.run(store.save_token(IssuedToken("t", "ts", "client", "ann")))
    return store


@pytest.fixture(params=[slow_store, lambda: with_token(MemoryStore([CLIENT], clock=Clock()))], ids=["slow", "plain"])
def store(request: pytest.FixtureRequest) -> Any:
    return request.param()


@pytest.mark.seen_in("oauthlib#415")
def test_a_request_is_verified_once(store: Any) -> None:
    verifier, sent = AsyncVerifier(store, clock=Clock()), signed(token_signer())

    async def verify() -> str:
        try:
            return str((await verifier.verify(*sent)).user)
        except VerificationError as refused:
            return refused.problem

    async def at_once() -> list[str]:
        return await asyncio.gather(*[verify() for _ in range(32)])

    assert Counter(asyncio.run(at_once())) == {"ann": 1, "nonce_used": 31}


def test_settings_and_refusals_are_those_of_the_verifier(store: Any) -> None:
    verifier = AsyncVerifier(store, clock=Clock(), realm="R", token="none")
    with pytest.raises(VerificationError, match="parameter_rejected"):
        asyncio.run(verifier.verify(*signed(token_signer())))
    with pytest.raises(TypeError, match="widow"):
        AsyncVerifier(store, widow=3)


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


def test_the_flow_ends_in_a_token_that_carries_what_was_agreed_to(store: Any) -> None:
    provider = AsyncProvider(store, clock=Clock())
    issued, _ = asyncio.run(run_flow(provider))
    assert issued["scope"] == "read"
    signer = token_signer(token=issued["oauth_token"], token_secret=issued["oauth_token_secret"])
    url = "https://api.example/?scope=write"
    verified = asyncio.run(AsyncVerifier(store, clock=Clock()).verify(*signed(signer, url=url)))
    assert (verified.user, verified.credentials.extra) == ("ann", {"scope": "read"})


def test_the_flow_over_redis(redis_server: RedisServer) -> None:
    async def over_redis() -> dict[str, str]:
        store = AsyncRedisStore(redis_server.url, prefix=secrets.token_hex(4))
        await store.add_client(CLIENT)
        issued, _ = await run_flow(AsyncProvider(store), clock=time.time)
        await store.aclose()
        return issued

    assert asyncio.run(over_redis())["scope"] == "read"


def test_a_denial_kills_the_temporary_credentials(store: Any) -> None:
    provider = AsyncProvider(store, clock=Clock(), callback_rule=any_callback)

    async def deny() -> str | None:
        sent = signed(Signer("client", "secret", clock=Clock()), url=ENDPOINT, callback="https://other.example/")
        token = granted(await provider.temporary_credentials(IncomingRequest.from_url(*sent)))["oauth_token"]
        decision = await provider.deny(token)
        with pytest.raises(VerificationError, match="no authorization is pending"):
            await provider.pending(token)
        return decision.redirect

    assert str(asyncio.run(deny())).startswith("https://other.example/?oauth_token=")


@pytest.mark.parametrize("method", ["find_credentials", "find_client", "use_nonce", "save_pending"])
def test_a_store_that_does_not_answer_grants_nothing(method: str) -> None:
    told: list[OAuth1Error] = []
    store = slow_store()
    store.failing = method
    provider = AsyncProvider(store, clock=Clock(), on_refusal=told.append)
    sent = signed(Signer("client", "secret", clock=Clock()), url=ENDPOINT, callback=CALLBACK)
    answer = asyncio.run(provider.temporary_credentials(IncomingRequest.from_url(*sent)))
    assert (answer.status, answer.body, len(told)) == (503, b"", 1)
    assert isinstance(told[0], StoreError)


def test_a_cancelled_verification_leaves_nothing_half_done() -> None:
    """If it is cancelled before the nonce was used, the request can be sent again."""
    store = slow_store()
    verifier, sent = AsyncVerifier(store, clock=Clock()), signed(token_signer())

    async def cancel_then_verify() -> str | None:
        task = asyncio.ensure_future(verifier.verify(*sent))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return (await verifier.verify(*sent)).user

    assert asyncio.run(cancel_then_verify()) == "ann"


def test_many_guesses_at_once_are_no_more_than_five() -> None:
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


def test_what_is_put_to_a_store_hides_its_secrets_too() -> None:
    from oauthone.server._effects import ApprovePending

    assert "canary" not in repr(ApprovePending("t", "canary", "ann", {}))
