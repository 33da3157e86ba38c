"""Clocks that never go back, and nonces of another length."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from oauthone.clients._provider_clock import NeverDecreasing, never_decreasing, nonce_of_length
from oauthone.core.signing import system_clock


def test_time_never_goes_back() -> None:
    """The clock waits where the clock that it reads goes back, and goes on with it later."""
    times = iter([5.0, 3.0, 4.5, 6.0, 6.0])
    clock = never_decreasing(times.__next__)
    assert [clock() for _ in range(5)] == [5.0, 5.0, 5.0, 6.0, 6.0]


def test_all_clients_share_the_clock_of_the_system() -> None:
    shared = never_decreasing(system_clock)
    assert never_decreasing(system_clock) is shared
    assert never_decreasing(shared) is shared
    assert pickle.loads(pickle.dumps(shared)) is shared
    assert copy.deepcopy(shared) is shared


def _frozen() -> float:
    return 1.0


def _also_frozen() -> float:
    return 1.0


def test_clients_with_the_same_clock_share_it() -> None:
    """Copies and restored pickles do, too; another clock has a time of its own."""
    clock = never_decreasing(_frozen)
    assert never_decreasing(_frozen) is clock
    assert pickle.loads(pickle.dumps(clock)) is clock
    assert never_decreasing(_also_frozen) is not clock
    times = iter([5.0, 4.0])
    assert [never_decreasing(times.__next__)() for _ in range(2)] == [5.0, 5.0]


def test_a_clock_without_a_hash_is_not_shared() -> None:
    class Hands(list[float]):
        def __call__(self) -> float:
            return self[0]

    hands = Hands([7.0])
    assert never_decreasing(hands) is not never_decreasing(hands)
    assert never_decreasing(hands)() == 7.0


@pytest.mark.parametrize(
    ("times", "seen"),
    [
        ([9000.0, 5400.0, 5500.0], [9000.0, 9000.0, 9000.0]),
        ([9000.0, 5399.0, 5400.0, 5398.0], [9000.0, 5399.0, 5400.0, 5400.0]),
    ],
)
def test_a_clock_that_was_far_ahead_is_followed_back(times: list[float], seen: list[float]) -> None:
    """One wrong time would else be sent until it has come."""
    clock = NeverDecreasing(iter(times).__next__)
    assert [clock() for _ in times] == seen


def test_threads_see_no_time_that_goes_back() -> None:
    falling = iter(range(4000, 0, -1))
    clock = never_decreasing(lambda: next(falling) / 2)
    with ThreadPoolExecutor(4) as threads:
        found = [*threads.map(lambda _: [clock() for _ in range(1000)], range(4))]
    assert all(times == sorted(times) for times in found)
    assert max(map(max, found)) == 2000.0


@pytest.mark.parametrize("length", [6, 23, 24, 25, 32, 80])
def test_nonces_of_another_length(length: int) -> None:
    make = pickle.loads(pickle.dumps(nonce_of_length(length)))
    nonces = {make() for _ in range(50)}
    assert {len(nonce) for nonce in nonces} == {length}
    assert all(nonce.isalnum() and nonce.isascii() for nonce in nonces)
    assert len(nonces) == 50
