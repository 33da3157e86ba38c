"""The encryption of logins that wait in a session."""

from base64 import urlsafe_b64encode

import pytest
from cryptography.fernet import Fernet

from oauthone.login._session_cipher import SessionCipher


def test_a_login_is_decrypted_with_its_secret_only() -> None:
    """Or with a former secret that it was encrypted with, unless it is damaged."""
    encrypted = SessionCipher([b"old"]).encrypt("a secret")

    assert "a secret" not in encrypted
    assert SessionCipher([b"new", b"old"]).decrypt(encrypted) == "a secret"
    assert SessionCipher([b"new"]).decrypt(encrypted) is None
    assert SessionCipher([b"old"]).decrypt(encrypted[:-5] + "AAAA=") is None
    assert SessionCipher([b"old"]).decrypt("") is None
    assert SessionCipher([b"new", b"old"]).encrypt("x") != SessionCipher([b"new", b"old"]).encrypt("x")


def test_the_key_is_not_the_one_that_the_secret_gives_elsewhere() -> None:
    """It is derived for this purpose alone, so no other ciphertext of the application is read as a login."""
    secret = b"s" * 32
    elsewhere = Fernet(urlsafe_b64encode(secret)).encrypt(b"a login").decode()

    assert SessionCipher([secret]).decrypt(elsewhere) is None


@pytest.mark.parametrize("text", ["", "é", "a secret " * 500])
def test_any_text_can_be_encrypted(text: str) -> None:
    cipher = SessionCipher([b""])

    assert cipher.decrypt(cipher.encrypt(text)) == text


@pytest.mark.parametrize("damaged", ["\ud800", "é", "not base64", "gAAAAA=="])
def test_any_text_that_is_not_encrypted_here_is_no_login(damaged: str) -> None:
    """A browser may send it: it is no error."""
    assert SessionCipher([b"secret"]).decrypt(damaged) is None
