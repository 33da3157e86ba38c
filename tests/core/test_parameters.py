"""Protocol parameters on the wire (RFC 5849 sections 3.1 and 3.5): how they are written, and what is rejected."""

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from oauthone.core.encoding import encoded_pair
from oauthone.core.parameters import (
    Placement,
    append_to_form,
    append_to_query,
    authorization_header,
    is_oauth_header,
    parse_authorization_header,
    realm_prefix,
    remove_from_query,
    split_parameters,
)
from oauthone.errors import SigningError, VerificationError

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


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("https://a.example/", "https://a.example/?n=1&m="),
        ("https://a.example/?", "https://a.example/?n=1&m="),
        ("https://a.example/?a=$'[]{}|%zz", "https://a.example/?a=$'[]{}|%zz&n=1&m="),
        ("https://a.example/?a=1?", "https://a.example/?a=1?&n=1&m="),
        ("https://a.example/??", "https://a.example/??&n=1&m="),
        ("https://a.example?a=?", "https://a.example?a=?&n=1&m="),
        ("https://a.example", "https://a.example?n=1&m="),
        ("https://a.example/#a?b", "https://a.example/?n=1&m=#a?b"),
        ("https://a.example/?a=1#b#c", "https://a.example/?a=1&n=1&m=#b#c"),
        ("https://a.example/?a=1&", "https://a.example/?a=1&n=1&m="),
        ("https://a.example/?a=1#top?", "https://a.example/?a=1&n=1&m=#top?"),
        ("https://a.example/?q=é\0", "https://a.example/?q=é\0&n=1&m="),
    ],
)
def test_a_query_stays_as_it_is_in_front_of_the_parameters(url: str, signed: str) -> None:
    assert append_to_query(url, ["n\x001", "m\0"]) == signed


_ADDED = ["oauth_nonce\x00x%2By", "oauth_token\0", "oauth_consumer_key\x00a%20%C3%A9%2525"]


@pytest.mark.parametrize(
    ("url", "left"),
    [
        ("https://a.example/?oauth_nonce=x%2By&oauth_token=", "https://a.example/"),
        ("https://a.example/?a=1&oauth_nonce=x%2by&b=2#f?", "https://a.example/?a=1&b=2#f?"),
        ("?oauth_nonce=x+y&a", "?a"),
        ("/x?a=1?&oauth_token&oauth_nonce=x%252By", "/x?a=1?"),
        ("/x?oauth_consumer_key=a+\u00e9%2525", "/x"),
        ("/x?oauth_consumer_key=a%20%c3%a9%25&oauth%5Fnonce=x%20y", "/x"),
    ],
)
def test_what_was_added_to_a_query_is_removed_however_it_is_encoded(url: str, left: str) -> None:
    assert remove_from_query(url, _ADDED) == left


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/x",
        "https://a.example/?",
        "https://a.example/?a&&b=&",
        "?oauth_nonce=xy&oauth_token=z&oauth_consumer_key=a",
        "?OAUTH_NONCE=x%2By&xoauth_token=",
        "?back=%3Foauth_nonce=x%252By",
        "/oauth_nonce=x%2By#oauth_nonce=x%2By",
        "",
    ],
)
def test_nothing_else_is_removed_from_a_query(url: str) -> None:
    assert remove_from_query(url, _ADDED) is url
    assert remove_from_query(url, ()) is url


@given(
    st.text(st.characters(exclude_characters="#", exclude_categories=["Cs"])),
    st.lists(st.tuples(st.text(min_size=1), st.text()).map(lambda pair: encoded_pair("oauth_" + pair[0], pair[1]))),
)
def test_what_is_added_can_be_removed(query: str, parameters: list[str]) -> None:
    url = f"https://a.example/x?{query}" if query.strip("&") else "https://a.example/x"
    added = append_to_query(url, parameters)
    assume("oauth_" not in query)
    assert remove_from_query(added, parameters).rstrip("?&") == url.rstrip("?&")


@pytest.mark.parametrize(
    ("form", "signed"), [("", "n=1"), ("a=1", "a=1&n=1"), ("a=1&", "a=1&n=1"), ("a=\0\xff", "a=\0\xff&n=1")]
)
def test_a_form_stays_as_it_is_in_front_of_the_parameters(form: str, signed: str) -> None:
    assert append_to_form(form, ["n\x001"]) == signed


@pytest.mark.parametrize("value", ["OAuth", "oauth x", "OAUTH\tx", "OAuth "])
def test_the_scheme_is_oauth_in_any_case(value: str) -> None:
    assert is_oauth_header(value)


@pytest.mark.parametrize("value", ["", "OAut", "OAuth2 x", "Bearer x", "OAuthx", " OAuth x", "OAuth,x"])
def test_another_scheme_is_not_oauth(value: str) -> None:
    assert not is_oauth_header(value)


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


def test_protocol_parameters_are_told_from_the_others_by_their_prefix() -> None:
    pairs = ["a\x001", "oauth_token\0t%2Bu", "OAuth_token\0x", "xoauth_token\0y", "oauth_\0"]
    assert split_parameters(pairs) == {"oauth_token": "t+u", "oauth_": ""}
    assert split_parameters(["a\x001"]) == {}


@pytest.mark.parametrize("pairs", [["oauth_a\x001", "oauth_a\x001"], ["oauth_a\0%FF"]])
def test_protocol_parameters_in_query_or_form_are_read_as_strictly(pairs: list[str]) -> None:
    with pytest.raises(VerificationError) as caught:
        split_parameters(pairs)
    assert caught.value.status == 400


def test_placements_are_the_words_of_the_guide() -> None:
    assert [str(placement) for placement in Placement] == ["HEADER", "BODY", "QUERY"]


@given(st.text(st.sampled_from("%25%41fF+é\0"), max_size=40))
def test_a_parameter_is_decoded_to_the_end(text: str) -> None:
    """As far as the standard library decodes, layer by layer."""
    octets = text.encode()
    while (decoded := unquote_to_bytes(octets)) != octets:
        octets = decoded
    name = octets.decode("latin-1").replace("+", " ")
    kept = remove_from_query(
        f"https://p.example/?{text}=1&b=2", ("".join(f"%{ord(sign):02X}" for sign in name) + "\0" + "1",)
    )
    assert kept == "https://p.example/?b=2"
