"""Protocol parameters in query and form (RFC 5849 section 3.5): how they are written, and what is rejected."""

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from oauthone.core.encoding import encoded_pair
from oauthone.core.parameters import Placement, append_to_form, append_to_query, read_parameters, remove_from_query
from oauthone.errors import VerificationError


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


def test_protocol_parameters_are_told_from_the_others_by_their_prefix() -> None:
    signed = ["a\x001", "oauth_token\0t%2Bu", "OAuth_token\0x", "xoauth_token\0y", "oauth_\0"]
    protocol = {"oauth_token": "t+u", "oauth_": "", "oauth_signature": "s="}
    assert read_parameters([*signed, "oauth_signature\0s%3D"]) == (signed, protocol)
    assert read_parameters(["a\x001"]) == (["a\x001"], {})


@pytest.mark.parametrize("pairs", [["oauth_a\x001", "oauth_a\x001"], ["oauth_a\0%FF"]])
def test_protocol_parameters_in_query_or_form_are_read_as_strictly(pairs: list[str]) -> None:
    with pytest.raises(VerificationError) as caught:
        read_parameters(pairs)
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
