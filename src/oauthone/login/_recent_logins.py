"""What this process remembers of the logins that it saw: where they began, and which were used up."""

from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

#: How many logins are remembered.
MOST = 10_000


class Trace(NamedTuple):
    """One login that this process saw."""

    host: str
    expires: float
    is_used: bool


class RecentLogins:
    """Bounded memory of one process: it makes errors precise, and a second use of a callback impossible within it.

    A session in a cookie cannot be taken back from the browser, and where a view fails, some frameworks do not send
    the changed cookie. Then this is what knows that the login was used.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._traces: dict[str, Trace] = {}
        self._lock = Lock()

    def begun(self, identifier: str, host: str, expires: float) -> None:
        """Remember where a login began."""
        with self._lock:
            self._traces[identifier] = Trace(host, expires, False)
            self._forget_old()

    def use(self, identifier: str, expires: float) -> bool:
        """Whether this is its first use."""
        with self._lock:
            known = self._traces.get(identifier)
            if known is not None and known.is_used:
                return False
            self._traces[identifier] = Trace(known.host if known else "", expires, True)
            self._forget_old()
            return True

    def find(self, identifier: str) -> Trace | None:
        """What is known of a login."""
        return self._traces.get(identifier)

    def _forget_old(self) -> None:
        now = self._clock()
        while self._traces:
            oldest = next(iter(self._traces))
            if len(self._traces) <= MOST and self._traces[oldest].expires > now:
                return
            del self._traces[oldest]
