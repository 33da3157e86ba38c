"""What the endpoints of a box share: one store, one clock, and the faults that are switched on now."""

import pytest

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import OAuth1Error, VerificationError
from oauthone.server import Client, MemoryStore, Verified, any_callback
from oauthone.testing import Faults, Received
from oauthone.testing._state import BoxState

NOW = 1_700_000_000


def state(**options: object) -> BoxState:
    given = {
        "tls": False,
        "decision": "approve",
        "user": "alice",
        "faults": Faults(),
        "window": 300,
        "body_hash": "optional",
        "callback_rule": any_callback,
        "clock": lambda: float(NOW),
        **options,
    }
    return BoxState([Client.create("client", "secret")], **given)  # type: ignore[arg-type]


def test_a_nonce_counts_once_unless_the_provider_refuses_all() -> None:
    box = state()

    assert [box.store.use_nonce("client", None, NOW, "n") for _ in range(2)] == [True, False]
    box.faults = Faults(refuse_nonces=True)
    assert not box.store.use_nonce("client", None, NOW, "new")
    box.faults = Faults()
    assert box.store.use_nonce("client", None, NOW, "new")


def test_a_fault_is_switched_on_while_the_box_runs() -> None:
    """From now on the clock of the provider is ahead, and the client's timestamps are too old."""
    box, signer = state(), Signer("client", "secret", clock=lambda: NOW)

    def verified() -> Verified:
        signed = signer.sign("GET", "https://api.example/")
        headers = {"Authorization": signed.authorization or ""}
        return box.two_legged_verifier.verify(IncomingRequest.from_url("GET", signed.url, headers))

    assert verified().client_id == "client"
    box.faults = Faults(clock_skew=301)
    with pytest.raises(VerificationError, match="timestamp_refused"):
        verified()


def test_only_the_two_legged_resource_takes_requests_without_a_token() -> None:
    box, signer = state(), Signer("client", "secret", clock=lambda: NOW)
    signed = signer.sign("GET", "https://api.example/")
    request = IncomingRequest.from_url("GET", signed.url, {"Authorization": signed.authorization or ""})

    with pytest.raises(VerificationError, match="parameter_absent"):
        box.verifier.verify(request)
    assert box.two_legged_verifier.verify(request).token is None


def test_each_state_has_its_own_store_and_key() -> None:
    first, second = state(), state()

    assert isinstance(first.store, MemoryStore)
    assert first.store is not second.store
    assert first.page_key != second.page_key
    assert len(first.page_key) == 32


def test_a_refusal_is_told_to_the_request_that_waits_for_it() -> None:
    """Without one, it is dropped."""
    box, told = state(), list[OAuth1Error]()
    error = VerificationError(401, "nonce_used", "a replay")

    box._refused(error)
    box.on_refusal = told.append
    box._refused(error)

    assert told == [error]


def test_a_history_with_a_limit_keeps_the_latest() -> None:
    """In number, and in the octets of their bodies; the last one stays whatever its size."""
    few, all_of_them = state(history=2), state()
    for number in range(3):
        few.record(got(body=b"%d" % number))
        all_of_them.record(got(body=b"%d" % number))
    assert [one.body for one in few.requests] == [b"1", b"2"]
    assert len(all_of_them.requests) == 3
    many = state(history=100)
    for _ in range(3):
        many.record(got(body=bytes(40 * 1024 * 1024)))
    assert len(many.requests) == 1
    many.requests.clear()
    for size in (40, 20, 20, 20):
        many.record(got(body=bytes(size * 1024 * 1024)))
    assert len(many.requests) == 3


def test_a_response_completes_its_own_request() -> None:
    """They are numbered as they are answered. A request that is no longer in the history is none."""
    box, told = state(), list[Received]()
    first, second = got(), got()
    box.record(first)
    box.record(second)
    box.on_received = told.append
    box.complete(second.request, 200, [("A", "b")], b"two")
    box.complete(first.request, 401, [], b"one")
    box.complete(got().request, 200, [], b"none")
    assert [(one.number, one.status) for one in box.requests] == [(2, 401), (1, 200)]
    assert [one.answer for one in told] == [((("A", "b"),), b"two"), ((), b"one")]
    assert all(one.at > NOW for one in box.requests)


def got(body: bytes = b"") -> Received:
    return Received(IncomingRequest.from_url("POST", "https://api.example/", {}, body), (), "1.1")
