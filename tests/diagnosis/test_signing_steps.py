"""The steps of signing, and the combinations of mistakes that lead to one value."""

from collections.abc import Callable

from oauthone.diagnosis.likelihood import SAME_STEP, rarest
from oauthone.diagnosis.signing_steps import Choice, Step, changes, choices, merged, same


def ways(found: list[Choice[int]]) -> dict[int, list[tuple[str, ...]]]:
    return {choice.value: choice.ways for choice in found}


def test_a_mistake_that_makes_no_difference_is_left_out() -> None:
    assert ways(choices(1, [("same", 1), ("two", 2)])) == {1: [()], 2: [("two",)]}


def test_mistakes_that_lead_to_the_same_value_share_a_choice() -> None:
    assert ways(choices(1, [("a", 2), ("b", 2), ("a", 2)])) == {1: [()], 2: [("a",), ("b",)]}


def step(right: int, *wrong: tuple[str, Callable[[int], int]]) -> Step[int, int]:
    return Step(right, same, lambda: changes(wrong))


def made(found: Step[int, int], number: int) -> dict[int, list[tuple[str, ...]]]:
    taken = [choice.completed() for rank in range(rarest(number) + 1) for choice in found.of(number, rank)]
    return {choice.value: choice.ways for choice in taken}


def test_one_mistake_follows_another_in_their_order_but_not_itself() -> None:
    found = step(1, ("unsorted", lambda value: value + 1), ("query-twice", lambda value: value * 3))
    assert made(found, 0) == {1: [()]}
    assert made(found, 1) == {2: [("unsorted",)], 3: [("query-twice",)]}
    assert made(found, 2) == {6: [("unsorted", "query-twice")]}
    assert [choice.completed().rank for choice in found.of(2, 2 + SAME_STEP)] == [2 + SAME_STEP]
    again = step(1, ("unsorted", lambda value: value + 1), ("unsorted", lambda value: value + 2))
    assert made(again, 2) == {}


def test_mistakes_with_one_effect_share_a_choice_with_the_likelier_rank() -> None:
    found = step(1, ("query-twice", lambda _: 2), ("unsorted", lambda _: 2), ("realm-signed", lambda value: value))
    assert made(found, 1) == {2: [("unsorted",), ("query-twice",)]}
    assert [choice.value for choice in found.of(1, 0)] == [2]
    assert made(found, 2) == {}


def test_a_choice_is_completed_by_the_ways_that_were_left_out() -> None:
    found = step(
        1,
        ("unsorted", lambda value: value + 1),
        ("query-left-out", lambda value: value * 5),
        ("another-http-method", lambda value: value * 5 if value == 2 else value * 7),
        ("query-twice", lambda value: value),
    )
    (choice,) = found.of(2, SAME_STEP)
    completed = choice.completed()
    assert completed.ways == [("unsorted", "query-left-out"), ("unsorted", "another-http-method")]
    assert choice.completed() is completed
    assert found.right.completed().ways == [()]


def test_ways_are_combined() -> None:
    assert merged([("a",), ("b",)], [()], [("c",)]) == [("a", "c"), ("b", "c")]
    assert merged([("a",)], [("a",)]) == [("a",)]
    assert merged([("a",)], [()]) == [("a",)]
    assert merged([()]) == [()]
