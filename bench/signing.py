"""Header signatures in a hot loop."""

from __future__ import annotations

from collections.abc import Iterator

from . import cases
from .candidates import authlib, checked, fastest, oauthlib, ours
from .measure import Effort, compare
from .report import TIMES, Goal, Row

TITLE = "signing: an HMAC signature in the header; ratio: times as fast as Authlib"

_GOALS = {
    cases.GET_PLAIN: Goal(TIMES),
    cases.GET_3: Goal(TIMES, 10, 16),
    cases.FORM_10: Goal(TIMES, 8, 12),
    cases.JSON_1K: Goal(TIMES, 12, 20),
    cases.JSON_1K_HASH: Goal(TIMES, 12, 20),
}


def run(effort: Effort) -> Iterator[Row]:
    """Yield one row for each kind of request, and one for a signature method that Authlib does not have."""
    for case, goal in _GOALS.items():
        signers = {"ours": ours(case), "Authlib": authlib(case), "oauthlib": oauthlib(case), "floor": fastest(case)}
        samples = compare(checked(signers, case), effort)
        yield Row(case.name, "µs", samples.medians(), samples.ratio("Authlib", "ours"), goal, samples=samples)
    yield _sha256(effort)


def _sha256(effort: Effort) -> Row:
    case, method = cases.GET_3, "HMAC-SHA256"
    signers = {"ours": ours(case, method), "oauthlib": oauthlib(case, method), "floor": fastest(case, method)}
    samples = compare(checked(signers, case), effort)
    note = "Authlib does not offer it; the ratio is to oauthlib"
    return Row(f"{case.name}, {method}", "µs", samples.medians(), samples.ratio("oauthlib", "ours"), note=note)
