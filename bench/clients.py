"""Every HTTP client over keep-alive loopback: the CPU that signing adds to a GET."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from . import hook, server
from .measure import Effort, Samples
from .report import PERCENT, Goal, Row

TITLE = "clients: GET with 3 parameters over keep-alive loopback; ratio: CPU added to an unsigned GET, share of Authlib"

_PATH = "/1.1/statuses/update.json?status=hello%20world&count=20&include=a%2Cb"
#: The environment of niquests, which needs its own because it rewrites urllib3 on disk.
NIQUESTS = Path(os.environ.get("NIQUESTS", ".venv-niquests")) / "bin" / "python"
LIBRARIES = {
    "httpx2": Path(sys.executable),
    "httpx": Path(sys.executable),
    "aiohttp": Path(sys.executable),
    "niquests": NIQUESTS,
}
#: The CPU that signing may add, for each way of sending: limit and target.
GOALS: dict[tuple[str, str], tuple[float, float | None]] = {
    ("httpx2", "one by one"): (25, 18),
    ("httpx", "one by one"): (25, 18),
    ("aiohttp", "50 at once"): (28, None),
    ("niquests", "one by one"): (14, None),
}


def run(effort: Effort) -> Iterator[Row]:
    """Yield one row for each library and way of sending."""
    count = max(50, int(effort.block * 5_000))
    with server.running() as origin:
        for library, python in LIBRARIES.items():
            if not python.exists():
                raise FileNotFoundError(f"{library} is measured with {python}, which is not there: run make bench")
            for way, samples in _measured(library, python, origin + _PATH, 4 * effort.rounds, count).items():
                yield _row(library, way, samples)
        yield from hook.rows(origin + _PATH, effort.rounds, count)


def _measured(library: str, python: Path, url: str, rounds: int, count: int) -> dict[str, Samples]:
    command = [str(python), "-m", "bench.keepalive", library, url, str(rounds), str(count)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return {way: Samples(figures) for way, figures in json.loads(done.stdout).items()}


def _row(library: str, way: str, samples: Samples) -> Row:
    added = {name: 100 * (samples.ratio(name, "unsigned") - 1) for name in samples.rounds if name != "unsigned"}
    note = f"CPU added to {samples.median('unsigned'):.0f} µs unsigned: "
    note += ", ".join(f"{name} {percent:+.1f} %" for name, percent in added.items())
    figures = samples.medians()
    for ours, theirs in (("Authlib", "Authlib by hand"), ("oauthlib", "oauthlib by hand")):
        if theirs in figures:
            figures[ours] = figures[theirs]
    goal = Goal(PERCENT, *GOALS.get((library, way), (None, None)))
    return Row(f"{library}, {way}", "µs", figures, added["ours"], goal, note, samples)
