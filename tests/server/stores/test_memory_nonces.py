"""The nonces of the store in memory: bounded for each client, and kept as long as they count."""

import tracemalloc
from collections import Counter

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from oauthone.errors import StoreError
from oauthone.server.stores._memory_nonces import MemoryNonces

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


#: One more than fits into a dictionary of 32,768 entries, which has just grown to twice that size.
_JUST_GROWN = 32_768 * 2 // 3 + 2


@pytest.mark.parametrize("seconds", [1, 300])
@pytest.mark.parametrize("clients", [1, 100])
@pytest.mark.parametrize("nonce", ["", "n" * 15_000], ids=["short", "long"])
def test_a_nonce_takes_at_most_150_octets(seconds: int, clients: int, nonce: str) -> None:
    """A client may sign nonces as long as a header. They are compared to their last character."""
    nonces = MemoryNonces(300, 1_000_000, Clock())
    count = _JUST_GROWN if seconds == 1 and not nonce else 3_000
    tracemalloc.start()
    for number in range(count):
        client = f"client-{number % clients}"
        assert nonces.use(client, f"{client} token", NOW + number % seconds, f"{nonce}{number}")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(nonces) == count
    assert not nonces.use("client-0", "client-0 token", NOW, f"{nonce}0")
    assert held < count * 150 + seconds * 300 + clients * 300


@pytest.mark.parametrize("length", [0, 1, 64, 65, 15_000])
def test_a_nonce_may_hold_what_has_no_encoding(clock: Clock, length: int) -> None:
    store = store_with(clock)
    assert store.use_nonce("client", "t", NOW, "\ud800" * length)
    assert not store.use_nonce("client", "t", NOW, "\ud800" * length)


def test_two_stores_have_different_digests(clock: Clock) -> None:
    """So nobody can look for two nonces with the same digest."""
    kept = []
    for store in (store_with(clock), store_with(clock)):
        store.use_nonce("client", "t", NOW, "n")
        kept += [digest for seen in store._nonces._seen.values() for digest in seen]
    assert [len(digest) for digest in kept] == [15, 15]
    assert kept[0] != kept[1]


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


class _AgainstPlainModel(RuleBasedStateMachine):
    """`MemoryNonces` beside a list of tuples that does the same by searching all of it."""

    _WINDOW, _BOUND = 10, 3

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.nonces = MemoryNonces(self._WINDOW, self._BOUND, self.clock)
        self.used: list[tuple[str, str | None, int, str]] = []
        self.horizon = 0

    @rule(seconds=st.integers(-15, 25) | st.just(0.5))
    def set_the_clock(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule(
        client=st.sampled_from(["a", "ab", "1 a"]),
        token=st.sampled_from([None, "", "None", "b", "bn"]),
        age=st.integers(-12, 12),
        nonce=st.sampled_from(["", "n", "bn", "\ud800"]),
    )
    def use(self, client: str, token: str | None, age: int, nonce: str) -> None:
        used = client, token, int(self.clock.now) - age, nonce
        expected = self._expected(*used)
        try:
            found: object = self.nonces.use(*used)
        except StoreError as refused:
            found = next(part for part in ("verifier's window", "was ahead", "max_nonces") if part in str(refused))
        assert found == expected

    def _expected(self, client: str, token: str | None, timestamp: int, nonce: str) -> object:
        oldest = self.clock.now - self._WINDOW
        self.horizon = max([self.horizon, *(one[2] + 1 for one in self.used if one[2] < oldest)])
        self.used = [one for one in self.used if one[2] >= oldest]
        if timestamp < oldest:
            return "verifier's window"
        if timestamp < self.horizon:
            return "was ahead"
        if (client, token, timestamp, nonce) in self.used:
            return False
        if sum(one[0] == client for one in self.used) >= self._BOUND:
            return "max_nonces"
        self.used.append((client, token, timestamp, nonce))
        return True

    @invariant()
    def as_many_are_kept(self) -> None:
        assert len(self.nonces) == len(self.used)

    @invariant()
    def no_client_is_kept_without_nonces(self) -> None:
        assert self.nonces._counts == Counter(one[0] for one in self.used)
        assert set(self.nonces._names) == set(self.nonces._counts)


TestAgainstPlainModel = _AgainstPlainModel.TestCase
