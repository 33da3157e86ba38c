"""How the cost of a signature grows: with parameters, with raw characters, and with the size of a hashed body."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator

from . import cases
from .candidates import Sign, authlib, checked, fastest, oauthlib, ours
from .measure import Effort, Samples, compare
from .report import OVER, TIMES, Goal, Row

TITLE = "growth: with parameters, raw characters, the size of a hashed body; ratio: to the case that the row names"

_BODY = b'{"text": "%s"}' % (b"x" * 10_000_000)
_LARGE = cases.Case("10 MB + body hash, × hashlib alone", "POST", cases.API, _BODY, cases.JSON, True)
_LINEAR = Goal(OVER, 12)


def run(effort: Effort) -> Iterator[Row]:
    """Yield rows for forms of growing length, for raw reserved characters, and for a large body."""
    yield from _forms(effort)
    samples = compare(_signers(cases.GET_RAW), effort)
    name = f"{cases.GET_RAW.name}, of Authlib"
    yield Row(name, "µs", samples.medians(), samples.ratio("Authlib", "ours"), samples=samples)
    yield _body_hash(effort)
    yield _memory()


def _forms(effort: Effort) -> Iterator[Row]:
    previous: Samples | None = None
    for exponent in range(5):
        count = 10**exponent
        case = cases.Case(f"form of {count:,}", "POST", cases.API, cases.form(count), cases.FORM)
        samples = compare(_signers(case), effort.fewer(25 if count < 1000 else 9))
        if previous is None:
            yield Row(case.name, "µs", samples.medians(), samples=samples)
        else:
            slope = samples.median("ours") / previous.median("ours")
            note = f"Authlib {samples.median('Authlib') / previous.median('Authlib'):.3g} ×"
            name = f"{case.name}, × form of {count // 10:,}"
            yield Row(name, "µs", samples.medians(), slope, _LINEAR, note, samples)
        previous = samples
    assert previous is not None
    ratio = previous.ratio("Authlib", "ours")
    yield Row("form of 10,000, of Authlib", "µs", previous.medians(), ratio, Goal(TIMES, 4, 8))


def _signers(case: cases.Case) -> dict[str, Sign]:
    signers = {"ours": ours(case), "Authlib": authlib(case), "oauthlib": oauthlib(case), "floor": fastest(case)}
    return checked(signers, case)


def _body_hash(effort: Effort) -> Row:
    samples = compare({**_signers(_LARGE), "hashlib": lambda: hashlib.sha1(_BODY).digest()}, effort.fewer(9))
    peer = f"{samples.ratio('Authlib', 'ours'):.0f} times as fast as Authlib"
    note = f"hashlib alone {samples.median('hashlib'):,.0f} µs; {peer}"
    ratio = samples.ratio("ours", "hashlib")
    return Row(_LARGE.name, "µs", samples.medians(), ratio, Goal(OVER, 1.1, 1.1), note, samples)


def _memory() -> Row:
    peaks = {name: _peak(sign) for name, sign in _signers(_LARGE).items()}
    ratio = peaks["ours"] * 1e6 / len(_BODY)
    note = "the peak of what Python allocates meanwhile"
    return Row("10 MB + body hash, memory × the body", "MB", peaks, ratio, Goal(OVER, 0.05, 0.01), note)


def _peak(sign: Sign) -> float:
    tracemalloc.start()
    try:
        sign()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
