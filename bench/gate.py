"""``.venv/bin/python -m bench gate [--accept]``: the instructions of each kind of work beside the committed figures.

Valgrind counts them, so the load of the machine does not matter. A figure that grew by more than 3 % fails, and so does
one that was not counted. One that shrank by more than 3 % passes, and is reported, so that it is accepted before it is
lost again. The figures belong to a build of CPython and to the versions of the libraries that a work calls. Without
figures for them, nothing is compared.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

FIGURES = Path(__file__).with_name("gate.json")
ACCEPT = ".venv/bin/python -m bench gate --accept"  # this environment has every framework

_TOLERANCE = 0.03
_COUNTED = re.compile(r"I +refs: +([0-9,]+)")
_VALGRIND = ("--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")


class Counted(NamedTuple):
    """One row: the instructions of ``work``, less those of ``base``, if one is named.

    ``libraries`` are those whose version changes the figure.
    """

    name: str
    group: str
    work: str
    repetitions: int
    base: str = ""
    libraries: tuple[str, ...] = ()


ROWS = (
    Counted("sign: GET, 3 parameters", "core", "sign GET", 500),
    Counted("sign: form of 10", "core", "sign form", 300),
    Counted("verify: GET, 3 parameters", "core", "verify GET", 200),
    Counted("verify: form of 10", "core", "verify form", 150),
    Counted("verify: GET, RSA-SHA1", "core", "verify RSA", 80, libraries=("cryptography",)),
    Counted("glue: ASGI", "ASGI", "protected", 150, "open"),
    Counted("glue: WSGI", "WSGI", "protected", 150, "open"),
    Counted("glue: Flask", "Flask", "protected", 150, "open", ("flask", "werkzeug")),
    Counted("glue: Django", "Django", "protected", 150, "open", ("django",)),
    Counted("login: Starlette", "login", "log in", 10, libraries=("starlette", "httpx2", "cryptography")),
)

#: What was counted: for each row, thousands of instructions, and the libraries that it called.
Figures = dict[str, dict[str, Any]]


def main(arguments: list[str]) -> int:
    """Count, compare, and return the exit status: 1 if a figure grew."""
    parser = argparse.ArgumentParser(prog="python -m bench gate", description="Compare instructions with figures.")
    parser.add_argument("--accept", action="store_true", help="write what was counted as the figures of this build")
    options = parser.parse_args(arguments)
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        print("gate: nothing was counted: valgrind is not installed")
        return 0
    counted = count(valgrind)
    kept: dict[str, Figures] = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    if options.accept:
        FIGURES.write_text(json.dumps({**kept, build(): counted}, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(f"gate: accepted the figures of {build()}")
        return 0
    return report(counted, kept)


def build() -> str:
    """Name what decides how many instructions the same Python code takes: another build takes others."""
    version = f"{platform.python_implementation()} {platform.python_version()}"
    compiler, made = platform.python_compiler(), " ".join(platform.python_build()[1].split())
    return f"{version} {platform.machine()}, {compiler}, {made}, {ssl.OPENSSL_VERSION}"


def report(counted: Figures, kept: dict[str, Figures]) -> int:
    """Print a line for each row, and return the exit status."""
    committed = kept.get(build())
    if committed is None:
        known = "; ".join(sorted(kept)) or "none"
        print(f"gate: NOTHING WAS COMPARED: there are no figures for {build()}. There are figures for: {known}")
        print(f"gate: to compare on this build from now on, run {ACCEPT} on the commit to compare with")
    lines = [_compared(name, figure, (committed or {}).get(name)) for name, figure in counted.items()]
    print(*[line for _, line in lines], sep="\n")
    failed = [line for is_worse, line in lines if is_worse]
    if failed:
        print("gate: these take more instructions than the committed figures allow:", *failed, sep="\n")
        print(f"gate: if that is intended, accept the new figures, and say why in the commit: {ACCEPT}")
    lost = sorted((committed or {}).keys() - counted.keys())
    if lost:
        print("gate: these have committed figures, and were not counted:", *lost, sep="\n  ")
    return 1 if failed or lost else 0


def _compared(name: str, figure: dict[str, Any], committed: dict[str, Any] | None) -> tuple[bool, str]:
    """Return whether the row fails, and its line."""
    now = f"  {name:27} {figure['thousands']:9,.1f} k"
    if committed is None:
        return False, f"{now}, no committed figure"
    if figure["libraries"] != committed["libraries"]:
        return False, f"{now}, not compared: the figure is for {_versions(committed)}, here is {_versions(figure)}"
    change = figure["thousands"] / committed["thousands"] - 1
    line = f"{now}, committed {committed['thousands']:,.1f} k, {change:+.1%}"
    if change < -_TOLERANCE:
        return False, f"{line}: better; accept it: {ACCEPT}"
    return change > _TOLERANCE, line


def _versions(figure: dict[str, Any]) -> str:
    return ", ".join(f"{name} {version}" for name, version in figure["libraries"].items())


def count(valgrind: str) -> Figures:
    """Count the instructions of every row, as many at a time as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = [row for row in ROWS if None not in _found(row).values()]
        for row in ROWS:
            if row not in rows:
                print(f"gate: {row.name} was not counted: one of {', '.join(row.libraries)} is not installed")
        runs = {row: _runs(row) for row in rows}
        totals = {run: pool.submit(_total, valgrind, *run) for pair in runs.values() for run in pair}
        return {
            row.name: {
                "thousands": round((totals[longer].result() - totals[shorter].result()) / row.repetitions / 1000, 2),
                "libraries": _found(row),
            }
            for row, (longer, shorter) in runs.items()
        }


def _runs(row: Counted) -> tuple[tuple[str, str, int], tuple[str, str, int]]:
    """Return the two runs whose difference is the figure. Without a base, rows of a group share the shorter run."""
    longer = (row.group, row.work, row.repetitions)
    return longer, (row.group, row.base, row.repetitions) if row.base else (row.group, "", 0)


def _found(row: Counted) -> dict[str, str | None]:
    return {name: _version(name) for name in row.libraries}


def _version(library: str) -> str | None:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return None


def _total(valgrind: str, group: str, work: str, repetitions: int) -> int:
    command = [valgrind, *_VALGRIND, sys.executable, "-m", "bench.gated", group, work, str(repetitions)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    match = _COUNTED.search(done.stderr)
    if done.returncode or match is None:
        raise RuntimeError(f"{group}, {work}: {done.stderr}")
    return int(match[1].replace(",", ""))
