"""Encryption of what waits in a browser's session, under a key that is derived from the application's secret."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from oauthone.errors import missing_library

_LABEL = b"oauthone login: a pending authorization in a browser's session"


class SessionCipher:
    """Encrypts with the first secret and decrypts with any.

    Args:
        secrets: the application's secret, and those that it had before.

    Raises:
        ModuleNotFoundError: ``cryptography`` is not installed.
    """

    def __init__(self, secrets: Sequence[bytes]) -> None:
        try:
            from cryptography.fernet import Fernet, InvalidToken, MultiFernet
        except ModuleNotFoundError as missing:
            raise missing_library("cryptography", "login") from missing
        self._fernet = MultiFernet([Fernet(_key(secret)) for secret in secrets])
        self._unreadable = InvalidToken

    def close(self, text: str) -> str:
        """``text``, encrypted and authenticated."""
        return self._fernet.encrypt(text.encode("utf-8")).decode("ascii")

    def open(self, sealed: str) -> str | None:
        """The text; None for what was not sealed here, or under another secret."""
        try:
            return self._fernet.decrypt(sealed.encode("utf-8", "surrogatepass")).decode("utf-8")
        except self._unreadable:
            return None


def _key(secret: bytes) -> bytes:
    """A key for this purpose alone: whoever learns it does not learn the secret, nor the keys for other purposes."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return urlsafe_b64encode(HKDF(SHA256(), 32, None, _LABEL).derive(secret))


def as_octets(secret: object) -> bytes:
    """A framework's secret, which may be text, octets or an object that hides itself in ``repr``."""
    return secret if isinstance(secret, bytes) else str(secret).encode("utf-8", "surrogatepass")
