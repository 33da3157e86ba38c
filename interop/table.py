"""The table of the libraries and suites in the documentation, which is written by a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from .likes.run import LikeRow
from .suites.runner import SuiteRun

PAGE = Path(__file__).parents[1] / "docs" / "interop.md"
ACCEPT = "make interop ARGS=--accept"

_BEGIN, _END = "<!-- {}:begin -->\n", "<!-- {}:end -->\n"


class Row(NamedTuple):
    """One library.

    Attributes:
        name: its name in the package index.
        version: the version that ran.
        calls: what its walk does.
        requests: how many signed requests were verified.
        differences: the reasons for what differs.
    """

    name: str
    version: str
    calls: str
    requests: int
    differences: Sequence[str]


def libraries(rows: Sequence[Row], versions: Mapping[str, str]) -> str:
    """Return the table of the libraries."""
    lines = ["| library | calls | verified requests | different |", "|---|---|---:|---|"]
    lines += [
        f"| {row.name} {row.version} | {row.calls} | {row.requests} | {'; '.join(row.differences) or 'nothing'} |"
        for row in rows
    ]
    return "\n".join([*lines, "", f"With {', '.join(f'{name} {version}' for name, version in versions.items())}.", ""])


def likes(rows: Sequence[LikeRow]) -> str:
    """Return the table of the libraries that ran against the boxes that are like their providers."""
    lines = ["| library | like | calls | verified requests |", "|---|---|---|---:|"]
    lines += [f"| {row.library} | `{row.provider}` | {row.calls} | {row.requests} |" for row in rows]
    return "\n".join([*lines, ""])


def suites(ran: Sequence[SuiteRun]) -> str:
    """Return the table of the suites, and below it why tests differ or are not run; the first by name."""
    lines = ["| test suite | tests | pass | differ on purpose | about something else |", "|---|---:|---:|---:|---:|"]
    reasons = []
    for one in ran:
        suite = one.suite
        counts = (len(one.theirs), one.count("passed"), one.count("differs"), len(suite.elsewhere))
        lines.append(f"| {suite.distribution} {one.version} | {' | '.join(map(str, counts))} |")
        named = [(reason, f"`{test.rpartition('::')[2]}`") for test, reason in suite.differs.items()]
        counted = [(reason, f"{number} tests") for reason, number in Counter(suite.elsewhere.values()).items()]
        reasons += [f"- {suite.distribution}, {which}: {reason}" for reason, which in [*named, *counted]]
    return "\n".join([*lines, "", *reasons, *([""] if reasons else [])])


def put(page: str, name: str, block: str) -> str:
    """Return a page with a block between its markers."""
    begin, end = _BEGIN.format(name), _END.format(name)
    before, found, rest = page.partition(begin)
    _, also_found, after = rest.partition(end)
    if not (found and also_found):
        raise ValueError(f"the page has no markers {begin.strip()} and {end.strip()}")
    return f"{before}{begin}{block}{end}{after}"


def check(blocks: Mapping[str, str], *, accept: bool, file: Path = PAGE) -> list[str]:
    """Compare the page with the blocks of a run, or write them.

    Args:
        blocks: each block, by the name of its markers.
        accept: whether to write them.
        file: the page.

    Returns:
        A line for each block that the page does not have.
    """
    page = file.read_text("utf-8")
    if accept:
        for name, block in blocks.items():
            page = put(page, name, block)
        file.write_text(page, "utf-8")
        return []
    return [
        f"{file.name}: the block {name} is not that of this run; write it with {ACCEPT}"
        for name, block in blocks.items()
        if put(page, name, block) != page
    ]
