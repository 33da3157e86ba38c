"""Records as fields that a store can write, and back. Secrets are encrypted on the way where there is a cipher.

What is encrypted names its place, which is the kind of record, the record's identifier and the field. So an encrypted
secret that was copied to another place is refused there.

What is not found is read like what is: `Fields.read_or_pretend` decodes and decrypts a record of its own instead, so
that the time a store takes does not tell who is registered.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeVar

from oauthone.core.rsa import RsaPublicKey, load_stored_public_key
from oauthone.errors import StoreError
from oauthone.server._records import Client, IssuedToken, PendingAuthorization, require_secret_or_key

Record = TypeVar("Record")
Result = TypeVar("Result")

#: The fields that are encrypted.
SECRETS = frozenset({"client_secret", "token_secret", "verifier"})
_TUPLES = frozenset({"signature_methods", "callbacks"})
#: What begins a secret that is encrypted, so that one that is not is never taken for one.
_SEALED = "sealed:"
#: What begins one that names its place. Others are from before there were any.
_BOUND = "sealed:2:"
#: What each kind of record is called in its secrets. The first field of each is its identifier.
_KINDS: dict[type, str] = {Client: "client", PendingAuthorization: "pending", IssuedToken: "token"}
#: A secret as long as those that a provider makes.
_LENGTH = 43
#: What is read in the place of what is not there.
_STAND_INS = (
    Client("0" * 24, "0" * _LENGTH, name="0" * 16, callbacks=("https://client.example/back",)),
    PendingAuthorization("0" * 24, "0" * _LENGTH, "0" * 24, "https://client.example/back", 0.0),
    IssuedToken("0" * 24, "0" * _LENGTH, "0" * 24, "0" * 8, 0.0, {"scope": "0" * 8}),
)


class Place(NamedTuple):
    """Where a secret lies.

    Attributes:
        kind: of record: ``"client"``, ``"pending"`` or ``"token"``.
        identifier: the record's.
        field: the name of the field.
    """

    kind: str
    identifier: str
    field: str


_NOWHERE = Place("", "", "")


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
        self._no_secret = self._sealed("0" * _LENGTH, _NOWHERE)
        self._stand_ins: dict[type, str] = {type(record): self.text(record) for record in _STAND_INS}

    def of(self, record: Any) -> dict[str, Any]:
        """The fields of a record."""
        kind = _kind_of(record.__class__)
        return {name: self._written(Place(kind, record[0], name), value) for name, value in record._asdict().items()}

    def text(self, record: Any) -> str:
        """The fields of a record as JSON."""
        return json.dumps(self.of(record), separators=(",", ":"))

    def read(self, kind: type[Record], fields: Mapping[str, Any]) -> Record:
        """The record that was written as ``fields``.

        Raises:
            StoreError: they cannot be read: damaged, encrypted under another key, or not as this store's are.
        """
        return _readable(kind.__name__, lambda: self._record(kind, fields))

    def renewed(self, secret: str, place: Place) -> str:
        """A stored secret, encrypted anew with the first key, whether it was encrypted or not, and bound to its place.

        Raises:
            StoreError: none of the keys reads it, or it is bound to another place.
        """
        return _readable("secret", lambda: self._sealed(self._opened_if_sealed(secret, place), place))

    def read_or_pretend(self, kind: type[Record], fields: Mapping[str, Any] | None) -> Record | None:
        """`read`; without ``fields`` None, after as much work.

        Raises:
            StoreError: see `read`.
        """
        if fields is not None:
            return self.read(kind, fields)
        self.read(kind, json.loads(self._stand_ins[kind]))
        return None

    def _record(self, kind: type[Record], fields: Mapping[str, Any]) -> Record:
        identifier_field: str = kind._fields[0]  # type: ignore[attr-defined]
        name, identifier = _kind_of(kind), fields[identifier_field]
        record = kind(**{field: self._read(Place(name, identifier, field), value) for field, value in fields.items()})
        if isinstance(record, Client):
            _refuse_open(record)
        return record

    def _written(self, place: Place, value: Any) -> Any:
        if place.field in SECRETS and value is not None:
            return self._sealed(value, place)
        if place.field == "rsa_key" and value is not None:
            return b64encode(value.der()).decode("ascii")
        return value

    def _read(self, place: Place, value: Any) -> Any:
        if place.field in SECRETS:
            # A secret that is not there yet, such as the code of an undecided authorization, costs what others cost.
            if value is None:
                self._opened(self._no_secret, _NOWHERE)
                return None
            return self._opened(value, place)
        if place.field == "rsa_key" and value is not None:
            return _public_key(value)
        return tuple(value or ()) if place.field in _TUPLES else value

    def _sealed(self, secret: str, place: Place) -> str:
        if self._cipher is not None:
            return _BOUND + self._cipher.encrypt(json.dumps([*place, secret]).encode("ascii")).decode("ascii")
        if secret.startswith(_SEALED):
            raise StoreError(f"a secret that begins with {_SEALED!r} would be read as an encrypted one: choose another")
        return secret

    def _opened(self, stored: str, place: Place) -> str:
        if stored.startswith(_SEALED) != (self._cipher is not None):
            raise _Unreadable(
                "it is not encrypted, but this store has a cipher: call reencrypt() once"
                if self._cipher
                else "it is encrypted, but this store has no cipher: pass the one it was written with"
            )
        if self._cipher is None:
            return stored
        if not stored.startswith(_BOUND):
            raise _Unreadable("it is encrypted, but not bound to its record: call reencrypt() once")
        *bound_to, secret = json.loads(self._cipher.decrypt(stored.removeprefix(_BOUND).encode("ascii")))
        if bound_to != [*place]:
            raise _Unreadable("it was encrypted for another record or field: somebody changed what is stored")
        return str(secret)

    def _opened_if_sealed(self, stored: str, place: Place) -> str:
        if not stored.startswith(_SEALED):
            return stored
        if self._cipher is None or stored.startswith(_BOUND):
            return self._opened(stored, place)
        return self._cipher.decrypt(stored.removeprefix(_SEALED).encode("ascii")).decode("utf-8")


def _kind_of(record: type) -> str:
    """What this class of records, or the one that it is derived from, is called in secrets."""
    return next(_KINDS[one] for one in record.__mro__ if one in _KINDS)


def _refuse_open(client: Client) -> None:
    try:
        require_secret_or_key(client)
    except ValueError as refused:
        raise _Unreadable(str(refused)) from None


class _Unreadable(Exception):
    """Why what is stored is refused, in words that quote no secret."""


def _readable(what: str, read: Callable[[], Result]) -> Result:
    """What ``read`` returns; what it raises may quote what it could not read, and is left behind.

    Raises:
        StoreError: it failed.
    """
    reason = "it is damaged, or encrypted under another key"
    try:
        return read()
    except _Unreadable as unreadable:
        reason = str(unreadable)
    except Exception:
        pass
    raise StoreError(f"a stored {what} cannot be read: {reason}")


@lru_cache(maxsize=1024)
def _public_key(der: str) -> RsaPublicKey:
    """The key with these octets, in base64. Parsed once, for it takes long enough to tell a client from a stranger."""
    return load_stored_public_key(b64decode(der))
