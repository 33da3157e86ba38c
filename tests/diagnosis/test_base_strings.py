"""The base strings of a client that makes mistakes."""

from oauthone.diagnosis.base_strings import base_strings, right_base_string
from oauthone.diagnosis.sent_request import read_request

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
