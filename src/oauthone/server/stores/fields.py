"""Records as fields that a store can write, and back. Secrets are encrypted on the way where there is a cipher."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from oauthone.core.rsa import restored_public_key
from oauthone.errors import StoreError

Record = TypeVar("Record")

_SECRET = frozenset({"client_secret", "token_secret", "verifier"})
_TUPLES = frozenset({"signature_methods", "callbacks"})


class Cipher(Protocol):
    """Authenticated encryption, such as ``Fernet`` or ``MultiFernet`` of ``cryptography``."""

    def encrypt(self, data: bytes) -> bytes:
        """``data`` as ASCII that only `decrypt` can read."""
        ...

    def decrypt(self, token: bytes) -> bytes:
        """What was encrypted. Raises where it was changed, or another key was used."""
        ...


def fields_of(record: Any, cipher: Cipher | None) -> dict[str, Any]:
    """The fields of a record as JSON has them."""
    return {name: _written(name, value, cipher) for name, value in record._asdict().items()}


def record_from(kind: type[Record], fields: Mapping[str, Any], cipher: Cipher | None) -> Record:
    """The record that was written as ``fields``.

    Raises:
        StoreError: they cannot be read: damaged, or encrypted under another key.
    """
    try:
        return kind(**{name: _read(name, value, cipher) for name, value in fields.items()})
    except Exception:
        # The original error may quote what it could not read.
        pass
    raise StoreError(f"a stored {kind.__name__} cannot be read: it is damaged, or encrypted under another key")


def is_storable(text: str | None) -> bool:
    """Whether a database can hold ``text``: no NUL, nothing that UTF-8 lacks. Nothing is registered under others."""
    return text is None or ("\0" not in text and all(not "\ud800" <= character <= "\udfff" for character in text))


def _written(name: str, value: Any, cipher: Cipher | None) -> Any:
    if name in _SECRET and cipher is not None and value is not None:
        return cipher.encrypt(value.encode("utf-8")).decode("ascii")
    if name == "rsa_key" and value is not None:
        return b64encode(value.der()).decode("ascii")
    return value


def _read(name: str, value: Any, cipher: Cipher | None) -> Any:
    if name in _SECRET and cipher is not None and value is not None:
        return cipher.decrypt(value.encode("ascii")).decode("utf-8")
    if name == "rsa_key" and value is not None:
        return restored_public_key(b64decode(value))
    return tuple(value or ()) if name in _TUPLES else value
