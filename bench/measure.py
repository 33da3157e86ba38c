"""The stop-watch. Each round runs one block of every candidate, in random order; results are medians over rounds."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import repeat
from statistics import median
from time import clock_gettime, process_time
from typing import NamedTuple

Run = Callable[[], object]


class Effort(NamedTuple):
    """The time that a measurement may take: the number of rounds, and the seconds of one block."""

    rounds: int = 25
    block: float = 0.01

    def fewer(self, rounds: int) -> Effort:
        """Return an effort with at most this many rounds, for slow work."""
        return self._replace(rounds=min(rounds, self.rounds))


class Samples(NamedTuple):
    """The results of all rounds: for each candidate one figure per round, all in the same unit."""

    rounds: dict[str, list[float]]

    def median(self, name: str) -> float:
        """Return the median over the rounds."""
        return median(self.rounds[name])

    def ratio(self, over: str, under: str) -> float:
        """Return the median of the ratios of each round, so that the load of a whole round cancels out."""
        return median(a / b for a, b in zip(self.rounds[over], self.rounds[under], strict=True))

    def added(self, name: str, bare: str) -> float:
        """Return the median of the differences of each round."""
        return median(a - b for a, b in zip(self.rounds[name], self.rounds[bare], strict=True))

    def medians(self) -> dict[str, float]:
        """Return the median of each candidate."""
        return {name: self.median(name) for name in self.rounds}


def interleave(candidates: Mapping[str, Callable[[], float]], rounds: int) -> Samples:
    """Call every candidate once per round, in another order each time, and collect the figures that they return."""
    figures: dict[str, list[float]] = {name: [] for name in candidates}
    order = list(candidates)
    for _ in range(rounds):
        random.shuffle(order)
        for name in order:
            figures[name].append(candidates[name]())
    return Samples(figures)


def compare(candidates: Mapping[str, Run], effort: Effort) -> Samples:
    """Measure the microseconds of CPU per call of each candidate."""
    return interleave({name: _block(run, effort.block) for name, run in candidates.items()}, effort.rounds)


def _block(run: Run, seconds: float) -> Callable[[], float]:
    """Return a function that runs a block of calls and returns the microseconds per call. Warm it up first."""
    count, took = 1, timed(run, 1)
    while took < seconds / 4:
        count = max(count * 2, min(count * 100, int(count * seconds / 2 / max(took, 1e-9))))
        took = timed(run, count)
    count = max(1, round(count * seconds / took))
    return lambda: timed(run, count) / count * 1e6


def timed(run: Run, count: int) -> float:
    """Return the seconds of CPU for this many calls, with the garbage collector off."""
    with resting_collector():
        start = process_time()
        for _ in repeat(None, count):
            run()
        return process_time() - start


def cpu_seconds(processes: Iterable[int]) -> float:
    """Return the CPU seconds of other processes in user and system mode, to the nanosecond, on Linux."""
    # The clock of a process, as clock_getcpuclockid(3) names it. The figures in /proc are in hundredths of a second.
    return sum(clock_gettime(~process << 3 | 2) for process in processes)


@contextmanager
def resting_collector() -> Iterator[None]:
    """Turn the garbage collector off meanwhile."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
