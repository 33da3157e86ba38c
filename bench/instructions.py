"""The machine instructions of one signature, counted by valgrind: the load of the machine does not affect them."""

from __future__ import annotations

import gc
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

from .measure import Effort
from .report import FRACTION, Goal, Row

TITLE = "instructions: for one signature of GET with 3 parameters; ratio: share of Authlib"

_SIGNATURES = 300
_COUNTED = re.compile(r"Collected : (\d+)")
_CANDIDATES = {"ours": "ours", "Authlib": "authlib", "oauthlib": "oauthlib", "floor": "fastest"}


def run(effort: Effort) -> Iterator[Row]:
    """Yield one row, or print a message if valgrind is not installed."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        yield Row("GET, 3 parameters", "k", {}, note="skipped: valgrind is not installed")
        return
    figures = {name: _count(valgrind, function) for name, function in _CANDIDATES.items()}
    yield Row("GET, 3 parameters", "k", figures, figures["Authlib"] / figures["ours"], Goal(FRACTION, 9, 14))


def _count(valgrind: str, function: str) -> float:
    """Return thousands of instructions: the difference between a run and a run with twice the signatures."""
    once, twice = (_total(valgrind, function, count) for count in (_SIGNATURES, 2 * _SIGNATURES))
    return (twice - once) / _SIGNATURES / 1000


def _total(valgrind: str, function: str, count: int) -> int:
    command = [valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, "-m", __name__]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run([*command, function, str(count)], env=environment, check=True, capture_output=True, text=True)
    match = _COUNTED.search(done.stderr)
    assert match is not None, done.stderr
    return int(match[1])


def sign_often(function: str, count: int) -> None:
    """Sign many times; valgrind runs this."""
    from . import candidates, cases

    sign = getattr(candidates, function)(cases.GET_3)
    gc.disable()
    for _ in range(count):
        sign()


if __name__ == "__main__":
    sign_often(sys.argv[1], int(sys.argv[2]))
