"""The base strings of a client that makes mistakes."""

from hypothesis import given
from hypothesis import strategies as st

from oauthone.diagnosis.base_strings import Joiner, base_strings, right_base_string
from oauthone.diagnosis.encoding_mistakes import wrong_encodings
from oauthone.diagnosis.parameter_mistakes import in_order, wrong_orders
from oauthone.diagnosis.sent_request import Parameter, read_request
from oauthone.diagnosis.signing_steps import RIGHT_ENCODING

from .refused import base_string, sent


def test_the_right_base_string_comes_first() -> None:
    request = read_request(**sent())
    first = next(base_strings(request, 2))
    assert (first.text, first.number, first.ways()) == (base_string(), 0, [()])
    assert right_base_string(request) == base_string()


def test_the_fewest_mistakes_come_first_and_no_way_has_another_number() -> None:
    found = list(base_strings(read_request(**sent()), 2))
    numbers = [one.number for one in found]
    assert numbers == sorted(numbers)
    assert set(numbers) == {0, 1, 2}
    assert all(len(way) <= one.number for one in found for way in one.ways())


def test_the_work_grows_with_the_parameters_and_stays_bounded() -> None:
    """The number of base strings does not grow with that of the parameters."""

    def number_of(parameters: int) -> int:
        query = "&".join(f"a{number}=x%20y" for number in range(parameters))
        return len(list(base_strings(read_request("GET", f"https://a/?{query}"), 2)))

    assert number_of(200) < 1.2 * number_of(100) < 6_000


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=5))
def test_pieces_are_encoded_as_the_whole_would_be(pairs: list[tuple[str, str]]) -> None:
    """By every encoder, and in every order."""
    octets = [tuple(text.encode().decode("latin-1") for text in pair) for pair in pairs]
    parameters = tuple(Parameter("query", pair, *pair) for pair in octets)
    encodings = [RIGHT_ENCODING, *(encoding for _, encoding in wrong_encodings(RIGHT_ENCODING))]
    for encoding in encodings:
        joiner = Joiner(encoding, in_order)
        for order in (in_order, *(order for _, order in wrong_orders())):
            for _ in range(2):  # the second time from what it remembers
                part, encode = joiner.in_another_order(order).join(parameters)
                assert part.encoded == encode(part.text) == encoding.part(part.text)
