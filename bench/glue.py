"""What our module for each framework adds to a verification: the time of a protected resource over that of an open one.

Both resources answer the same request in the same framework, so that its own work cancels out. What is left is the
verification and the glue around it: the request read from a scope or an environ, the body asked for, the headers of the
response. It is divided by the time of `Verifier.verify` for the same request, called after the open resource: there the
caches and branch predictors of the processor are filled by the framework, as they are for the protected resource. The
note has the time of `Verifier.verify` in a loop of its own too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from oauthone.server import Verifier

from . import cases, glue_applications, glue_starlette
from .accepting_store import AcceptingStore
from .glue_applications import check
from .glue_calls import signed_headers
from .measure import Effort, Samples, compare
from .report import OVER, Goal, Row

TITLE = (
    "glue: GET with 3 parameters, protected less open, without sockets; ratio: over Verifier.verify in the same place"
)

_PLACES = glue_applications.PLACES | glue_starlette.PLACES
#: The frameworks for which a limit is set.
_LIMITED = ("ASGI", "WSGI", "Flask", "Django")


def run(effort: Effort) -> Iterator[Row]:
    """Yield one row for each framework."""
    store, headers = AcceptingStore(), signed_headers()
    found, verify = [place(store) for place in _PLACES.values()], bare(store, headers)
    runs: dict[str, Callable[[], Any]] = {"bare": verify}
    for place in found:
        check(place, headers)
        is_open = place.is_open(headers)
        runs[f"{place.name}, open"] = is_open
        runs[f"{place.name}, open and bare"] = _both(is_open, verify)
        runs[f"{place.name}, protected"] = place.is_protected(headers)
    samples = compare(runs, effort)
    for place in found:
        yield _row(place.name, samples)


def _both(first: Callable[[], Any], second: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> None:
        first()
        second()

    return run


def _row(name: str, samples: Samples) -> Row:
    rounds, names = samples.rounds, ("open", "open and bare", "protected")
    is_open, then_bare, protected = (rounds[f"{name}, {which}"] for which in names)
    added = [one - other for one, other in zip(protected, is_open, strict=True)]
    in_place = [one - other for one, other in zip(then_bare, is_open, strict=True)]
    kept = Samples({"ours": added, "in place": in_place, "bare": rounds["bare"], "open": is_open})
    medians = kept.medians()
    note = (
        f"{medians['open']:.1f} µs open; Verifier.verify takes {medians['in place']:.1f} µs there and "
        f"{medians['bare']:.1f} µs in a loop of its own, {kept.ratio('ours', 'bare'):.2f} × of which are added"
    )
    goal = Goal(OVER, 1.4 if name in _LIMITED else None)
    return Row(name, "µs", medians, kept.ratio("ours", "in place"), goal, note, kept)


def bare(store: Any, headers: Mapping[str, str]) -> Callable[[], Any]:
    """Return the verification without a framework."""
    verifier, case = Verifier(store), cases.GET_3
    return lambda: verifier.verify(case.method, case.url, headers)
