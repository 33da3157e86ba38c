"""Compares the runs of a library over requests-oauthlib and over ours; what differs has to be listed with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from . import judge
from .runs import Run


class Difference(NamedTuple):
    """One part that differs.

    Attributes:
        where: the part.
        theirs: what it is over requests-oauthlib; None if it is missing there.
        ours: what it is over ours.
    """

    where: str
    theirs: Any
    ours: Any

    def __str__(self) -> str:
        return f"{self.where}\n      theirs: {self.theirs!r}\n      ours:   {self.ours!r}"


def differences(theirs: Run, ours: Run) -> list[Difference]:
    """Return each part of two runs that is not the same."""
    before, after = theirs.parts(), ours.parts()
    parts = [*before, *(name for name in after if name not in before)]
    found = [Difference(part, before.get(part), after.get(part)) for part in parts]
    return [one for one in found if one.theirs != one.ours]


def failures(theirs: Run, ours: Run, listed: Mapping[str, str]) -> list[str]:
    """Return what fails in the two runs of a library.

    Args:
        theirs: the run over requests-oauthlib.
        ours: the run over ours.
        listed: the reason for each part, or pattern of parts, that may differ.
    """
    found = theirs.problems("theirs") + ours.problems("ours")
    found += [f"over theirs: {line}" for line in judge.objections(theirs)]
    found += [f"over ours: {line}" for line in judge.objections(ours)]
    different = differences(theirs, ours)
    used = {pattern for pattern in listed for one in different if fnmatchcase(one.where, pattern)}
    found += [str(one) for one in different if not any(fnmatchcase(one.where, pattern) for pattern in listed)]
    return found + [f"take it off the list, it is the same: {pattern}" for pattern in listed if pattern not in used]
