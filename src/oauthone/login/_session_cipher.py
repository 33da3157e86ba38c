"""Encryption of the logins that wait in a browser's session, with a key derived from the application's secret."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from oauthone.errors import missing_library

_LABEL = b"oauthone login: a pending authorization in a browser's session"


class SessionCipher:
    """Encrypts with the first secret and decrypts with any of them.

    Args:
        secrets: the application's secret, followed by its former secrets.

    Raises:
        ModuleNotFoundError: ``cryptography`` is not installed.
    """

    def __init__(self, secrets: Sequence[bytes]) -> None:
        try:
            from cryptography.fernet import Fernet, InvalidToken, MultiFernet
        except ModuleNotFoundError as missing:
            raise missing_library("cryptography", "login") from missing
        self._fernet = MultiFernet([Fernet(_key(secret)) for secret in secrets])
        self._invalid_token = InvalidToken

    def encrypt(self, text: str) -> str:
        """Return ``text``, encrypted and authenticated."""
        return self._fernet.encrypt(text.encode("utf-8")).decode("ascii")

    def decrypt(self, encrypted: str) -> str | None:
        """Return the text, or None if it was not encrypted here, or with another secret."""
        try:
            return self._fernet.decrypt(encrypted.encode("utf-8", "surrogatepass")).decode("utf-8")
        except self._invalid_token:
            return None


def _key(secret: bytes) -> bytes:
    """A key for this purpose alone: it reveals neither the secret nor the keys derived for other purposes."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return urlsafe_b64encode(HKDF(SHA256(), 32, None, _LABEL).derive(secret))
