"""``make bench ARGS=gate``: the instructions of each kind of work beside the committed figures.

Valgrind counts them, so the load of the machine does not matter. A figure that grew by more than 3 % fails, and so does
one that was not counted. One that shrank by more than 3 % passes, and is reported, so that it is accepted before it is
lost again. The figures belong to a build of CPython and to the versions of the libraries that a work calls. Without
figures for them, nothing is compared.

It runs in the environment of the tests, which has every framework, and where the figures are accepted.
"""

from __future__ import annotations

import argparse
import importlib.metadata
from typing import NamedTuple

from . import counting, gate_figures
from .counting import Difference, Run
from .gate_figures import Figures


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


def main(arguments: list[str]) -> int:
    """Count, compare, and return the exit status: 1 if a figure grew, or if one could not be counted."""
    parser = argparse.ArgumentParser(prog="python -m bench gate", description="Compare instructions with figures.")
    parser.add_argument("--accept", action="store_true", help="write what was counted as the figures of this build")
    options = parser.parse_args(arguments)
    if not counting.is_possible():
        print("gate: nothing was counted: valgrind is not installed")
        return 1 if options.accept else 0
    counted = count()
    if not options.accept:
        return gate_figures.report(counted, gate_figures.read())
    if len(counted) < len(ROWS):
        print("gate: nothing was accepted, as not every row was counted")
        return 1
    gate_figures.accept(counted)
    return 0


def count() -> Figures:
    """Count the instructions of every row whose libraries are installed."""
    rows = [row for row in ROWS if None not in _found(row).values()]
    for row in ROWS:
        if row not in rows:
            print(f"gate: {row.name} was not counted: one of {', '.join(row.libraries)} is not installed")
    counted = counting.thousands(_difference(row) for row in rows)
    return {
        row.name: {"thousands": figure, "libraries": _found(row)} for row, figure in zip(rows, counted, strict=True)
    }


def _difference(row: Counted) -> Difference:
    """Return the two runs whose difference is the figure. Without a base, rows of a group share the shorter run."""
    shorter = Run(row.group, row.base, row.repetitions) if row.base else Run(row.group)
    return Difference(Run(row.group, row.work, row.repetitions), shorter)


def _found(row: Counted) -> dict[str, str | None]:
    return {name: _version(name) for name in row.libraries}


def _version(library: str) -> str | None:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return None
