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


def portion(cases: Sequence[T], turn: int, of: int = 3) -> Sequence[T]:
    """All ``cases``, or every third one. Tests with three consecutive turns try all of them together.

    Args:
        cases: what the test tries.
        turn: which part it tries, for example the number of the test.
        of: how many parts there are, if not three.
    """
    return cases if FULL else cases[turn % of :: of]


def covering(product: Iterable[Case], *, together: int = 1, times: int = 1) -> list[Case]:
    """All tuples of ``product``, or the part of them that `chosen` keeps.

    Args:
        product: the tuples, usually ``itertools.product(STORES, CASES)``; those that make no sense are left out.
        together: 1 to keep every value of every list, 2 to keep every pair of values from two lists.
        times: in how many tuples each value, or each pair, remains, if it is in so many.
    """
    cases = [*product]
    if FULL:
        return cases
    return [cases[index] for index in chosen([[*enumerate(case)] for case in cases], together, times)]


def chosen(cases: Iterable[Iterable[Hashable]], together: int, times: int) -> list[int]:
    """Return the indices of the fewest of ``cases`` that a greedy search finds to keep every value, or every pair.

    The next case is always the one with most values that are still missing; of several, the one whose values were
    chosen least often, so that all have their share; of those, the first. So the choice depends on the order of
    ``cases`` alone. A case can only lose by the choice of others, so only the best of the heap is counted again.
    """
    parts = [[*combinations(case, together)] for case in cases]
    seen: Counter[Hashable] = Counter()

    def merit(index: int) -> tuple[int, int, int]:
        uses = [seen[part] for part in parts[index]]
        return -sum(used < times for used in uses), sum(uses), index

    waiting = [merit(index) for index in range(len(parts))]
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
    return sorted(found)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what tests with the marker ``covering`` leave to `.ci/run`, unless ``-k`` or an id names it alone.

    With ``of_module=True``, the tests of a module that say so are a list of the product, too: each of them runs, and
    each value of each of their parameters is in one of them.
    """
    products: dict[str, list[pytest.Function]] = {}
    choices: dict[str, dict[str, Any]] = {}
    for item in items:
        if isinstance(item, pytest.Function) and (marker := item.get_closest_marker("covering")):
            together = {"of_module": False, "together": 1, "times": 1, **marker.kwargs}
            name = item.nodeid.partition("::" if together.pop("of_module") else "[")[0]
            choices[name] = together
            products.setdefault(name, []).append(item)
    left_out: set[pytest.Item] = set()
    if not FULL:
        for name, product in products.items():
            left_out.update(product)
            left_out.difference_update(product[index] for index in chosen(map(_values, product), **choices[name]))
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


def _values(item: pytest.Function) -> list[tuple[str, object]]:
    """The test, and the name of each parameter with its value, in the order of the names. Some values have no hash."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return [("", item.originalname), *((name, id(parameters[name])) for name in sorted(parameters))]
