"""The search for what leads to a signature."""

import hmac
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from oauthone.diagnosis.base_strings import BaseString
from oauthone.diagnosis.key_mistakes import Identifiers, Secrets, join
from oauthone.diagnosis.mistake_search import Effort, Match, find_mistakes, search
from oauthone.diagnosis.search_targets import Chosen, TextTarget
from oauthone.diagnosis.sent_request import read_request
from oauthone.diagnosis.signature_targets import SigningCredentials
from oauthone.diagnosis.signing_steps import Choice

from .refused import sent

CREDENTIALS = SigningCredentials(Secrets("s3cret", "t0ken", join), Identifiers("client", "t", None))


class Strings:
    """Base strings, each with the mistakes that lead to it, all of rank 0."""

    def __init__(self, *found: tuple[str, tuple[str, ...]]) -> None:
        self.found = found
        self.read = 0

    def of(self, number: int, rank: int) -> Iterator[BaseString]:
        for text, way in self.found:
            if len(way) == number and not rank:
                self.read += 1
                yield BaseString(text, (Choice(text, way),))


def found_in(texts: Strings, text: str, mistakes: int = 2) -> Match | None:
    return search(texts, [(Choice(None, ()), TextTarget(text))], mistakes)


def test_every_way_with_the_fewest_mistakes_is_found() -> None:
    texts = Strings(("x", ()), ("a", ("one",)), ("a", ("other",)), ("a", ("one", "more")))
    assert found_in(texts, "a") == Match(1, [("one",), ("other",)])
    assert found_in(texts, "b") is None
    assert found_in(texts, "a", 0) is None
    assert found_in(Strings(("a", ()), ("a", ())), "a") == Match(0, [()])


@pytest.mark.parametrize(
    ("encode", "mistake"),
    [
        (quote, "slash-left-unencoded"),
        (lambda text: re.sub("%..", lambda found: found[0].lower(), quote(text, safe="~")), "escapes-in-lower-case"),
        (lambda text: quote(text, safe="~!*'()"), "reserved-left-unencoded"),
    ],
)
def test_a_client_with_one_wrong_encoder(encode: Callable[[str], str], mistake: str) -> None:
    """It encodes its secrets as it encodes the rest, or encodes them rightly: either is one mistake."""
    secrets = Secrets("zK9#qW3/xB7+nV!", "yT6=pL2&hJ8%rD/", join)
    credentials = CREDENTIALS._replace(secrets=secrets)
    pairs = [("a", "x/y!(é"), ("oauth_consumer_key", "client"), ("oauth_signature_method", "HMAC-SHA1")]
    joined = "&".join(sorted(f"{encode(name)}={encode(value)}" for name, value in pairs))
    text = f"GET&{encode('https://api.example/p')}&{encode(joined)}"
    for key, word in (
        (f"{encode(secrets.client)}&{encode(secrets.token)}", f"{mistake}:in-secrets"),
        (join(secrets.client, secrets.token), mistake),
    ):
        signature = b64encode(hmac.digest(key.encode(), text.encode(), "sha1")).decode()
        header = f'OAuth oauth_consumer_key="client",oauth_signature_method="HMAC-SHA1",oauth_signature="{signature}"'
        url = f"https://api.example/p?a={quote('x/y!(é', safe='')}"
        found = find_mistakes(read_request("GET", url, {"Authorization": header}), credentials)
        assert found is not None
        assert found.ways[0] == (word,)


def test_only_a_target_with_a_key_shows_the_encoder_of_the_secrets() -> None:
    class Encoded(Strings):
        def of(self, number: int, rank: int) -> Iterator[BaseString]:
            for one in super().of(number, rank):
                yield one._replace(key_encoders=(("one", str.lower),))

    assert found_in(Encoded(("a", ("one",))), "a") == Match(1, [("one",)])


def test_without_secrets_nothing_is_found() -> None:
    assert find_mistakes(read_request(**sent()), CREDENTIALS._replace(secrets=None)) is None


def test_pairs_are_tried_until_too_much_work_is_done() -> None:
    """However long a request is, and however many pairs there are. Single mistakes are always tried."""
    texts = Strings(*(("x" * 100_000, (f"{number}", "other")) for number in range(100)), ("y", ("z",)))
    assert found_in(texts, "x") is None
    assert 10 < texts.read < 90
    many = Strings(*(("x" * 100_000, (f"{number}",)) for number in range(100)), ("y", ("z",)))
    assert found_in(many, "y") == Match(1, [("z",)])


def test_a_thorough_search_goes_on_where_a_quick_one_ended() -> None:
    target = [(Choice(None, ()), TextTarget("y"))]
    texts = Strings(*(("x" * 100_000, (f"{number}", "other")) for number in range(100)), ("y", ("late", "other")))
    for thorough, found in ((False, None), (True, Match(2, [("late", "other")]))):
        effort = Effort(thorough=thorough)
        assert search(texts, target, 2, effort) is None
        assert (effort.was_too_small, effort.grow()) == (True, thorough)
        assert search(texts, target, 2, effort) == found
    assert not effort.grow(), "it is as large as it can be"
    few = Effort(thorough=True)
    assert search(Strings(("x", ("one", "other"))), target, 2, few) is None
    assert (few.was_too_small, few.grow()) == (False, False)


def test_a_thorough_search_ends_too() -> None:
    texts = Strings(*(("x" * 100_000, (f"{number}", "other")) for number in range(5_000)), ("y", ("late", "other")))
    effort = Effort(thorough=True)
    assert search(texts, [(Choice(None, ()), TextTarget("y"))], 2, effort) is None
    assert effort.grow()
    texts.read = 0
    assert search(texts, [(Choice(None, ()), TextTarget("y"))], 2, effort) is None
    assert (effort.was_too_small, 500 < texts.read < 1_500) == (True, True)


def test_a_mistake_in_the_spelling_of_a_signature_counts() -> None:
    class Spelled(TextTarget):
        def matches(self, text: str, number: int, rank: int) -> Iterator[Chosen]:
            for chosen in super().matches(text, number, rank):
                yield *chosen, Choice(None, ("spelling",))

    def spelled(mistakes: int) -> Match | None:
        return search(Strings(("a", ("one",))), [(Choice(None, ()), Spelled("a"))], mistakes)

    assert spelled(1) is None
    assert spelled(2) == Match(2, [("one", "spelling")])


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
