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
    """A process that does ``work`` of a group of `bench.counted_works` so many times, or none of them."""

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
    """Return thousands of instructions for each; as many runs as there are processors go on at a time."""
    kept = list(differences)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        totals = {run: pool.submit(_total, run) for run in dict.fromkeys(run for both in kept for run in both)}
        counted = [totals[longer].result() - totals[shorter].result() for longer, shorter in kept]
    return [round(count / both.longer.repetitions / 1000, 2) for count, both in zip(counted, kept, strict=True)]


def _total(run: Run) -> int:
    command = ["valgrind", *_OPTIONS, sys.executable, "-m", "bench.counted_works", *map(str, run)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    match = _COUNTED.search(done.stderr)
    if done.returncode or match is None:
        raise RuntimeError(f"{run.group}, {run.work}: {done.stderr}")
    return int(match[1].replace(",", ""))
