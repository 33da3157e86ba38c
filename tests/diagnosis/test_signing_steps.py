"""The steps of signing, and the combinations of mistakes that lead to one value."""

from oauthone.diagnosis.signing_steps import Choice, choices, composed, encode, encode_part, merged


def ways(found: list[Choice[int]]) -> dict[int, list[tuple[str, ...]]]:
    return {choice.value: choice.ways for choice in found}


def test_a_mistake_that_makes_no_difference_is_left_out() -> None:
    assert ways(choices(1, [("same", 1), ("two", 2)])) == {1: [()], 2: [("two",)]}


def test_mistakes_that_lead_to_the_same_value_share_a_choice() -> None:
    assert ways(choices(1, [("a", 2), ("b", 2), ("a", 2)])) == {1: [()], 2: [("a",), ("b",)]}


def test_one_mistake_follows_another_but_not_itself() -> None:
    found = ways(composed(1, lambda value: [("double", value * 2), ("triple", value * 3)], 2))
    assert found == {1: [()], 2: [("double",)], 3: [("triple",)], 6: [("double", "triple")]}
    assert ways(composed(1, lambda value: [("double", value * 2)], 0)) == {1: [()]}


def test_ways_are_combined() -> None:
    assert merged([("a",), ("b",)], [()], [("c",)]) == [("a", "c"), ("b", "c")]
    assert merged([("a",)], [("a",)]) == [("a",)]
    assert merged([("a",)], [()]) == [("a",)]
    assert merged([()]) == [()]


def test_both_encoders_encode_alike() -> None:
    text = "".join(map(chr, range(256)))
    assert encode(text) == encode_part(text)
    assert encode("aZ9") == "aZ9"
