"""Rows of figures, the goals beside them, and the table in the terminal."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from .measure import Samples

PACKAGES = ("oauthone", "Authlib", "oauthlib", "requests-oauthlib", "requests", "urllib3", "cryptography")
COLUMNS = ("work", "ours", "Authlib", "oauthlib/requests-oauthlib", "floor", "ratio", "must", "aim", "ok?")


class Style(NamedTuple):
    """How a ratio reads, and which way is better."""

    text: str
    more_is_better: bool


TIMES = Style("{:.3g} ×", True)  # times as fast as the peer
FRACTION = Style("1/{:.3g}", True)  # the peer's figure over ours, written as our share of it
OVER = Style("{:.3g} ×", False)  # times as much as what ours is compared with
PERCENT = Style("{:+.3g} %", False)  # added to what ours is compared with


class Goal(NamedTuple):
    """What a ratio has to reach, and what it is hoped to reach."""

    style: Style
    must: float | None = None
    aim: float | None = None

    def text(self, value: float | None) -> str:
        """A ratio in the style of this goal."""
        return "" if value is None else self.style.text.format(value)

    def reached(self, ratio: float, bound: float) -> bool:
        """Whether the ratio is on the right side of the bound."""
        return ratio >= bound if self.style.more_is_better else ratio <= bound

    def verdict(self, ratio: float | None) -> str:
        """One word for the last column."""
        if ratio is None or self.must is None:
            return ""
        if not self.reached(ratio, self.must):
            return "MISSED"
        return "aim" if self.aim is not None and self.reached(ratio, self.aim) else "must"


class Row(NamedTuple):
    """One line: figures by candidate in one unit, our ratio to what the goal compares with, and the goal."""

    work: str
    unit: str
    figures: dict[str, float]
    ratio: float | None = None
    goal: Goal = Goal(TIMES)
    note: str = ""
    samples: Samples | None = None

    def figure(self, *names: str) -> str:
        """The first of these candidates that was measured."""
        found = next((self.figures[name] for name in names if name in self.figures), None)
        return "" if found is None else f"{_short(found)} {self.unit}"

    def cells(self) -> tuple[str, ...]:
        """One text for each column."""
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
        """Everything that is known about this row, raw figures of every round included."""
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
    """The rows of one section, aligned; notes follow below."""
    rows = list(rows)
    lines = [COLUMNS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    text = [title, _aligned(COLUMNS, widths), _aligned(["-" * width for width in widths], widths)]
    text += [_aligned(row.cells(), widths) for row in rows]
    text += [f"  {row.work}: {row.note}" for row in rows if row.note]
    return "\n".join(text)


def missed(rows: Iterable[Row]) -> list[str]:
    """The musts that were not reached."""
    return [
        f"{row.work}: {row.goal.text(row.ratio)}, must {row.goal.text(row.goal.must)}"
        for row in rows
        if row.goal.verdict(row.ratio) == "MISSED"
    ]


def surroundings() -> dict[str, str]:
    """What the figures depend on: interpreter, libraries, processors."""
    load = f"{os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else "unknown"
    versions = {name: _version(name) for name in PACKAGES}
    return {
        "Python": f"{platform.python_implementation()} {platform.python_version()} on {sys.platform}",
        "CPUs": f"{os.cpu_count()}, load {load}",
        **{name: version for name, version in versions.items() if version},
    }


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join([first.strip().ljust(widths[0]), *rest]).rstrip()


def _short(value: float) -> str:
    """Three significant digits, thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
