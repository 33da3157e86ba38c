"""The nonces of the store in memory: bounded for each client, and kept as long as they count."""

import tracemalloc

import pytest

from oauthone.errors import StoreError

from ..setting import NOW, Clock
from .backends import store_with


def test_a_nonce_is_new_once_for_its_client_token_and_timestamp(clock: Clock) -> None:
    store = store_with(clock)
    assert store.use_nonce("client", "t", NOW, "n")
    assert not store.use_nonce("client", "t", NOW, "n")
    others = [("other", "t", NOW, "n"), ("client", "u", NOW, "n"), ("client", None, NOW, "n"), ("client", "", NOW, "n")]
    others += [
        ("client", "t", NOW + 1, "n"),
        ("client", "t", NOW, "m"),
        ("client", "tn", NOW, ""),
        ("clientt", "", NOW, "n"),
    ]
    for other in others:
        assert store.use_nonce(*other)
        assert not store.use_nonce(*other)
    assert store.nonce_count == 1 + len(others)


def test_long_nonces_take_no_more_room_than_others(clock: Clock) -> None:
    """A client may sign nonces as long as a header. They are compared to their last character."""
    store = store_with(clock)
    tracemalloc.start()
    for number in range(500):
        assert store.use_nonce("client", "t", NOW, f"{'n' * 15_000}{number}")
        assert not store.use_nonce("client", "t", NOW, f"{'n' * 15_000}{number}")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert store.nonce_count == 500
    assert held < 500 * 1_000
    for length in (64, 65):
        assert store.use_nonce("client", "t", NOW, "\ud800" * length)
        assert not store.use_nonce("client", "t", NOW, "\ud800" * length)


def test_nonces_are_forgotten_once_no_verifier_takes_their_timestamp(clock: Clock) -> None:
    """They are deleted not a second earlier, on either side of the window."""
    store = store_with(clock, window=300)
    for timestamp in (NOW - 300, NOW, NOW + 300):
        assert store.use_nonce("client", "t", timestamp, "n")
    assert not store.use_nonce("client", "t", NOW - 300, "n")
    clock.now = NOW + 300
    assert not store.use_nonce("client", "t", NOW, "n")
    assert store.nonce_count == 2
    clock.now = NOW + 600
    assert not store.use_nonce("client", "t", NOW + 300, "n")
    assert store.nonce_count == 1
    clock.now = NOW + 601
    assert store.use_nonce("client", "t", NOW + 601, "n")
    assert store.nonce_count == 1


def test_a_timestamp_whose_nonces_are_forgotten_is_refused(clock: Clock) -> None:
    """A nonce of that second may have been used. So a verifier with a longer window gets an error, not a replay."""
    store = store_with(clock, window=300)
    with pytest.raises(StoreError, match="give MemoryStore the verifier's window"):
        store.use_nonce("client", "t", NOW - 301, "n")
    assert store.nonce_count == 0


def test_the_number_of_nonces_is_bounded_per_client_and_valid_ones_stay(clock: Clock) -> None:
    store = store_with(clock, max_nonces=3)
    for nonce in "abc":
        assert store.use_nonce("client", "t", NOW, nonce)
    with pytest.raises(StoreError, match="raise max_nonces, or use a larger store"):
        store.use_nonce("client", "t", NOW, "d")
    assert not store.use_nonce("client", "t", NOW, "a")
    assert store.use_nonce("other", "t", NOW, "d")
    assert store.nonce_count == 4
    clock.now = NOW + 301
    assert store.use_nonce("client", "t", NOW + 301, "d")
    assert store.nonce_count == 1
