"""Of a product, `make test` tries a part in which every value, or every pair of values, is left."""

from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sampling import FULL, chosen, covering

pytest_plugins = ["pytester"]

SIZES = st.lists(st.integers(1, 6), min_size=2, max_size=4)


def counts(cases: list[tuple[int, ...]], together: int) -> Counter[tuple[Any, ...]]:
    """How often each value, or each pair, with its place, is in ``cases``."""
    return Counter(part for case in cases for part in combinations(enumerate(case), together))


@given(SIZES, st.integers(1, 2), st.integers(1, 3), st.randoms(use_true_random=False))
def test_nothing_is_left_out(sizes: list[int], together: int, times: int, random: Any) -> None:
    """Not even if some tuples of the product are missing."""
    whole = [*product(*map(range, sizes))]
    cases = [case for case in whole if random.random() < 0.8]
    found = chosen([[*enumerate(case)] for case in cases], together, times)
    kept = counts([cases[index] for index in found], together)
    assert {part: min(times, count) for part, count in counts(cases, together).items()} == {
        part: min(times, count) for part, count in kept.items()
    }


def of(*lists: Sequence[Hashable]) -> list[list[tuple[int, Hashable]]]:
    return [[*enumerate(case)] for case in product(*lists)]


def test_a_choice_is_small_and_even() -> None:
    """As few tuples as the longest list is long, or hardly more than its two longest lists have pairs."""
    cases = of(range(5), range(30))
    values = chosen(cases, 1, 1)
    assert len(values) == 30
    assert {*Counter(cases[index][0] for index in values).values()} == {6}
    assert len(chosen(cases, 1, 2)) == 60
    assert len(chosen(of(range(6), range(6), range(6), range(6)), 2, 1)) < 50


def test_a_choice_has_an_order_and_does_not_change() -> None:
    """Each process chooses the same."""
    cases = of("abc", "defg", "hi")
    assert chosen(cases, 2, 1) == chosen(cases, 2, 1) == sorted(chosen(cases, 2, 1))


def test_the_full_profile_leaves_nothing_out() -> None:
    """So `.ci/run` tries all."""
    cases = [*product("abc", "defg")]
    assert len(covering(product("abc", "defg"))) == (len(cases) if FULL else 4)


def test_the_marker_chooses_among_what_is_selected(pytester: pytest.Pytester) -> None:
    """The parameters of decorators and of fixtures are the lists of the product. What is named alone runs."""
    pytester.makeconftest("from sampling import pytest_collection_modifyitems")
    pytester.makeini("[pytest]\nmarkers = covering(together, times, of_module)\n")
    path = pytester.makepyfile(
        """
        import pytest

        @pytest.fixture(params=["a", "b", "c"])
        def store(request):
            return request.param

        @pytest.mark.covering(together=1)
        @pytest.mark.parametrize("case", ["d", "e"])
        def test_sampled(store, case):
            pass

        @pytest.mark.parametrize("case", ["d", "e"])
        def test_whole(store, case):
            pass

        @pytest.mark.covering(of_module=True)
        def test_of_module(store):
            pass

        @pytest.mark.covering(of_module=True)
        @pytest.mark.parametrize("other", ["f", {}])
        def test_of_module_too(store, other):
            pass
        """
    )

    def outcomes(*arguments: str) -> dict[str, int]:
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments).parseoutcomes()

    assert outcomes() == ({"passed": 21} if FULL else {"passed": 12, "deselected": 9})
    assert outcomes(f"{path}::test_sampled[a-e]") == {"passed": 1}
    assert outcomes(f"{path}::test_sampled[b-e]") == {"passed": 1}
