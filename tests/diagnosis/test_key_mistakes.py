"""Mistakes about the key and about the spelling of a signature."""

from base64 import b64encode, encodebytes
from textwrap import wrap

import pytest

from oauthone.diagnosis.key_mistakes import (
    Identifiers,
    KeyMaker,
    Secrets,
    join,
    plaintext_spellings,
    signature_spellings,
    wrong_secrets,
)
from oauthone.diagnosis.sent_request import HEADER, Parameter

WHO = Identifiers("client", "token", "PEM")


def keys(client: str, token: str) -> set[tuple[str, str]]:
    right, maker = Secrets(client, token, join), KeyMaker()
    return {(word, maker.make(change(right)).decode("utf-8", "replace")) for word, change in wrong_secrets(WHO)}


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("identifier-as-secret", "client&t%20"),
        ("identifier-as-secret", "a%2F%21~&token"),
        ("nothing-as-token-secret", "a%2F%21~&undefined"),
        ("rsa-key-as-secret", "PEM&t%20"),
        ("rsa-key-as-secret", "PEM"),
        ("secrets-badly-encoded", "a%2f%21~&t%20"),
        ("secrets-badly-encoded", "a%2F%21~&t+"),
        ("secrets-badly-encoded", "a%2F!~&t%20"),
        ("secrets-badly-encoded", "a%2F%21%7E&t%20"),
        ("secrets-badly-encoded", "a/%21~&t%20"),
        ("secrets-badly-encoded", "a%2F%21%7E&t+"),
        ("client-secret-with-byte-order-mark", "%EF%BB%BFa%2F%21~&t%20"),
        ("token-secret-without-white-space", "a%2F%21~&t"),
        ("token-secret-with-white-space", "a%2F%21~&t%20\n"),
        ("key-encoded-whole", "a%2F%21~%26t%20"),
    ],
)
def test_a_key_of_a_careless_client(word: str, key: str) -> None:
    assert (word, key) in keys("a/!~", "t ")


def test_a_secret_that_was_decoded_or_is_empty() -> None:
    assert ("client-secret-decoded", "a~&") in keys("a%7E", "")
    assert ("client-secret-decoded", "abc&") in keys(b64encode(b"abc").decode(), "")
    assert {key for word, key in keys("a", "") if word.startswith("token-secret-")} == {"a&"}
    assert keys("\xff==", "é")


def test_secrets_that_were_decoded_to_octets() -> None:
    secret, octets = b64encode(b"\xff\x00\xfe").decode(), b"\xff\x00\xfe"
    of_base64, of_digits = [change for word, change in wrong_secrets(WHO) if word == "secrets-decoded-to-octets"]
    assert KeyMaker().make(of_base64(Secrets(secret, "no é", join))) == octets + b"&" + "no é".encode()
    assert KeyMaker().make(of_digits(Secrets(octets.hex(), "no é", join))) == octets + b"&" + "no é".encode()


def test_secrets_that_stand_for_no_octets_cannot_be_decoded_to_them() -> None:
    """A key of the texts alone is one of secrets that were not encoded, and nothing else."""
    secrets = Secrets("no \xe9", "", join)
    for word, change in wrong_secrets(WHO):
        if word == "secrets-decoded-to-octets":
            assert KeyMaker().make(change(secrets)) == KeyMaker().make(secrets)


def test_a_key_is_joined_wrongly_in_one_way() -> None:
    """What a client signs with in place of the client secret alone has no token secret either."""
    wrong = Secrets("a", "b", lambda client, token: client)
    made = [change(wrong).join for word, change in wrong_secrets(WHO._replace(rsa_text=None)) if word.startswith("key")]
    assert set(made) == {wrong.join}


def test_secrets_hide_themselves() -> None:
    assert "canary" not in repr(Secrets("canary", "canary", join))


def parameter(value: str, raw: str | None = None) -> Parameter:
    return Parameter(HEADER, ("oauth_signature", value if raw is None else raw), "oauth_signature", value)


OCTETS = bytes(range(235, 255))
RIGHT = b64encode(OCTETS).decode()


@pytest.mark.parametrize(
    ("word", "sent"),
    [
        ("signature-not-encoded", parameter(RIGHT.replace("+", " "))),
        ("signature-not-encoded", parameter("%", RIGHT)),
        ("signature-encoded-twice", parameter(RIGHT.replace("+", "%2B"))),
        ("signature-encoded-twice", parameter(RIGHT.replace("+", "%252B"))),
        ("blanks-around-signature", parameter(f"{RIGHT[:8]}\r\n{RIGHT[8:]}\n")),
        ("signature-in-url-base64", parameter(RIGHT.replace("+", "-").replace("/", "_").rstrip("="))),
        ("signature-without-padding", parameter(RIGHT.rstrip("="))),
        ("signature-in-hexadecimal", parameter(OCTETS.hex().upper())),
        ("hexadecimal-in-base64", parameter(b64encode(OCTETS.hex().encode()).decode())),
        ("hexadecimal-in-base64", parameter(b64encode(f"{OCTETS.hex()}\n".encode()).decode())),
        ("hexadecimal-in-base64", parameter(encodebytes(OCTETS.hex().encode()).decode())),
        ("hexadecimal-in-base64", parameter("\n".join(wrap(b64encode(OCTETS.hex().encode()).decode(), 16)))),
        ("hexadecimal-in-base64", parameter(b64encode(f"SHA1(stdin)= {OCTETS.hex()}\n".encode()).decode())),
        ("base64-twice", parameter(b64encode(RIGHT.encode()).decode())),
    ],
)
def test_a_spelling_of_a_careless_client(word: str, sent: Parameter) -> None:
    assert (word, OCTETS) in list(signature_spellings(sent))


def test_what_is_no_signature_is_passed_over() -> None:
    assert list(signature_spellings(parameter("é!"))) == []


def test_plaintext() -> None:
    assert ("signature-encoded-twice", b"a&b") in list(plaintext_spellings(parameter("a%26b")))
    assert ("key-in-base64", b"a&b") in list(plaintext_spellings(parameter(b64encode(b"a&b").decode())))
    assert ("signature-not-encoded", b"a%2F&b") in list(plaintext_spellings(parameter("a/&b", "a%2F&b")))
    assert not any(word == "signature-encoded-twice" for word, _ in plaintext_spellings(parameter("a%2Fb&")))
