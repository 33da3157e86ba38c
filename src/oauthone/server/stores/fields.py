"""Records as fields that a store can write, and back. Secrets are encrypted on the way where there is a cipher.

What is not found is read like what is: `Fields.read_or_pretend` decodes and decrypts a record of its own instead, so
that the time a store takes does not tell who is registered.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from oauthone.core.rsa import RsaPublicKey, restored_public_key
from oauthone.errors import StoreError
from oauthone.server.records import Client, IssuedToken, PendingAuthorization

Record = TypeVar("Record")

_SECRET = frozenset({"client_secret", "token_secret", "verifier"})
_TUPLES = frozenset({"signature_methods", "callbacks"})
#: A secret as long as those that a provider makes.
_LENGTH = 43
#: What is read in the place of what is not there.
_STAND_INS = (
    Client("0" * 24, "0" * _LENGTH, name="0" * 16, callbacks=("https://client.example/back",)),
    PendingAuthorization("0" * 24, "0" * _LENGTH, "0" * 24, "https://client.example/back", 0.0),
    IssuedToken("0" * 24, "0" * _LENGTH, "0" * 24, "0" * 8, 0.0, {"scope": "0" * 8}),
)


class Cipher(Protocol):
    """Authenticated encryption, such as ``Fernet`` or ``MultiFernet`` of ``cryptography``."""

    def encrypt(self, data: bytes) -> bytes:
        """``data`` as ASCII that only `decrypt` can read."""
        ...

    def decrypt(self, token: bytes) -> bytes:
        """What was encrypted. Raises where it was changed, or another key was used."""
        ...


class Fields:
    """Turns records into fields as JSON has them, and back.

    Args:
        cipher: encrypts secrets; None leaves them as they are.
    """

    def __init__(self, cipher: Cipher | None) -> None:
        self._cipher = cipher
        self._no_secret = self._sealed("0" * _LENGTH)
        self._stand_ins: dict[type, str] = {type(record): self.text(record) for record in _STAND_INS}

    def of(self, record: Any) -> dict[str, Any]:
        """The fields of a record."""
        return {name: self._written(name, value) for name, value in record._asdict().items()}

    def text(self, record: Any) -> str:
        """The fields of a record as JSON."""
        return json.dumps(self.of(record), separators=(",", ":"))

    def read(self, kind: type[Record], fields: Mapping[str, Any]) -> Record:
        """The record that was written as ``fields``.

        Raises:
            StoreError: they cannot be read: damaged, or encrypted under another key.
        """
        try:
            return kind(**{name: self._read(name, value) for name, value in fields.items()})
        except Exception:
            # The original error may quote what it could not read.
            pass
        raise StoreError(f"a stored {kind.__name__} cannot be read: it is damaged, or encrypted under another key")

    def read_or_pretend(self, kind: type[Record], fields: Mapping[str, Any] | None) -> Record | None:
        """`read`; without ``fields`` None, after as much work.

        Raises:
            StoreError: see `read`.
        """
        if fields is not None:
            return self.read(kind, fields)
        self.read(kind, json.loads(self._stand_ins[kind]))
        return None

    def _written(self, name: str, value: Any) -> Any:
        if name in _SECRET and value is not None:
            return self._sealed(value)
        if name == "rsa_key" and value is not None:
            return b64encode(value.der()).decode("ascii")
        return value

    def _read(self, name: str, value: Any) -> Any:
        if name in _SECRET:
            # A secret that is not there yet, such as the code of an undecided authorization, costs what others cost.
            opened = self._opened(self._no_secret if value is None else value)
            return None if value is None else opened
        if name == "rsa_key" and value is not None:
            return _public_key(value)
        return tuple(value or ()) if name in _TUPLES else value

    def _sealed(self, secret: str) -> str:
        return secret if self._cipher is None else self._cipher.encrypt(secret.encode("utf-8")).decode("ascii")

    def _opened(self, stored: str) -> str:
        return stored if self._cipher is None else self._cipher.decrypt(stored.encode("ascii")).decode("utf-8")


def is_storable(text: str | None) -> bool:
    """Whether a database can hold ``text``: no NUL, nothing that UTF-8 lacks. Nothing is registered under others."""
    return text is None or ("\0" not in text and all(not "\ud800" <= character <= "\udfff" for character in text))


@lru_cache(maxsize=1024)
def _public_key(der: str) -> RsaPublicKey:
    """The key with these octets, in base64. Parsed once, for it takes long enough to tell a client from a stranger."""
    return restored_public_key(b64decode(der))
