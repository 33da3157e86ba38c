"""The stop-watch: one block of every candidate per round, in random order, and medians over the rounds."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import repeat
from statistics import median
from time import process_time
from typing import NamedTuple

Run = Callable[[], object]


class Effort(NamedTuple):
    """How much time a measurement may take: rounds, and the seconds that one block should last."""

    rounds: int = 25
    block: float = 0.01

    def fewer(self, rounds: int) -> Effort:
        """At most this many rounds, for work that takes long."""
        return self._replace(rounds=min(rounds, self.rounds))


class Samples(NamedTuple):
    """What one block per round took: for each candidate one figure per round, all in the same unit."""

    rounds: dict[str, list[float]]

    def median(self, name: str) -> float:
        """The median over the rounds."""
        return median(self.rounds[name])

    def ratio(self, over: str, under: str) -> float:
        """The median of the ratios round by round: what slows a whole round down cancels out."""
        return median(a / b for a, b in zip(self.rounds[over], self.rounds[under], strict=True))

    def added(self, name: str, bare: str) -> float:
        """The median of the differences round by round."""
        return median(a - b for a, b in zip(self.rounds[name], self.rounds[bare], strict=True))

    def medians(self) -> dict[str, float]:
        """The median of each candidate."""
        return {name: self.median(name) for name in self.rounds}


def interleave(candidates: Mapping[str, Callable[[], float]], rounds: int) -> Samples:
    """Ask every candidate for one figure per round, each round in another order."""
    figures: dict[str, list[float]] = {name: [] for name in candidates}
    order = list(candidates)
    for _ in range(rounds):
        random.shuffle(order)
        for name in order:
            figures[name].append(candidates[name]())
    return Samples(figures)


def compare(candidates: Mapping[str, Run], effort: Effort) -> Samples:
    """Microseconds of CPU per call of each candidate."""
    return interleave({name: _block(run, effort.block) for name, run in candidates.items()}, effort.rounds)


def _block(run: Run, seconds: float) -> Callable[[], float]:
    """A function that runs a block of calls and returns the microseconds per call; it is warm when this returns."""
    count, took = 1, timed(run, 1)
    while took < seconds / 4:
        count = max(count * 2, min(count * 100, int(count * seconds / 2 / max(took, 1e-9))))
        took = timed(run, count)
    count = max(1, round(count * seconds / took))
    return lambda: timed(run, count) / count * 1e6


def timed(run: Run, count: int) -> float:
    """Seconds of CPU for this many calls, with the garbage collector at rest."""
    with resting_collector():
        start = process_time()
        for _ in repeat(None, count):
            run()
        return process_time() - start


@contextmanager
def resting_collector() -> Iterator[None]:
    """No garbage is collected meanwhile."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
