"""`RecordCodec`: records as fields that a store can write, and back. A cipher encrypts the secrets in them.

An encrypted secret names its place: the kind of record, the identifier of the record, and the field. So a secret that
was copied to another place is rejected there.

A record that was not found takes as long as one that was: `RecordCodec.decode_or_dummy` decodes and decrypts a dummy
instead. So the time of a look-up does not tell who is registered.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeVar, cast

from oauthone.core.rsa import RsaPublicKey, load_stored_public_key
from oauthone.errors import StoreError
from oauthone.server._records import Client, IssuedToken, PendingAuthorization, require_secret_or_key

Record = TypeVar("Record")
Result = TypeVar("Result")

#: The fields that are encrypted.
SECRETS = frozenset({"client_secret", "token_secret", "verifier"})
_TUPLES = frozenset({"signature_methods", "callbacks"})
#: The prefix of an encrypted secret, by which it differs from one that is not encrypted.
_ENCRYPTED = "encrypted:"
#: The name of each kind of record in its secrets. The first field of each record is its identifier.
_KINDS: dict[type, str] = {Client: "client", PendingAuthorization: "pending", IssuedToken: "token"}
#: The length of the secrets that a provider generates.
_LENGTH = 43
#: The records that are decoded when none was found.
_DUMMY_RECORDS = (
    Client("0" * 24, "0" * _LENGTH, name="0" * 16, callbacks=("https://client.example/back",)),
    PendingAuthorization("0" * 24, "0" * _LENGTH, "0" * 24, "https://client.example/back", 0.0),
    IssuedToken("0" * 24, "0" * _LENGTH, "0" * 24, "0" * 8, 0.0, {"scope": "0" * 8}),
)


class Place(NamedTuple):
    """The place of a secret.

    Attributes:
        kind: the kind of record: ``"client"``, ``"pending"`` or ``"token"``.
        identifier: the identifier of the record.
        field: the name of the field.
    """

    kind: str
    identifier: str
    field: str


_NOWHERE = Place("", "", "")


class Cipher(Protocol):
    """Authenticated encryption, such as ``Fernet`` or ``MultiFernet`` of ``cryptography``."""

    def encrypt(self, data: bytes) -> bytes:
        """Encrypt ``data``, and return ASCII."""
        ...

    def decrypt(self, token: bytes) -> bytes:
        """Decrypt ``token``. Raise if it was changed or encrypted with another key."""
        ...


class RecordCodec:
    """Converts records into fields that JSON can hold, and back.

    Args:
        cipher: encrypts secrets; None stores them as they are.

    Raises:
        TypeError: ``cipher`` cannot encrypt and decrypt, such as the key of one.
    """

    def __init__(self, cipher: Cipher | None) -> None:
        if cipher is not None and not all(callable(getattr(cipher, name, None)) for name in ("encrypt", "decrypt")):
            raise TypeError(f"cipher must have encrypt() and decrypt(), such as a Fernet, not {type(cipher).__name__}")
        self._cipher = cipher
        self._no_secret = self._encrypt("0" * _LENGTH, _NOWHERE)
        self._dummies: dict[type, str] = {type(record): self.encode_json(record) for record in _DUMMY_RECORDS}

    def encode(self, record: Any) -> dict[str, Any]:
        """The fields of a record, with its secrets encrypted."""
        kind = _kind_of(record.__class__)
        return {name: self._encode(Place(kind, record[0], name), value) for name, value in record._asdict().items()}

    def encode_json(self, record: Any) -> str:
        """The fields of a record as JSON."""
        return json.dumps(self.encode(record), separators=(",", ":"))

    def decode(self, kind: type[Record], fields: Mapping[str, Any]) -> Record:
        """The record that was encoded as ``fields``.

        Args:
            kind: the class of the record.
            fields: the encoded fields.

        Raises:
            StoreError: the fields are damaged, encrypted with another key, or not encrypted as this store's are.
        """
        return _readable(kind.__name__, lambda: self._decode_record(kind, fields))

    def decode_or_dummy(self, kind: type[Record], fields: Mapping[str, Any] | None) -> Record | None:
        """`decode` for fields that may be None. Then it decodes a dummy record, which takes as long, and returns None.

        Args:
            kind: the class of the record.
            fields: the encoded fields, or None if no record was found.

        Raises:
            StoreError: see `decode`.
        """
        if fields is not None:
            return self.decode(kind, fields)
        self.decode(kind, json.loads(self._dummies[kind]))
        return None

    def reencrypt(self, secret: str, place: Place) -> str:
        """Encrypt a stored secret with the first key and bind it to its place, whether it was encrypted or not.

        Args:
            secret: the secret as it is stored.
            place: where it is stored.

        Raises:
            StoreError: none of the keys decrypts it, or it is bound to another place.
        """
        return _readable("secret", lambda: self._encrypt(self._decrypt_if_encrypted(secret, place), place))

    def _decode_record(self, kind: type[Record], fields: Mapping[str, Any]) -> Record:
        name, identifier = _kind_of(kind), fields[cast("Any", kind)._fields[0]]
        record = kind(**{field: self._decode(Place(name, identifier, field), value) for field, value in fields.items()})
        if isinstance(record, Client):
            _refuse_open(record)
        return record

    def _encode(self, place: Place, value: Any) -> Any:
        if place.field in SECRETS and value is not None:
            return self._encrypt(value, place)
        if place.field == "rsa_key" and value is not None:
            return b64encode(value.der()).decode("ascii")
        return value

    def _decode(self, place: Place, value: Any) -> Any:
        if place.field in SECRETS:
            # A secret that does not exist yet, such as the code of an undecided authorization, takes as long as others.
            if value is None:
                self._decrypt(self._no_secret, _NOWHERE)
                return None
            return self._decrypt(value, place)
        if place.field == "rsa_key" and value is not None:
            return _public_key(value)
        return tuple(value or ()) if place.field in _TUPLES else value

    def _encrypt(self, secret: str, place: Place) -> str:
        if self._cipher is not None:
            return _ENCRYPTED + self._cipher.encrypt(json.dumps([*place, secret]).encode("ascii")).decode("ascii")
        if secret.startswith(_ENCRYPTED):
            raise StoreError(f"a secret that starts with {_ENCRYPTED!r} would be read as encrypted: choose another one")
        return secret

    def _decrypt(self, stored: str, place: Place) -> str:
        if stored.startswith(_ENCRYPTED) != (self._cipher is not None):
            raise _Unreadable(
                "it is not encrypted, but this store has a cipher: call reencrypt() once"
                if self._cipher
                else "it is encrypted, but this store has no cipher: pass the one that encrypted it"
            )
        if self._cipher is None:
            return stored
        *bound_to, secret = json.loads(self._cipher.decrypt(stored.removeprefix(_ENCRYPTED).encode("ascii")))
        if bound_to != [*place]:
            raise _Unreadable("it was encrypted for another record or field: somebody changed the stored data")
        return str(secret)

    def _decrypt_if_encrypted(self, stored: str, place: Place) -> str:
        return self._decrypt(stored, place) if stored.startswith(_ENCRYPTED) else stored


def _kind_of(record: type) -> str:
    """The name of this class of records in secrets, or of the class from which it is derived."""
    return next(_KINDS[one] for one in record.__mro__ if one in _KINDS)


def _refuse_open(client: Client) -> None:
    try:
        require_secret_or_key(client)
    except ValueError as refused:
        raise _Unreadable(str(refused)) from None


class _Unreadable(Exception):
    """Why a stored record is rejected, in words that quote no secret."""


def _readable(what: str, read: Callable[[], Result]) -> Result:
    """The result of ``read``. Its exceptions are dropped, as they may quote the secret that it could not read.

    Raises:
        StoreError: ``read`` failed.
    """
    reason = "it is damaged, or encrypted with another key"
    try:
        return read()
    except _Unreadable as unreadable:
        reason = str(unreadable)
    except Exception:
        pass
    raise StoreError(f"a stored {what} cannot be read: {reason}")


@lru_cache(maxsize=1024)
def _public_key(der: str) -> RsaPublicKey:
    """The key with these octets, in base64. It is parsed once: the time of parsing would tell that a client exists."""
    return load_stored_public_key(b64decode(der))
