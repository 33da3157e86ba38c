"""The counter of machine instructions: valgrind, which the load of the machine does not affect."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

_COUNTED = re.compile(r"I +refs: +([0-9,]+)")
_OPTIONS = ("--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")


class Run(NamedTuple):
    """A child of a process that prepared a group of `bench.counted_works`: it does ``work`` so many times."""

    group: str
    work: str = ""
    repetitions: int = 0


class Difference(NamedTuple):
    """The instructions of one repetition are those of the longer run less those of the shorter, shared among them."""

    longer: Run
    shorter: Run


def is_possible() -> bool:
    """Return whether valgrind is installed."""
    return shutil.which("valgrind") is not None


def thousands(differences: Iterable[Difference]) -> list[float]:
    """Return thousands of instructions for each; as many groups as there are processors are counted at a time."""
    kept = list(differences)
    groups: dict[str, list[Run]] = {}
    for run in dict.fromkeys(run for both in kept for run in both):
        groups.setdefault(run.group, []).append(run)
    totals: dict[Run, int] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for counted in pool.map(_totals, groups.values()):
            totals.update(counted)
    return [round((totals[one] - totals[other]) / one.repetitions / 1000, 2) for one, other in kept]


def _totals(runs: list[Run]) -> dict[Run, int]:
    """Return the instructions of each run; all are of one group."""
    pairs = [argument for run in runs for argument in (run.work, str(run.repetitions))]
    command = ["valgrind", *_OPTIONS, sys.executable, "-m", "bench.counted_works", runs[0].group, *pairs]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    counted = [int(count.replace(",", "")) for count in _COUNTED.findall(done.stderr)]
    # The children exit one after the other, and then the process that prepared them.
    if done.returncode or len(counted) != len(runs) + 1:
        raise RuntimeError(f"{runs[0].group}: {done.stderr}")
    return dict(zip(runs, counted[:-1], strict=True))
