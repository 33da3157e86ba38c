"""The encryption of logins that wait in a session."""

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
