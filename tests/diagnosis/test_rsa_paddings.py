"""Paddings of RSA signatures that another library made: each mistake beside the right one."""

from base64 import b64encode
from hashlib import sha1
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from oauthone import RsaKey
from oauthone.diagnosis.rsa_paddings import read_padding, was_opened

from .refused import changed, diagnosed, sent, with_signature

KEY = rsa.generate_private_key(65537, 2048)
HASH = hashes.SHA1()
REQUEST = sent(client_secret=None, token_secret=None, signature_method="RSA-SHA1", rsa_key=RsaKey(KEY))
PKCS1 = padding.PKCS1v15()


def base_string() -> bytes:
    from oauthone.diagnosis.base_strings import right_base_string
    from oauthone.diagnosis.sent_request import read_request

    return right_base_string(read_request(**REQUEST)).encode()


def named(octets: bytes, key: Any = KEY) -> tuple[str, ...]:
    request = with_signature(REQUEST, b64encode(octets).decode())
    found = diagnosed(request, client_secret=None, token_secret=None, rsa_key=key)
    assert found.verdict == ("mistake" if found.mistakes else "unknown")
    return found.mistakes


def raw(text: bytes) -> bytes:
    """Return what a function makes that encrypts with the private key."""
    length = KEY.key_size // 8
    block = b"\0\1" + b"\xff" * (length - len(text) - 3) + b"\0" + text
    return power(block)


def power(block: bytes) -> bytes:
    numbers = KEY.private_numbers()
    return pow(int.from_bytes(block, "big"), numbers.d, numbers.public_numbers.n).to_bytes(256, "big")


RIGHT = KEY.sign(base_string(), PKCS1, HASH)
PSS = [padding.PSS(padding.MGF1(HASH), length) for length in (padding.PSS.MAX_LENGTH, 20, 0)]


def test_the_right_padding_has_no_mistake() -> None:
    assert named(RIGHT) == ()


@pytest.mark.parametrize("pss", PSS)
def test_pss(pss: padding.PSS) -> None:
    assert named(KEY.sign(base_string(), pss, HASH)) == ("signed-with-pss",)
    assert named(KEY.sign(b"another text", pss, HASH)) == ()


def test_a_digest_that_is_hashed_or_not_named() -> None:
    digest = sha1(base_string())
    assert named(KEY.sign(digest.digest(), PKCS1, HASH)) == ("digest-hashed-again",)
    assert named(KEY.sign(digest.hexdigest().encode(), PKCS1, HASH)) == ("digest-hashed-again",)
    assert named(raw(digest.digest())) == ("digest-without-algorithm",)
    assert named(raw(b"another text")) == ()


def test_octets_in_reverse_order_and_a_zero_octet() -> None:
    assert named(RIGHT[::-1]) == ("signature-octets-reversed",)
    assert named(b"\0" + RIGHT) == ("signature-of-other-length",)


def test_what_is_as_long_as_no_signature_is_not_another_key() -> None:
    """It was cut, or lost an octet. What is as long as one was made with another key."""
    assert named(RIGHT[1:]) == ()
    assert named(RIGHT[:191]) == ()
    assert named(RIGHT + RIGHT) == ("another-rsa-key",)
    other = rsa.generate_private_key(65537, 2048)
    assert named(other.sign(base_string(), PKCS1, HASH)) == ("another-rsa-key",)
    assert named(RIGHT, other) == ("another-rsa-key",)


def test_a_method_that_does_not_exist_is_not_asked_for_its_padding() -> None:
    assert diagnosed(changed(REQUEST, "RSA-SHA1", "RSA-SHA-1"), client_secret=None).mistake is None


def test_octets_that_only_end_like_a_padding() -> None:
    for octets in (b"\0" * 19 + b"\xbc", b"\0" * 255 + b"\xbc"):
        assert not was_opened(octets)
        assert list(read_padding(octets, "sha1")) == []
