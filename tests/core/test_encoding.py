"""Percent-encoding and the form codec: bytes in, bytes out, and no input of a client is an error."""

from urllib.parse import quote_from_bytes, unquote, unquote_to_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oauthone.core.encoding import (
    encoded_pair,
    encoded_pairs,
    form_decode,
    form_encode,
    iter_pairs,
    normalize_form,
    percent_decode,
    percent_decode_text,
    percent_encode,
    to_wire_string,
)

from .plain_forms import encoded_pairs_plainly


def test_only_unreserved_characters_stay() -> None:
    """Letters, digits and ``-._~`` stay, every other octet becomes an escape in upper case; a space is ``%20``."""
    for octet in range(128):
        sign = chr(octet)
        wanted = sign if sign.isalnum() or sign in "-._~" else f"%{octet:02X}"
        assert percent_encode(sign) == percent_encode(sign.encode()) == wanted


def test_octets_above_ascii_are_escaped_one_by_one() -> None:
    assert percent_encode(bytes(range(128, 256))) == "".join(f"%{octet:02X}" for octet in range(128, 256))
    assert percent_encode("é☃😀") == "%C3%A9%E2%98%83%F0%9F%98%80"


def test_half_of_a_pair_of_utf_16_is_encoded_instead_of_refused() -> None:
    assert percent_encode("\ud800") == "%ED%A0%80"
    assert to_wire_string("\ud800") == "\xed\xa0\x80"


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("", b""),
        ("abc", b"abc"),
        ("%41%2f%2F", b"A//"),
        ("%25%34%31", b"%41"),
        ("%FF", b"\xff"),
        ("\xff", b"\xff"),
        ("a+b", b"a+b"),
    ],
)
def test_escapes_are_decoded_once(text: str, octets: bytes) -> None:
    assert percent_decode(text) == octets


@pytest.mark.seen_in("oauthlib#662")
@pytest.mark.parametrize("text", ["100%", "%", "%%", "%F", "%zz", "%4", "a%-1b", "% 41", "%é1"])
def test_a_percent_sign_that_escapes_nothing_stands_for_itself(text: str) -> None:
    assert percent_decode(to_wire_string(text)) == text.encode()


def test_text_of_a_protocol_value_is_decoded_strictly() -> None:
    assert percent_decode_text("plain") == "plain"
    assert percent_decode_text("a%2Bb+c%c3%A9") == "a+b+cé"
    for wrong in ("%zz", "100%", "%ff", "%C3", "é", "%ED%A0%80"):
        with pytest.raises(ValueError, match=r"percent-encoded|utf-8"):
            percent_decode_text(wrong)


@given(st.lists(st.sampled_from([*"x=\n\r\t_ +4", "%3D", "%0a", "%0D", "%41", "%C3%A9", "%e2%98%83"]), max_size=30))
@example(["=", "4", "1", "%41"])
@example(["%41", "=", "\n", "=", "\r", "\n", "=", "=", "="])
def test_text_is_decoded_as_the_standard_library_decodes_it(pieces: list[str]) -> None:
    """Line breaks and equals signs, which are special in quoted-printable text, have no meaning here."""
    assert percent_decode_text("".join(pieces)) == unquote("".join(pieces), errors="strict")


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", []),
        ("&&", []),
        ("a=1&b=2", [("a", "1"), ("b", "2")]),
        ("a", [("a", "")]),
        ("=", [("", "")]),
        ("=x", [("", "x")]),
        ("a=b=c", [("a", "b=c")]),
        ("a;b=1", [("a;b", "1")]),
        ("a+b=c+d", [("a b", "c d")]),
        ("a%2Bb=%20", [("a+b", " ")]),
        ('{"a":1}', [('{"a":1}', "")]),
    ],
)
def test_a_form_is_decoded_without_fail(text: str, pairs: list[tuple[str, str]]) -> None:
    """Only ``&`` separates, the first ``=`` ends a name, ``+`` is a space, and malformed escapes stay as they are."""
    assert form_decode(text) == [(name.encode(), value.encode()) for name, value in pairs]


def test_a_form_is_written_so_that_every_reader_agrees() -> None:
    assert form_encode([("a b", "c+d"), ("é", "")]) == "a%20b=c%2Bd&%C3%A9="
    assert form_encode([]) == ""


@pytest.mark.seen_in("postman#1874")
@pytest.mark.seen_in("PHPoAuthLib#559")
def test_plus_and_escaped_space_are_the_same_and_a_literal_plus_is_not() -> None:
    """``a+b`` and ``a%20b`` both become ``a%20b``, and a literal plus becomes ``%2B``."""
    assert encoded_pairs("a+b=c+d") == encoded_pairs("a%20b=c%20d") == ["a%20b\0c%20d"]
    assert encoded_pairs("a=b%2Bc") == ["a\0b%2Bc"]


def test_needless_and_lower_case_escapes_come_out_in_the_one_form() -> None:
    assert encoded_pairs("%61=%7e%2f") == ["a\0~%2F"]


def test_octets_that_are_not_utf_8_keep_their_value() -> None:
    """``%FF`` stays the byte FF, escaped or raw: no other character replaces it."""
    assert encoded_pairs("q=%FF") == encoded_pairs("q=\xff") == ["q\0%FF"]
    assert encoded_pairs("q=%ff") != encoded_pairs("q=%EF%BF%BD")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "=",
        "&",
        "&&a=1&&",
        "a=1&a=1",
        "a=1=2",
        "==",
        "a&b=1=",
        "a\0b=c\0d",
        "%00=%0",
        "%41%4%",
        "a%3Db=c%26d",
        "%2D%2E%5F%7E%30",
        "\xff%ff",
    ],
)
def test_the_fast_path_is_the_plain_one(text: str) -> None:
    assert encoded_pairs(text) == encoded_pairs_plainly(text)


def _requoted(text: str) -> str:
    return quote_from_bytes(unquote_to_bytes(text.encode("latin-1")), safe="")


_FEW_RESERVED = st.lists(st.sampled_from([*"ab=&,:", "%2C", "%20"]), max_size=20).map("".join)
_ODD_ESCAPES = st.lists(st.sampled_from([*"ab=&+,%\xe9", "%2c", "%41", "%zz"]), max_size=20).map("".join)


@given(st.one_of(_FEW_RESERVED, _ODD_ESCAPES, st.text(st.characters(max_codepoint=0xFF))))
@example("a=" + "".join(map(chr, range(256))))
@example("include=a,b&since=00:00,")
@example("include=a,b&a,b=1")
@example("include=a,b=c,%2C")
def test_a_form_is_normalized_as_the_standard_library_decodes_and_encodes_it(text: str) -> None:
    """With no octet to escape, a few in values, more than are escaped one after the other, or one in a name."""
    pairs = [part.partition("=") for part in text.replace("+", " ").split("&") if part]
    assert normalize_form(text) == "&".join([f"{_requoted(name)}={_requoted(value)}" for name, _, value in pairs])


def test_wire_strings_hold_one_character_for_each_octet() -> None:
    assert to_wire_string("abc") == "abc"
    assert to_wire_string("é") == to_wire_string("é".encode()) == "\xc3\xa9"


def test_mappings_and_pairs_are_read_alike() -> None:
    assert list(iter_pairs({"a": "1"})) == list(iter_pairs([("a", "1")])) == [("a", "1")]


def test_a_pair_is_encoded_on_both_sides() -> None:
    assert encoded_pair("a b", "=&\0") == "a%20b\0%3D%26%00"
