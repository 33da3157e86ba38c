"""Headers that are not written as RFC 5849 has them. Frameworks and libraries judge which of them can be read."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from oauthlib.oauth1.rfc5849.utils import parse_authorization_header

from oauthone.diagnosis.header_faults import loose_header, unreadable_header
from oauthone.diagnosis.sent_request import read_request

from .refused import changed, diagnosed, sent

REFUSED: Any = (401, {}, "")


def written(change: Callable[[str], str]) -> dict[str, Any]:
    request = sent()
    return {**request, "headers": {**request["headers"], "Authorization": change(request["headers"]["Authorization"])}}


def in_other_quotes(quotes: str) -> Callable[[str], str]:
    return lambda header: re.sub('"([^"]*)"', rf"{quotes[0]}\1{quotes[-1]}", header)


UNREADABLE: list[tuple[Callable[[str], str], str]] = [
    (lambda header: header.removeprefix("OAuth "), "lacks the scheme 'OAuth'"),
    (lambda header: header.replace("OAuth ", "OAuth1 "), "begins with 'OAuth1' instead of 'OAuth'"),
    (lambda header: header.replace("OAuth ", "OAuth: "), "begins with 'OAuth:' instead of 'OAuth'"),
    (lambda header: header.replace("OAuth ", "Bearer "), "begins with 'Bearer' instead of 'OAuth'"),
    (lambda header: header.replace(", ", "&"), "has '&' between its parameters"),
    (lambda header: header.replace(", ", "&").replace('"', ""), "has '&' between its parameters"),
    (
        lambda header: header.replace("=", "%3D").replace('"', "%22").replace(" ", "%20"),
        "is percent-encoded as a whole",
    ),
    (lambda header: header.replace("oauth_", "OAUTH_"), "has a parameter 'OAUTH_consumer_key'"),
    (lambda header: header.replace("oauth_signature=", "oauth-signature="), "has a parameter 'oauth-signature'"),
    (in_other_quotes("'"), "has other quotes"),
    (in_other_quotes("\u201c\u201d"), "has other quotes"),
    (lambda header: in_other_quotes("\u2018\u2019")(header).encode().decode("latin-1"), "has other quotes"),
]
LOOSE: list[tuple[Callable[[str], str], str]] = [
    (lambda header: header.replace('",', '";'), "has semicolons between its parameters"),
    (lambda header: header.replace('",', '"'), "lacks commas between its parameters"),
    (lambda header: header.replace('"', ""), "lacks the quotes around its values"),
    (lambda header: header.replace("OAuth ", "OAuth realm=Api, "), "lacks the quotes around the realm"),
    (lambda header: f"{header},", "ends with a comma"),
]
RIGHT: list[Callable[[str], str]] = [
    str,
    lambda header: header.replace("OAuth ", 'oauth realm="a, b=; \\"c",'),
    lambda header: header.replace(", ", ",\n  "),
    lambda header: header.replace('="', ' = "'),
]


def is_read_by_oauthlib(header: str) -> bool:
    """Return whether oauthlib finds the parameters with their values."""
    try:
        found = dict(parse_authorization_header(header))
    except ValueError:
        return False
    return found.get("oauth_consumer_key") == "client" and "oauth_signature" in found


@pytest.mark.parametrize(("change", "words"), UNREADABLE)
def test_a_header_that_cannot_be_read(change: Callable[[str], str], words: str) -> None:
    request = written(change)
    found = diagnosed(request, REFUSED)
    assert (found.mistake, words in found.explanation) == ("header-malformed", True), found
    assert not is_read_by_oauthlib(request["headers"]["Authorization"])


@pytest.mark.parametrize(("change", "words"), LOOSE)
def test_a_header_that_some_servers_read(change: Callable[[str], str], words: str) -> None:
    request = written(change)
    found = diagnosed(request, REFUSED)
    assert (found.mistakes, words in found.explanation) == (("header-malformed",), True), found
    assert diagnosed(request).verdict == "unknown", "nobody says that it was refused"
    assert diagnosed(request, (200, {}, "")).verdict == "right"
    assert diagnosed(request, (401, {}, "oauth_problem=nonce_used")).mistakes == ("nonce-used",)


@pytest.mark.parametrize("change", RIGHT)
def test_a_header_as_it_has_to_be(change: Callable[[str], str]) -> None:
    request = read_request(**written(change))
    assert (unreadable_header(request), loose_header(request)) == (None, None)
    assert diagnosed(written(change), REFUSED).verdict == "unknown"


def test_a_loose_header_and_a_wrong_signature_are_both_named() -> None:
    request = changed(sent(token_secret=""), '",', '"')
    assert diagnosed(request, REFUSED).mistakes == ("token-secret-left-out", "header-malformed")


def test_another_header() -> None:
    request = sent()
    header = request["headers"]["Authorization"]
    bare = {name: value for name, value in request["headers"].items() if name != "Authorization"}
    pairs = dict(re.findall('(oauth_[a-z_]+)="([^"]*)"', header))
    found = diagnosed({**request, "headers": {**bare, **pairs}}, REFUSED)
    assert (found.mistake, "headers of their own" in found.explanation) == ("header-misplaced", True)
    found = diagnosed({**request, "headers": {**bare, "X-Authorization": header}}, REFUSED)
    assert (found.mistake, "in another header" in found.explanation) == ("header-misplaced", True)
    assert diagnosed({**request, "headers": {**bare, "X-Note": "OAuth is old"}}, REFUSED).mistake == "unsigned"


def test_two_authorizations() -> None:
    pairs = list(sent()["headers"].items())
    both = {**sent(), "headers": [*pairs, ("Authorization", "Basic dTpw")]}
    found = diagnosed(both, REFUSED)
    assert (found.mistake, "another scheme" in found.explanation) == ("header-malformed", True)
    assert diagnosed({**sent(), "headers": pairs}, REFUSED).verdict == "unknown"


def test_the_token_of_another_protocol() -> None:
    bearer = {**sent(), "headers": {"Authorization": "Bearer abc"}}
    found = diagnosed(bearer, REFUSED)
    assert (found.mistake, "OAuth 2.0" in found.explanation) == ("unsigned", True)
    assert "OAuth 2.0" not in diagnosed({**bearer, "headers": {}}, REFUSED).explanation


def test_a_header_without_a_signature_is_not_malformed() -> None:
    assert diagnosed(written(lambda header: header.partition(", oauth_signature=")[0]), REFUSED).mistake == "unsigned"


def test_nothing_odd_is_known_of_a_signature_in_the_query() -> None:
    request = read_request("GET", "https://api.example/?oauth_signature=x")
    assert (unreadable_header(request), loose_header(request)) == (None, None)
    odd = read_request("GET", "https://api.example/", {"Authorization": "OAuth oauth_signature"})
    assert loose_header(odd) is None
