"""Mistakes about the order of parameters."""

from hypothesis import given
from hypothesis import strategies as st

from oauthone.diagnosis.parameter_orders import in_order, wrong_orders
from oauthone.diagnosis.sent_request import read_request


@given(st.lists(st.tuples(st.sampled_from("abAB%2C"), st.sampled_from("01~")), max_size=6))
def test_every_order_keeps_every_parameter(pairs: list[tuple[str, str]]) -> None:
    request = read_request("GET", "https://a/?" + "&".join(map("=".join, pairs)))
    encoded = [(f"{one.name}\0{one.value}", one) for one in request.parameters]
    assert in_order(encoded) == sorted(text for text, _ in encoded)
    for _, order in wrong_orders():
        assert sorted(order(encoded)) == in_order(encoded)


def orders_of(word: str, query: str) -> list[str]:
    encoded = [(f"{one.name}\0{one.value}", one) for one in read_request("GET", f"https://a/?{query}").parameters]
    return ["&".join(order(encoded)).replace("\0", "=") for found, order in wrong_orders() if found == word]


def test_numbers_in_names_are_sorted_by_their_size() -> None:
    assert orders_of("sorted-naturally", "item10=a&item9=b&item=c") == ["item=c&item9=b&item10=a"]


def test_values_are_sorted_as_text_or_as_in_php() -> None:
    """PHP compares two numbers as numbers, and all else as text."""
    assert orders_of("sorted-by-value", "a=10&b=9&c=x&d=1.5") == ["d=1.5&b=9&a=10&c=x", "d=1.5&a=10&b=9&c=x"]
