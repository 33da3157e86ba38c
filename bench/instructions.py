"""The machine instructions of one signature, beside those of the peers."""

from __future__ import annotations

from collections.abc import Iterator

from . import counting
from .counting import Difference, Run
from .measure import Effort
from .report import FRACTION, Goal, Row

TITLE = "instructions: for one signature of GET with 3 parameters; ratio: share of Authlib"

_SIGNATURES = 300
_CANDIDATES = ("ours", "Authlib", "oauthlib", "floor")


def run(effort: Effort) -> Iterator[Row]:
    """Yield one row, or print a message if valgrind is not installed."""
    if not counting.is_possible():
        yield Row("GET, 3 parameters", "k", {}, note="skipped: valgrind is not installed")
        return
    counted = counting.thousands(Difference(Run("signers", name, _SIGNATURES), Run("signers")) for name in _CANDIDATES)
    figures = dict(zip(_CANDIDATES, counted, strict=True))
    yield Row("GET, 3 parameters", "k", figures, figures["Authlib"] / figures["ours"], Goal(FRACTION, 9, 14))
