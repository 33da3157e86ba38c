"""The signature base string (RFC 5849 section 3.4.1), part by part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.core.base_string import (
    base_string_around,
    base_string_prefix,
    base_string_uri,
    normalized_parameters,
    request_parameters,
    signature_base_string,
)
from oauthone.core.encoding import percent_encode
from oauthone.core.urls import normalized_authority


@pytest.mark.seen_in("scribejava#428")
@pytest.mark.seen_in("TDOAuth#3")
@pytest.mark.seen_in("insomnia-plugin-mastercard#6")
@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("http://A.Example:80/P", "http://a.example/P"),
        ("https://a.example:443/", "https://a.example/"),
        ("http://a.example:443/", "http://a.example:443/"),
        ("https://a.example:80/", "https://a.example:80/"),
        ("https://a.example:8443/", "https://a.example:8443/"),
        ("https://a.example:/", "https://a.example/"),
        ("HTTPS://a.example", "https://a.example/"),
        ("ftp://a.example:21/x", "ftp://a.example:21/x"),
    ],
)
def test_the_default_port_is_dropped_for_its_own_scheme_only(url: str, uri: str) -> None:
    """Scheme and host become lower case, the path stays, and an empty path becomes ``/``."""
    assert base_string_uri(url) == uri


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]/"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("http://[::1]/x", "http://[::1]/x"),
        ("https://user:p%40ss@a.example/", "https://a.example/"),
        ("https://user:443@a.example:443/", "https://a.example/"),
        ("https://user:pw@[::1]:443/", "https://[::1]/"),
    ],
)
def test_brackets_stay_and_user_information_goes(url: str, uri: str) -> None:
    assert base_string_uri(url) == uri


@pytest.mark.seen_in("oauthlib#142")
@pytest.mark.seen_in("oauthlib#143")
@pytest.mark.seen_in("connect-auth#28")
@pytest.mark.parametrize(
    ("host", "uri"),
    [
        ("Public.Example", "https://public.example/p"),
        ("public.example:443", "https://public.example/p"),
        ("public.example:8443", "https://public.example:8443/p"),
        (" public.example ", "https://public.example/p"),
        ("", "https://socket.example:1/p"),
    ],
)
def test_a_host_header_supplies_the_authority(host: str, uri: str) -> None:
    """Without its default port; the scheme stays the URL's."""
    assert base_string_uri("https://socket.example:1/p", host) == uri


@pytest.mark.seen_in("oauthlib#650")
@pytest.mark.seen_in("oauthlib#651")
@pytest.mark.parametrize(
    ("path", "signed"),
    [
        ("/a b", "/a%20b"),
        ("/é", "/%C3%A9"),
        ("/%C3%A9", "/%C3%A9"),
        ("/%c3%a9%2f", "/%c3%a9%2f"),
        ("/x\x7f\t", "/x%7F%09"),
        ("/$&'()*+,;=:@!|{}[]<>^`\"", "/$&'()*+,;=:@!|{}[]<>^`\""),
    ],
)
def test_a_path_is_signed_as_it_goes_on_the_wire(path: str, signed: str) -> None:
    """Spaces and non-ASCII are percent-encoded, because a request line cannot contain them. Nothing else changes."""
    assert base_string_uri(f"https://a.example{path}") == f"https://a.example{signed}"


@pytest.mark.seen_in("oauthlib#83")
@pytest.mark.parametrize("path", ["/a;version=1", "/a;/b", "//a///b", "/a/../b/./c", "/%2F%2f", "/a;", "/a/"])
def test_a_path_keeps_its_segments_and_their_parameters(path: str) -> None:
    assert base_string_uri(f"https://a.example{path}?x=1") == f"https://a.example{path}"


def test_a_host_outside_ascii_is_signed_as_its_idna_form() -> None:
    assert normalized_authority("https", "Bücher.example:443") == "xn--bcher-kva.example"
    assert normalized_authority("https", "é" * 100) == "%C3%A9" * 100


def test_what_is_too_long_for_a_host_is_not_looked_up_in_the_tables_of_idna() -> None:
    longest = "é." * 129
    assert normalized_authority("https", longest) == "xn--9ca." * 129
    assert normalized_authority("https", longest + "ée") == "%C3%A9." * 129 + "%C3%A9e"


def test_the_encoded_uri_is_the_uri_encoded() -> None:
    assert base_string_prefix("get", "https://a.example/%20") == "GET&https%3A%2F%2Fa.example%2F%2520&"


@pytest.mark.seen_in("oauthlib#563")
@pytest.mark.seen_in("oauthlib#304")
@pytest.mark.seen_in("oauthlib#404")
@pytest.mark.seen_in("requests-oauth#45")
@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        ("$top=1", ["%24top\x001"]),
        ("filter[x]=1", ["filter%5Bx%5D\x001"]),
        ("q={'a': \"b\"}|c", ["q\0%7B%27a%27%3A%20%22b%22%7D%7Cc"]),
        ("a=100%", ["a\x00100%25"]),
        ("q=é", ["q\0%C3%A9"]),
        ("a:b/c@d!e*f(g),h", ["a%3Ab%2Fc%40d%21e%2Af%28g%29%2Ch\0"]),
    ],
)
def test_no_character_of_a_query_is_an_error(query: str, pairs: list[str]) -> None:
    """A character that an HTTP client sends raw is signed percent-encoded."""
    assert request_parameters(query, "") == pairs


