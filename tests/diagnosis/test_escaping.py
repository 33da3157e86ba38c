"""Percent-encoding of wire strings."""

from oauthone.diagnosis.escaping import encode, encode_part, respell_escapes


def test_both_encoders_encode_alike() -> None:
    text = "".join(map(chr, range(256)))
    assert encode(text) == encode_part(text)
    assert encode("aZ9") == "aZ9"


def test_escapes_are_respelled() -> None:
    assert respell_escapes("a%2F%c3b", str.lower) == "a%2f%c3b"
