"""Credentials as bytes, and RSA keys that cannot be read."""

import warnings

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from oauthone.compat._given_credentials import given_credentials


def test_bytes_become_text() -> None:
    assert given_credentials(b"c\xc3\xa9", None, "t", b"\xff", None) == {
        "client_id": "cé",
        "client_secret": None,
        "token": "t",
        "token_secret": "\ufffd",
        "rsa_key": None,
    }


def test_a_key_that_cannot_be_read_is_left_out() -> None:
    assert given_credentials("c", None, None, None, "no key")["rsa_key"] is None


def test_a_short_key_is_read_without_a_warning() -> None:
    pem = rsa.generate_private_key(65537, 1024).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert given_credentials("c", None, None, None, pem)["rsa_key"].bits == 1024