@pytest.mark.seen_in("WP-API/OAuth1#79")
@pytest.mark.seen_in("WP-API/OAuth1#127")
@pytest.mark.seen_in("BazingaOAuthServerBundle#31")
@pytest.mark.seen_in("CORDEA/oauth#4")
@pytest.mark.seen_in("Insomnia#1681")
@pytest.mark.seen_in("oauth1-signer-python#3")
@pytest.mark.seen_in("oauth1-signer-python#21")
@pytest.mark.seen_in("oauth1-signer-python#22")
def test_a_value_is_decoded_then_encoded_twice() -> None:
    """It is decoded once, encoded once, sorted, joined, and encoded once more in the base string."""
    pairs = request_parameters("q=%23:/!*(,", "")
    assert pairs == ["q\0%23%3A%2F%21%2A%28%2C"]
    assert signature_base_string("GET&uri&", pairs) == "GET&uri&q%3D%2523%253A%252F%2521%252A%2528%252C"


NAMES = st.sampled_from(["", "a", "z", "oauth", "oauth%60", "oauth%5E", "oauth-", "oauth~", "OAUTH_", "%5F"])
VALUES = st.one_of(st.text("1~%_"), st.sampled_from(["oauth_", "oauth_\1", "a=oauth_"])).map(percent_encode)
PROTOCOL = st.lists(st.tuples(st.text("_vz~-", max_size=3), VALUES), max_size=3)


@given(st.lists(st.tuples(NAMES, VALUES).map("\0".join), max_size=4), PROTOCOL)
def test_parameters_around_the_protocol_ones_have_the_same_order(
    pairs: list[str], protocol: list[tuple[str, str]]
) -> None:
    """The protocol parameters stand in one place, and nothing that comes before or after them in another one."""
    together = [f"oauth_{name}\0{value}" for name, value in protocol]
    part = signature_base_string("", list(together))
    text = "&".join(pairs).replace("\0", "=")
    assert base_string_around("GET&uri&", text, part) == signature_base_string("GET&uri&", [*pairs, *together])


@pytest.mark.seen_in("oauth-1.0a#26")
@pytest.mark.seen_in("signet#173")
@pytest.mark.seen_in("request#612")
@pytest.mark.seen_in("postman#404")
def test_repeated_names_are_all_kept() -> None:
    """In the query, in the form and in both, also equal pairs; they are sorted by value."""
    assert normalized_parameters(request_parameters("a=2&a=1&b=1", "a=2&b=1")) == "a=1&a=2&a=2&b=1&b=1"


def test_parameters_are_sorted_by_encoded_name_then_encoded_value() -> None:
    """Names are compared first: ``a`` comes before ``a-b``, whatever its value."""
    assert normalized_parameters(request_parameters("a-b=2&a=3&a%5B=1&A=1&é=1", "")) == (
        "%C3%A9=1&A=1&a=3&a%5B=1&a-b=2"
    )


@pytest.mark.seen_in("oauth1-client#24")
@pytest.mark.seen_in("oauth1-client#39")
@pytest.mark.seen_in("oauth-1.0a#49")
@pytest.mark.seen_in("request#1177")
@pytest.mark.seen_in("request#2734")
@pytest.mark.seen_in("PHPoAuthLib#596")
@pytest.mark.seen_in("mautic#6443")
def test_brackets_in_a_name_are_part_of_it() -> None:
    assert request_parameters("searchCriteria[filter][0]=x", "") == ["searchCriteria%5Bfilter%5D%5B0%5D\0x"]


@pytest.mark.seen_in("tumblr.js#30")
@pytest.mark.seen_in("pytumblr#32")
def test_a_bare_name_is_a_name_with_an_empty_value() -> None:
    assert request_parameters("a&b=&c", "d") == ["a\0", "b\0", "c\0", "d\0"]


def test_a_parameter_called_realm_is_signed() -> None:
    assert request_parameters("realm=x", "realm=y") == ["realm\0x", "realm\0y"]


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("oauth_signature=1&a=2", ""),
        ("a=2", "oauth_signature=1"),
        ("oauth%5Fsignature=1&a=2", ""),
        ("a=2", "oauth_signatur%65=1"),
    ],
)
def test_a_signature_is_no_part_of_what_is_signed(query: str, form: str) -> None:
    """In every spelling of its name. A longer name is another parameter."""
    assert request_parameters(query, form) == ["a\x002"]
    assert request_parameters("oauth_signature_method=x", "") == ["oauth_signature_method\0x"]


@pytest.mark.parametrize(
    ("method", "signed"),
    [("get", "GET"), ("PaTcH", "PATCH"), ("M-SEARCH", "M-SEARCH"), ("X Y", "X%20Y"), ("é", "%C3%89")],
)
def test_the_method_is_in_upper_case_and_encoded(method: str, signed: str) -> None:
    assert base_string_prefix(method, "http://a.example") == f"{signed}&http%3A%2F%2Fa.example%2F&"


@pytest.mark.parametrize("odd", ["\x1c", "\x1f", "\x85", "\xa0", "\n"])
def test_only_what_may_stand_around_a_header_is_cut_off_the_authority(odd: str) -> None:
    assert base_string_uri("https://a.example/", f" \tb.example{odd}") != "https://b.example/"
    assert base_string_uri("https://a.example/", " \tb.example ") == "https://b.example/"
