"""A request is read as its client sent it, whatever it looks like."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone import Signer
from oauthone.diagnosis import diagnose
from oauthone.diagnosis.base_strings import right_base_string
from oauthone.diagnosis.sent_request import FORM, HEADER, QUERY, read_header, read_request

TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


def test_every_parameter_keeps_its_place_and_its_spelling() -> None:
    headers = [*TYPE.items(), (b"Authorization", b'OAuth realm="a\\"b", oauth_token="x%20y", oauth_signature="a%2Bb"')]
    request = read_request(b"POST", "https://me:pw@Host:1/p q?a=1+2&&b#f", headers, b"c=%41")
    assert [(one.place, one.raw, one.name, one.value) for one in request.parameters] == [
        (HEADER, ("oauth_token", "x%20y"), "oauth_token", "x y"),
        (QUERY, ("a", "1+2"), "a", "1 2"),
        (QUERY, ("b", ""), "b", ""),
        (FORM, ("c", "%41"), "c", "A"),
    ]
    assert request.signatures[0].value == "a+b"
    assert (request.method, request.scheme, request.authority, request.path) == ("POST", "https", "Host:1", "/p%20q")
    assert (request.query, request.fragment, request.realm, request.has_form) == ("a=1+2&&b", "f", 'a"b', True)
    assert request.placements() == [HEADER]
    assert request.protocol("oauth_verifier") is None
    assert request.header("content-type") == TYPE["Content-Type"]
    assert request.header("accept") is None


def test_a_host_header_replaces_the_authority() -> None:
    request = read_request("GET", "https://a/", {"Host": "b"})
    assert (request.authority, request.url_authority) == ("b", "a")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("OAuth oauth_token=t", "t"),
        ("OAuth oauth_token = 't'", "'t'"),
        ('oauth oauth_token="t', "t"),
        ('OAuth,oauth_token="t",', "t"),
        ('OAuth oauth_token="a, b"', "a, b"),
    ],
)
def test_a_header_that_a_server_would_reject_is_read(header: str, value: str) -> None:
    assert [one.value for one in read_header([header])[1]] == [value]


def test_a_header_of_another_scheme_is_not_read() -> None:
    assert read_header(["Basic oauth_token=t", "OAuthX oauth_token=t"]) == (None, [])


@pytest.mark.parametrize("body", [iter([b"a"]), 7, {"a": 1}])
def test_a_body_of_another_kind_is_not_known(body: Any) -> None:
    assert read_request("POST", "https://a/", TYPE, body).body is None
    assert read_request("POST", "https://a/", TYPE, None).body == b""


@given(st.text(), st.text(), st.dictionaries(st.text(), st.text()), st.binary() | st.text())
def test_no_input_is_an_error(method: str, url: str, headers: dict[str, str], body: Any) -> None:
    request = read_request(method, url, {**headers, **TYPE}, body)
    assert "&" in right_base_string(request)
    assert repr(request).startswith("SentRequest(")


WORD = st.text("ab=&+%20é~/'!", max_size=6)


@given(WORD, WORD, st.sampled_from(["GET", "POST", "patch"]), st.sampled_from(["HEADER", "QUERY", "BODY"]))
def test_the_right_base_string_is_the_one_of_the_signer(query: str, form: str, method: str, placement: Any) -> None:
    signer = Signer("client", "secret", token="t", token_secret="s", signature_type=placement, realm="R")
    url = f"https://API.example:443/p/%7e?{query}"
    signed = signer.sign(method, url, TYPE, form)
    headers = [*TYPE.items(), ("Authorization", signed.authorization or "Bearer x")]
    assert right_base_string(read_request(method, signed.url, headers, signed.body)) == signed.base_string


@pytest.mark.parametrize(("size", "content_type", "found"), [(9, {}, 1), (1 << 14, {}, 0), (1 << 14, TYPE, 1)])
def test_a_large_body_is_read_as_a_form_only_if_it_is_one(size: int, content_type: dict[str, str], found: int) -> None:
    """Others can have as many names as they have octets."""
    request = read_request("POST", "https://host/", content_type, b"oauth_signature=s&" + b"a" * size)
    assert len(request.signatures) == found
    assert request.body is not None
    assert len(request.body) > size


@pytest.mark.parametrize("odd", ["漢", "\ud800", "é", "\u0130"])
def test_text_of_every_kind_is_a_wire_string(odd: str) -> None:
    """Method, host, user information and fragment are signed as octets, so that a diagnosis reads them all."""
    request = read_request(f"G{odd}", f"https://u{odd}@h{odd}/p{odd}?q={odd}#f{odd}", {"Host": f"x{odd}"})
    for text in (request.method, request.authority, request.url_authority, request.user_information, request.fragment):
        assert (text or "").encode("latin-1").endswith(odd.encode("utf-8", "surrogatepass"))
    header = 'OAuth oauth_consumer_key="c", oauth_nonce="n", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1"'
    headers = {"Authorization": f'{header}, oauth_signature="eA=="', "Host": f"x{odd}"}
    found = diagnose(f"G{odd}", f"https://u{odd}@h{odd}/p?q=1#f{odd}", headers, client_id="c", client_secret="s")
    assert found.verdict == "unknown"


@pytest.mark.parametrize(
    ("piece", "number"),
    [
        ("a", 0), (" ", 0), (",", 0), ('"', 0), ("=", 0), ("\\", 0), ("a ", 0), ('"a ', 0),
        ("a=b,", 10_000), ('a="b"', 10_000), ('a="b" ', 10_000), ("=a=b,", 10_000),
    ],
)  # fmt: skip
def test_a_header_takes_no_more_time_than_its_length(piece: str, number: int) -> None:
    """Otherwise some of these take minutes. What is no parameter is passed over, and the next one is read."""
    values = [one.value for one in read_header([f'OAuth x=y,{piece * 10_000}, oauth_token="t"'])[1]]
    assert ("y" in values, len(values) >= number) == (True, True)
    if piece in ("a ", "=", ",", " ", "a", "\\"):
        assert values == ["y", "t"]


def test_white_space_before_a_url_takes_no_more_time_than_its_length() -> None:
    assert read_request("GET", " " * 60_000).path == "%20" * 60_000
    assert read_request("GET", f"{' ' * 60_000}https://a.example/x").path == "/x"


@pytest.mark.parametrize(
    ("given", "seconds"), [("12", 12), ("012", 12), ("0" * 19 + "1", 1), ("", None), ("-1", None), ("1.5", None)]
)
def test_a_timestamp_is_a_number_of_seconds(given: str, seconds: int | None) -> None:
    """A number of any length is no error, and one that no clock shows is none."""
    assert read_request("GET", f"https://a/?oauth_timestamp={given}").timestamp == seconds
    assert read_request("GET", f"https://a/?oauth_timestamp={'0' * 5000}{given}").timestamp is None
