"""The base strings of a client that makes mistakes."""

from oauthone.diagnosis.base_strings import BaseString, BaseStrings, right_base_string, right_base_strings
from oauthone.diagnosis.likelihood import rarest
from oauthone.diagnosis.sent_request import SentRequest, read_request

from .refused import base_string, sent


def every(request: SentRequest, number: int) -> list[BaseString]:
    texts = BaseStrings(request)
    return [one for rank in range(rarest(number) + 1) for one in texts.of(number, rank)]


def test_the_right_base_string_has_no_mistake() -> None:
    request = read_request(**sent())
    (only,) = every(request, 0)
    assert (only.text, only.ways()) == (base_string(), [()])
    assert right_base_string(request) == base_string()


def test_what_base_strings_share_is_encoded_once() -> None:
    requests = [read_request(**sent(url=f"https://api.example/{path}?b=x%20y&b=~")) for path in ("p", "a%20b")]
    other = requests[0]._replace(parameters=requests[0].parameters[1:], method="get")
    assert list(right_base_strings([*requests, other])) == [right_base_string(one) for one in (*requests, other)]


def test_base_strings_are_made_by_the_number_and_the_rank_of_their_mistakes() -> None:
    texts = BaseStrings(read_request(**sent()))
    for number in range(3):
        for rank in range(rarest(number) + 1):
            for one in texts.of(number, rank):
                assert all(len(way) <= number for way in one.ways())
                completed = [step.completed() for step in one.steps]
                assert sum(step.rank for step in completed) == rank
    assert texts.of(1, 1) is texts.of(1, 1)


def test_the_work_grows_with_the_parameters_and_stays_bounded() -> None:
    """The number of base strings does not grow with that of the parameters."""

    def number_of(parameters: int) -> int:
        query = "&".join(f"a{number}=x%20y" for number in range(parameters))
        return len(every(read_request("GET", f"https://a/?{query}"), 2))

    assert number_of(200) < 1.2 * number_of(100) < 6_000
