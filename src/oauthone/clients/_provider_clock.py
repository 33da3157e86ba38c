"""A clock that never goes back, and nonces of another length, for providers that require them."""

from collections.abc import Callable
from functools import partial
from threading import Lock

from oauthone.core.signing import random_nonce, system_clock


class NeverDecreasing:
    """A clock whose time never goes back, whatever the clock does that it reads. Threads may share it.

    Args:
        clock: returns the seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._latest = 0.0
        self._lock = Lock()

    def __call__(self) -> float:
        """Return the time of the clock, or the latest time that was returned if the clock went back."""
        with self._lock:
            self._latest = max(self._latest, self._clock())
            return self._latest

    def __reduce__(self) -> tuple[object, ...]:
        return never_decreasing, (self._clock,)


#: All clients share it, because several may have the same credentials.
_SHARED = NeverDecreasing(system_clock)


def never_decreasing(clock: Callable[[], float]) -> NeverDecreasing:
    """Return a clock that never goes back: for the system's clock the one of this process, else a new one."""
    if isinstance(clock, NeverDecreasing):
        return clock
    return _SHARED if clock is system_clock else NeverDecreasing(clock)


def nonce_of_length(length: int) -> Callable[[], str]:
    """Return a function that returns random nonces of this length."""
    return partial(_nonce, length)


def _nonce(length: int) -> str:
    nonce = random_nonce()
    while len(nonce) < length:
        nonce += random_nonce()
    return nonce[:length]
