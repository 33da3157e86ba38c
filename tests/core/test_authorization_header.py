"""The ``Authorization`` header (RFC 5849 section 3.5.1): how it is written."""

import pytest

from oauthone.core.authorization_header import authorization_header, realm_prefix
from oauthone.errors import SigningError

PAIRS = ["oauth_nonce\0n%2B", "oauth_token\0"]


def test_a_header_lists_the_realm_first_and_every_value_in_quotes() -> None:
    assert authorization_header(realm_prefix("Photos"), PAIRS) == (
        'OAuth realm="Photos", oauth_nonce="n%2B", oauth_token=""'
    )


@pytest.mark.seen_in("python-oauth2#151")
@pytest.mark.seen_in("mrjones/oauth#73")
@pytest.mark.seen_in("oauth-1.0a#50")
@pytest.mark.parametrize(
    ("realm", "prefix"),
    [
        (None, "OAuth "),
        ("", 'OAuth realm="", '),
        ('a"b', 'OAuth realm="a\\"b", '),
        ("a\\b, c=d", 'OAuth realm="a\\\\b, c=d", '),
        ("1234_SB1", 'OAuth realm="1234_SB1", '),
    ],
)
def test_a_realm_is_a_quoted_string(realm: str | None, prefix: str) -> None:
    """None leaves it out, ``""`` sends it empty, and quotes and backslashes are escaped."""
    assert realm_prefix(realm) == prefix


@pytest.mark.parametrize("realm", ["a\r\nX: y", "a\n", "\0", "é", "\x7f"])
def test_a_realm_that_no_header_can_hold_is_refused(realm: str) -> None:
    with pytest.raises(SigningError, match="non-ASCII character, which a header cannot carry"):
        realm_prefix(realm)
