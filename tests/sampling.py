"""How much a slow test tries: a part in `make test`, and everything in `.ci/run`.

A property tries a fifth of its examples (`examples`), a list of cases a third (`portion`). Of a product, such as every
store with every case, `covering` chooses a part that leaves out no store and no case, or no pair of them if there are
three lists. A test that is parametrized with the whole product has the marker `covering` instead, with the same
arguments: the hook below deselects the rest.
"""

import os
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from heapq import heapify, heappop, heapreplace
from itertools import combinations
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings

T = TypeVar("T")
Case = TypeVar("Case", bound=tuple[Hashable, ...])

#: Whether a profile with more examples is chosen: `.ci/run` names one, and so do a CI service and `make exhaust`.
FULL = (os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default")) != "default"


def examples(count: int, **options: Any) -> settings:
    """Settings for ``count`` examples, or for more if the profile has more, on a machine of any speed."""
    size = count if FULL else count // 5
    options = {"suppress_health_check": [HealthCheck.too_slow], **options}
    return settings(max_examples=max(size, settings.default.max_examples), deadline=None, **options)


def portion(cases: Sequence[T], turn: int) -> Sequence[T]:
    """All ``cases``, or every third one. Tests with three consecutive turns try all of them together."""
    return cases if FULL else cases[turn % 3 :: 3]


def covering(product: Iterable[Case], *, together: int = 1, times: int = 1) -> list[Case]:
    """All tuples of ``product``, or the part of them that `chosen` keeps.

    Args:
        product: the tuples, usually ``itertools.product(STORES, CASES)``; those that make no sense are left out.
        together: 1 to keep every value of every list, 2 to keep every pair of values from two lists.
        times: in how many tuples each value, or each pair, remains, if it is in so many.
    """
    cases = [*product]
    return cases if FULL else chosen(cases, together, times)


def chosen(cases: Sequence[Case], together: int, times: int) -> list[Case]:
    """Return the fewest of ``cases`` that a greedy search finds to keep every value, or every pair.

    The next case is always the one with most values that are still missing; of several, the one whose values were
    chosen least often, so that all have their share; of those, the first. So the choice depends on the order of
    ``cases`` alone. A case can only lose by the choice of others, so only the best of the heap is counted again.
    """
    parts = [[*combinations(enumerate(case), together)] for case in cases]
    seen: Counter[Hashable] = Counter()

    def merit(index: int) -> tuple[int, int, int]:
        uses = [seen[part] for part in parts[index]]
        return -sum(used < times for used in uses), sum(uses), index

    waiting = [merit(index) for index in range(len(cases))]
    heapify(waiting)
    found: set[int] = set()
    while waiting and waiting[0][0]:
        index = waiting[0][2]
        now = merit(index)
        if now > waiting[0]:
            heapreplace(waiting, now)
            continue
        heappop(waiting)
        found.add(index)
        seen.update(parts[index])
    return [case for index, case in enumerate(cases) if index in found]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what tests with the marker ``covering`` leave to `.ci/run`, unless ``-k`` or an id names it alone."""
    products: dict[str, dict[pytest.Item, tuple[int, ...]]] = {}
    choices: dict[str, pytest.Mark] = {}
    for item in items:
        if isinstance(item, pytest.Function) and (marker := item.get_closest_marker("covering")):
            function = item.nodeid.partition("[")[0]
            choices[function] = marker
            products.setdefault(function, {})[item] = (*map(id, item.callspec.params.values()),)
    left_out: set[pytest.Item] = set()
    for function, product in products.items():
        kept = {*covering(product.values(), **choices[function].kwargs)}
        left_out.update(item for item, case in product.items() if case not in kept)
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]
