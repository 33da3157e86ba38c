"""Encrypts the secrets of the records in Redis again, with the first key of a cipher."""

import json
import re
from typing import Any, NamedTuple, cast

from oauthone.errors import StoreError
from oauthone.server.stores._record_codec import SECRETS, Place, RecordCodec
from oauthone.server.stores._redis_scripts import REPLACE_FIELD, REPLACE_RECORD
from oauthone.server.stores._redis_token_index import PAGE_SIZE, Command, Commands

_PENDING_FIELDS = ("undecided", "decided")


class _Stored(NamedTuple):
    """A record as it is stored. The field is None unless it is a pending authorization, which is a hash."""

    kind: str
    key: str
    field: str | None

    def read(self) -> Command:
        return ("GET", self.key) if self.field is None else ("HGET", self.key, self.field)

    def replace(self, before: bytes | str, after: str) -> Command:
        if self.field is None:
            return "EVAL", REPLACE_RECORD, 1, self.key, before, after
        return "EVAL", REPLACE_FIELD, 1, self.key, before, after, self.field


class Reencryption:
    """The commands that encrypt all secrets again.

    Args:
        prefix: the prefix of all keys of the store.
        codec: encrypts and decrypts the secrets.
    """

    def __init__(self, prefix: str, codec: RecordCodec) -> None:
        self._prefix = prefix
        self._codec = codec
        #: A pattern of Redis for the keys of records. It does not match those of nonces.
        self.pattern = re.sub(r"([\\*?\[\]])", r"\\\1", prefix) + "[cpt]*:*"

    def run(self, keys: list[str]) -> Commands[int]:
        """Encrypt the secrets of the records under these keys, a page at a time. Returns the number of records.

        Args:
            keys: the keys that the pattern matches.

        Raises:
            StoreError: a record cannot be read.
        """
        waiting = [stored for key in keys for stored in self._stored(key)]
        written: set[str] = set()
        while waiting:
            page = waiting[-PAGE_SIZE:]
            del waiting[-PAGE_SIZE:]
            texts = yield [stored.read() for stored in page]
            found = [(stored, text) for stored, text in zip(page, texts, strict=True) if text is not None]
            commands = [stored.replace(text, self._reencrypt(stored, text)) for stored, text in found]
            replaced: list[int] = (yield commands) if commands else []
            for (stored, _), done in zip(found, replaced, strict=True):
                if done:
                    written.add(stored.key)
                else:  # The record changed meanwhile, such as a token that was revoked: it is read again.
                    waiting.append(stored)
        return len(written)

    def _stored(self, key: str) -> list[_Stored]:
        kind = key.removeprefix(self._prefix).partition(":")[0]
        if kind == "pending":
            return [_Stored(kind, key, field) for field in _PENDING_FIELDS]
        return [_Stored(kind, key, None)] if kind in ("client", "token") else []

    def _reencrypt(self, stored: _Stored, text: bytes | str) -> str:
        identifier = stored.key.removeprefix(f"{self._prefix}{stored.kind}:")
        fields = _fields(text)
        if identifier != fields.get("client_id" if stored.kind == "client" else "token"):
            raise StoreError(f"a stored {stored.kind} cannot be encrypted again: it is damaged, or under a wrong key")
        secrets = {
            name: self._codec.reencrypt(value, Place(stored.kind, identifier, name))
            for name, value in fields.items()
            if name in SECRETS and value is not None
        }
        return json.dumps({**fields, **secrets}, separators=(",", ":"))


def _fields(text: bytes | str) -> dict[str, Any]:
    try:
        fields: Any = json.loads(text)
    except ValueError:
        return {}
    return cast("dict[str, Any]", fields) if isinstance(fields, dict) else {}
