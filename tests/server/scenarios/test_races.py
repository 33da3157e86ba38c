"""Many threads at once: an atomic operation succeeds for one of them, in every order."""

import sys
from collections import Counter
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import VerificationError
from oauthone.server import Provider, Verifier

from ..setting import CALLBACK, CLIENT, Clock, RecordingStore, signed, token_signer, with_token


@pytest.fixture(autouse=True)
def eager_switching() -> Generator[None, None, None]:
    """Let the interpreter switch threads as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run ``work`` in ``count`` threads that start together, and return the results."""
    barrier = Barrier(count)

    def one(number: int) -> Any:
        barrier.wait(timeout=30)
        return work(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def test_one_of_64_simultaneous_copies_of_a_request_is_accepted() -> None:
    store = RecordingStore(Clock())
    with_token(store)
    verifier, sent = Verifier(store, clock=Clock()), signed(token_signer())

    def verify(number: int) -> str:
        try:
            return verifier.verify(*sent).client_id
        except VerificationError as refused:
            return refused.problem

    assert Counter(at_once(64, verify)) == {"client": 1, "nonce_used": 63}


@pytest.mark.parametrize("rounds", range(3))
def test_one_of_32_simultaneous_exchanges_gets_a_token(rounds: int) -> None:
    clock = Clock()
    store = RecordingStore(clock, CLIENT)
    provider = Provider(store, clock=clock)
    made = Signer("client", "secret", clock=clock)
    answer = provider.temporary_credentials(
        IncomingRequest.from_url(*signed(made, url="https://p.example/", callback=CALLBACK))
    )
    token, secret = (part.split("=")[1] for part in answer.body.decode().split("&")[:2])
    verifier = provider.approve(token, "ann").verifier
    made = made.replace(token=token, token_secret=secret)
    requests = [signed(made, url="https://p.example/", verifier=verifier) for _ in range(32)]

    answers = at_once(32, lambda number: provider.token_credentials(IncomingRequest.from_url(*requests[number])))
    assert Counter(answer.status for answer in answers) == {200: 1, 401: 31}
    assert store.calls.count("save_token") == 1


def test_each_of_16_simultaneous_wrong_codes_is_counted() -> None:
    """Parallel guesses are not additional attempts: afterwards the right code is rejected."""
    clock = Clock()
    store = RecordingStore(clock, CLIENT)
    provider = Provider(store, clock=clock)
    made = Signer("client", "secret", clock=clock)
    answer = provider.temporary_credentials(
        IncomingRequest.from_url(*signed(made, url="https://p.example/", callback=CALLBACK))
    )
    token, secret = (part.split("=")[1] for part in answer.body.decode().split("&")[:2])
    right = provider.approve(token, "ann").verifier
    made = made.replace(token=token, token_secret=secret)
    guesses = [signed(made, url="https://p.example/", verifier=f"wrong{number}") for number in range(16)]

    answers = at_once(16, lambda number: provider.token_credentials(IncomingRequest.from_url(*guesses[number])))
    assert {answer.status for answer in answers} == {401}
    assert (
        provider.token_credentials(
            IncomingRequest.from_url(*signed(made, url="https://p.example/", verifier=right))
        ).status
        == 401
    )


def test_one_of_two_simultaneous_decisions_is_recorded() -> None:
    clock = Clock()
    provider = Provider(RecordingStore(clock, CLIENT), clock=clock)
    made = Signer("client", "secret", clock=clock)
    answer = provider.temporary_credentials(
        IncomingRequest.from_url(*signed(made, url="https://p.example/", callback=CALLBACK))
    )
    token = answer.body.decode().split("&")[0].split("=")[1]

    def decide(number: int) -> str | None:
        try:
            return provider.approve(token, f"user{number}").verifier
        except VerificationError:
            return None

    heard = [verifier for verifier in at_once(16, decide) if verifier is not None]
    assert len(heard) == 1


def test_one_signer_serves_many_threads() -> None:
    """No nonce is repeated, and every signature matches its own request."""
    made = token_signer()
    store = RecordingStore(Clock())
    with_token(store)
    verifier = Verifier(store, clock=Clock())

    def sign(number: int) -> list[str]:
        nonces = []
        for step in range(25):
            url = f"https://api.example/{number}?step={step}"
            verified = verifier.verify(*signed(made, url=url))
            nonces.append(verified.parameters["oauth_nonce"])
        return nonces

    nonces = [nonce for done in at_once(16, sign) for nonce in done]
    assert len(set(nonces)) == len(nonces) == 400
