"""The ``Authorization`` header (RFC 5849 section 3.5.1): how it is read, and what is rejected."""

import pytest

from oauthone.core.received_header import OAUTH_SCHEME, parse_authorization_header
from oauthone.errors import VerificationError


@pytest.mark.parametrize("value", ["OAuth", "oauth x", "OAUTH\tx", "OAuth "])
def test_the_scheme_is_oauth_in_any_case(value: str) -> None:
    assert OAUTH_SCHEME.match(value)


@pytest.mark.parametrize("value", ["", "OAut", "OAuth2 x", "Bearer x", "OAuthx", " OAuth x", "OAuth,x"])
def test_another_scheme_is_not_oauth(value: str) -> None:
    assert not OAUTH_SCHEME.match(value)


def test_a_header_is_read_as_the_realm_and_decoded_pairs() -> None:
    assert parse_authorization_header('OAuth a="%20", REALM="x\\"\\\\y",b = "+" ,\tc=""  ') == (
        'x"\\y',
        [("a", " "), ("b", "+"), ("c", "")],
    )


def test_a_parameter_without_the_prefix_may_stand_twice() -> None:
    assert parse_authorization_header('OAuth a="1", a="2"') == (None, [("a", "1"), ("a", "2")])


@pytest.mark.seen_in("hypothesis/lms#136")
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("Bearer x", "does not have the scheme OAuth"),
        ("", "does not have the scheme OAuth"),
        ("OAuth", "not well-formed at character 6"),
        ("OAuth   ", "not well-formed"),
        ("OAuth ,", "not well-formed"),
        ("OAuth a", "not well-formed"),
        ("OAuth a=", "not well-formed"),
        ("OAuth a=b", "not well-formed"),
        ('OAuth a="b', "not well-formed"),
        ('OAuth a="b" c="d"', "not well-formed"),
        ('OAuth a="b";c="d"', "not well-formed"),
        ('OAuth a="b",,c="d"', "not well-formed"),
        ('OAuth a="b",', "ends in a comma"),
        ('OAuth ="b"', "not well-formed"),
        ('OAuth a="b\r\n"', "not well-formed"),
        ('OAuth a="b\\', "not well-formed"),
        ('OAuth a="é"', "not properly percent-encoded"),
        ('OAuth a="%zz"', "not properly percent-encoded"),
        ('OAuth a="%ff"', "not properly percent-encoded"),
        ('OAuth a%ff="b"', "not properly percent-encoded"),
        ('OAuth realm="a", Realm="a"', "has two realms"),
        ('OAuth oauth_b="1", oauth_a="1", oauth_b="1", oauth%5Fa="2"', "has a protocol parameter twice"),
    ],
)
def test_a_header_that_is_not_well_formed_is_a_400(value: str, reason: str) -> None:
    with pytest.raises(VerificationError, match=reason) as caught:
        parse_authorization_header(value)
    assert (caught.value.status, caught.value.problem) == (400, "parameter_rejected")


def test_a_header_with_a_realm_alone_holds_no_parameter() -> None:
    assert parse_authorization_header('OAuth realm="x"') == ("x", [])


def test_reading_a_header_takes_time_in_proportion_to_its_length() -> None:
    """No part of a long header makes the parser start over: otherwise this test would not end."""
    for hostile in (" " * 16_000, "a" * 16_000, 'a="' + "\\a" * 8_000, 'a="b",' * 3_000, 'a = "' + " " * 16_000):
        with pytest.raises(VerificationError):
            parse_authorization_header("OAuth " + hostile)
