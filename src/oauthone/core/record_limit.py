"""A limit on log records: so many a second for each source and for all together, and a count of the others.

An attacker can send any number of requests, each with another identifier. So neither the number of records nor the
memory of the limit depends on the number of requests or sources.
"""

from collections.abc import Callable, Mapping
from threading import Lock
from time import monotonic
from typing import NamedTuple

#: The records of one source in each second.
EACH = 5
#: The records of all sources in each second, the summary included.
TOTAL = 50


class Withheld(NamedTuple):
    """The events of a past second that got no record of their own.

    Attributes:
        total: how many there were.
        by_source: how many there were of each source that got records in that second; the others belong to none.
        ago: how many seconds ago the last one was.
    """

    total: int
    by_source: Mapping[str, int]
    ago: float


class RecordLimit:
    """Decides which events get a log record of their own. Threads may share it.

    A second starts with the first event after the one before has passed.

    Args:
        each: how many records a source may have in each second.
        total: how many records there may be in each second, the summary included.
        clock: returns seconds, and never goes back.
    """

    def __init__(self, each: int = EACH, total: int = TOTAL, clock: Callable[[], float] = monotonic) -> None:
        self._each = each
        self._total = total
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Forget everything. A forked process does so, as another thread of its parent may have held the lock."""
        self._lock = Lock()
        self._start = self._last = float("-inf")
        self._left = 0
        self._records: dict[str, int] = {}
        self._withheld: dict[str, int] = {}
        self._count = 0

    def admit(self, source: str) -> tuple[bool, Withheld | None]:
        """Count an event. Return whether it gets a record, and what was withheld in a second that has passed.

        Args:
            source: who caused the event. Pass a short text, as it is remembered for a second.
        """
        with self._lock:
            now = self._clock()
            withheld = None if now - self._start < 1 else self._start_second(now)
            records = self._records.get(source, 0)
            if records < self._each and self._left > 0:
                self._records[source] = records + 1
                self._left -= 1
                return True, withheld
            self._count += 1
            self._last = now
            if records:  # so an attacker with many identifiers cannot fill the memory
                self._withheld[source] = self._withheld.get(source, 0) + 1
            return False, withheld

    def _start_second(self, now: float) -> Withheld | None:
        count, by_source, last = self._count, self._withheld, self._last
        self._start, self._left, self._count = now, self._total, 0
        self._records, self._withheld = {}, {}
        if not count:
            return None
        self._left -= 1
        return Withheld(count, by_source, now - last)
