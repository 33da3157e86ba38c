"""The rows of results, the goals beside them, and the table in the terminal."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .measure import Samples

PACKAGES = ("oauthone", "Authlib", "oauthlib", "requests-oauthlib", "requests", "urllib3", "cryptography")
COLUMNS = ("work", "ours", "Authlib", "oauthlib/requests-oauthlib", "floor", "ratio", "must", "aim", "ok?")


class Style(NamedTuple):
    """How a ratio is written, and whether a larger one is better."""

    text: str
    more_is_better: bool


TIMES = Style("{:.3g} ×", True)  # times as fast as the peer
FRACTION = Style("1/{:.3g}", True)  # the peer's figure divided by ours, written as our share of it
OVER = Style("{:.3g} ×", False)  # our figure as a multiple of the figure that it is compared with
PERCENT = Style("{:+.3g} %", False)  # our figure as an addition to the figure that it is compared with


class Goal(NamedTuple):
    """The limit of a ratio (``must``), and the target beyond it (``aim``)."""

    style: Style
    must: float | None = None
    aim: float | None = None

    def text(self, value: float | None) -> str:
        """Return a ratio in the style of this goal."""
        return "" if value is None else self.style.text.format(value)

    def reached(self, ratio: float, bound: float) -> bool:
        """Return whether the ratio is on the right side of the bound."""
        return ratio >= bound if self.style.more_is_better else ratio <= bound

    def verdict(self, ratio: float | None) -> str:
        """Return the word for the last column."""
        if ratio is None or self.must is None:
            return ""
        if not self.reached(ratio, self.must):
            return "MISSED"
        return "aim" if self.aim is not None and self.reached(ratio, self.aim) else "must"


class Row(NamedTuple):
    """One line: the figures of each candidate in one unit, our ratio, and its goal."""

    work: str
    unit: str
    figures: dict[str, float]
    ratio: float | None = None
    goal: Goal = Goal(TIMES)
    note: str = ""
    samples: Samples | None = None

    def figure(self, *names: str) -> str:
        """Return the figure of the first of these candidates that was measured."""
        found = next((self.figures[name] for name in names if name in self.figures), None)
        return "" if found is None else f"{_short(found)} {self.unit}"

    def cells(self) -> tuple[str, ...]:
        """Return the text of each column."""
        return (
            self.work,
            self.figure("ours"),
            self.figure("Authlib"),
            self.figure("requests-oauthlib", "oauthlib"),
            self.figure("floor"),
            self.goal.text(self.ratio),
            self.goal.text(self.goal.must),
            self.goal.text(self.goal.aim),
            self.goal.verdict(self.ratio),
        )

    def as_json(self) -> dict[str, Any]:
        """Return everything that is known about this row, including the figures of every round."""
        return {
            "work": self.work,
            "unit": self.unit,
            "medians": self.figures,
            "ratio": self.ratio,
            "must": self.goal.must,
            "aim": self.goal.aim,
            "ok": self.goal.verdict(self.ratio),
            "note": self.note,
            "rounds": self.samples.rounds if self.samples else None,
        }


def table(title: str, rows: Iterable[Row]) -> str:
    """Return the table of one section, with notes below."""
    rows = list(rows)
    lines = [COLUMNS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    text = [title, _aligned(COLUMNS, widths), _aligned(["-" * width for width in widths], widths)]
    text += [_aligned(row.cells(), widths) for row in rows]
    text += [f"  {row.work}: {row.note}" for row in rows if row.note]
    return "\n".join(text)


def missed(rows: Iterable[Row]) -> list[str]:
    """Return a line for each limit that was missed."""
    return [
        f"{row.work}: {row.goal.text(row.ratio)}, must {row.goal.text(row.goal.must)}"
        for row in rows
        if row.goal.verdict(row.ratio) == "MISSED"
    ]


def surroundings() -> dict[str, str]:
    """Return the conditions that affect the figures: interpreter, libraries, processors."""
    load = f"{os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else "unknown"
    versions = {name: _version(name) for name in PACKAGES}
    return {
        "Python": f"{platform.python_implementation()} {platform.python_version()} on {sys.platform}",
        "CPUs": f"{os.cpu_count()}, load {load}",
        **{name: version for name, version in versions.items() if version},
    }


def processor() -> str:
    """Return the name of the processor, where the system tells it."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join([first.strip().ljust(widths[0]), *rest]).rstrip()


def _short(value: float) -> str:
    """Return three significant digits, with commas between thousands."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
