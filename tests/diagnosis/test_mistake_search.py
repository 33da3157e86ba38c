"""The search for what leads to a signature."""

from collections.abc import Iterator

from oauthone.diagnosis.base_strings import BaseString
from oauthone.diagnosis.key_mistakes import Identifiers, Secrets, join
from oauthone.diagnosis.mistake_search import find_mistakes, search
from oauthone.diagnosis.search_targets import Match, TextTarget
from oauthone.diagnosis.sent_request import read_request
from oauthone.diagnosis.signature_targets import SigningCredentials
from oauthone.diagnosis.signing_steps import Choice

from .refused import sent

CREDENTIALS = SigningCredentials(Secrets("s3cret", "t0ken", join), Identifiers("client", "t", None))


def strings(*found: tuple[str, tuple[str, ...]]) -> list[BaseString]:
    return [BaseString(text, len(way), (Choice(text, way),)) for text, way in found]


def test_every_way_with_the_fewest_mistakes_is_found() -> None:
    candidates = strings(("x", ()), ("a", ("one",)), ("a", ("other",)), ("a", ("one", "more")))
    assert search(candidates, TextTarget("a"), 2) == Match(1, [("one",), ("other",)])
    assert search(candidates, TextTarget("b"), 2) is None
    assert search(strings(("a", ()), ("a", ())), TextTarget("a"), 2) == Match(0, [()])


def test_more_mistakes_than_the_fewest_are_not_reported() -> None:
    class Twice(TextTarget):
        def matches(self, text: str, mistakes: int, least: int = 0) -> Iterator[Match]:
            yield Match(0, [("few",)])
            yield Match(1, [("many", "more")])

    assert search(strings(("a", ("one",))), Twice("a"), 2) == Match(1, [("one", "few")])


def test_a_right_signature_has_no_mistake() -> None:
    assert find_mistakes(read_request(**sent()), CREDENTIALS) == Match(0, [()])


def test_a_request_without_a_signature_has_no_match() -> None:
    assert find_mistakes(read_request("GET", "https://a/"), CREDENTIALS) is None


def test_the_method_and_the_kind_of_a_signature_may_be_wrong_together_with_another_mistake() -> None:
    request = read_request(**sent(signature_method="PLAINTEXT", token_secret=""))
    labelled = request._replace(
        parameters=tuple(
            one._replace(value="HMAC-SHA1") if one.value == "PLAINTEXT" else one for one in request.parameters
        )
    )
    assert find_mistakes(labelled, CREDENTIALS, 1) is None
    found = find_mistakes(labelled, CREDENTIALS)
    assert found == Match(2, [("signed-with:PLAINTEXT", "token-secret-left-out")])
