"""A forged request changes nothing in the store: no nonce, no pending authorization, no counted attempt."""

from collections.abc import Callable, Iterator

import pytest
from sampling import FULL

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.server import MemoryStore, PendingAuthorization, Provider

from ..forged import ENDPOINT, KINDS, TARGETS, send_forged
from ..setting import CALLBACK, NOW, Clock, RecordingStore, Sent, signed, token_signer


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("kind", KINDS)
def test_many_forged_requests_leave_a_store_as_it_was(
    target: Callable[[MemoryStore], Callable[..., int]], kind: Callable[..., Iterator[Sent]]
) -> None:
    """`.ci/run` sends two thousand to each target, and `make exhaust` a million."""
    send_forged(target, kind, 2_000 if FULL else 300)


@pytest.mark.parametrize(
    ("endpoint", "given", "asked"),
    [
        (
            "temporary_credentials",
            {"callback": CALLBACK},
            ["find_credentials", "use_nonce", "find_client", "save_pending"],
        ),
        (
            "token_credentials",
            {"verifier": "v"},
            [
                "find_client",
                "find_pending",
                "use_nonce",
                "find_pending",
                "count_verifier_attempt",
                "take_pending",
                "save_token",
                "save_pending",  # as one that was exchanged
            ],
        ),
    ],
)
def test_an_endpoint_looks_up_first_then_uses_the_nonce_and_only_then_grants(
    endpoint: str, given: dict[str, str], asked: list[str]
) -> None:
    store = RecordingStore(Clock())
    store.save_pending(PendingAuthorization("t", "ts", "client", CALLBACK, NOW + 600, "v", "ann"))
    store.calls.clear()
    made = Signer("client", "secret", clock=Clock()) if "callback" in given else token_signer()
    provider = Provider(store, clock=Clock())
    assert getattr(provider, endpoint)(IncomingRequest.from_url(*signed(made, url=ENDPOINT, **given))).status == 200
    assert store.calls == asked
