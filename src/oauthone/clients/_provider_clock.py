"""A clock that never goes back, and nonces of another length, for providers that require them."""

from collections.abc import Callable
from functools import lru_cache, partial
from threading import Lock

from oauthone.core.signing import random_nonce, system_clock

#: A clock that goes back further than this, in seconds, was wrong before, and is followed. A provider that checks
#: timestamps has refused the time that was wrong; without this, that time would be sent until it has come.
_LONGEST_STEP_BACK = 3600.0
#: How many clocks of programs are remembered.
_MAX_CLOCKS = 100


class NeverDecreasing:
    """A clock whose time does not go back where the clock that it reads goes back by an hour or less.

    Threads may share it. It orders timestamps, not requests: of two threads, the one that signs first may send last.
    Other processes have clocks of their own.

    Args:
        clock: returns the seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._latest = 0.0
        self._lock = Lock()

    def __call__(self) -> float:
        """Return the time of the clock, or the latest time that was returned if the clock went back a little."""
        with self._lock:
            now = self._clock()
            if not self._latest - _LONGEST_STEP_BACK <= now < self._latest:
                self._latest = now
            return self._latest

    def __reduce__(self) -> tuple[object, ...]:
        return never_decreasing, (self._clock,)


#: All clients share it, because several may have the same credentials.
_SHARED = NeverDecreasing(system_clock)
_MAKING = Lock()


def never_decreasing(clock: Callable[[], float]) -> NeverDecreasing:
    """Return the clock that does not go back for a clock: the same one for the same clock, whichever client asks."""
    if isinstance(clock, NeverDecreasing):
        return clock
    if clock is system_clock:
        return _SHARED
    try:
        with _MAKING:
            return _made(clock)
    except TypeError:  # it has no hash, so it cannot be found again
        return NeverDecreasing(clock)


@lru_cache(_MAX_CLOCKS)
def _made(clock: Callable[[], float]) -> NeverDecreasing:
    return NeverDecreasing(clock)


def nonce_of_length(length: int) -> Callable[[], str]:
    """Return a function that returns random nonces of this length."""
    return partial(_nonce, length)


def _nonce(length: int) -> str:
    nonce = random_nonce()
    while len(nonce) < length:
        nonce += random_nonce()
    return nonce[:length]
