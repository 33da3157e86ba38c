"""`RedisCommands`: the Redis commands of each method of a store.

Each method is a generator that yields lists of commands and receives their replies. A change that has to be atomic is
one command or one script, on one key or on keys with one hash tag. So it is atomic in a cluster too, wherever the other
keys lie.
"""

import json
from collections.abc import Callable, Mapping
from math import ceil
from typing import Any, TypeVar, cast

from oauthone.core.verification_types import Credentials
from oauthone.errors import StoreError
from oauthone.server._records import Client, IssuedToken, PendingAuthorization, credentials_of
from oauthone.server._settings_checks import require_number
from oauthone.server._storable import is_storable
from oauthone.server.stores._record_codec import Cipher, RecordCodec
from oauthone.server.stores._redis_nonces import RedisNonces
from oauthone.server.stores._redis_reencryption import Reencryption
from oauthone.server.stores._redis_scripts import (
    APPROVE_PENDING,
    COUNT_ATTEMPT,
    DAMAGED,
    READ,
    REVOKE_TOKEN,
    REVOKED,
    REVOKED_BEFORE,
    SAVE_PENDING,
    SAVE_TOKEN,
    TAKE_PENDING,
    UNKNOWN,
)
from oauthone.server.stores._redis_token_index import Command, Commands, TokenIndex
from oauthone.server.stores._store_commands import RETENTION

Record = TypeVar("Record")


class RedisCommands:
    """The commands of each method of a store.

    Args:
        prefix: the prefix of all keys.
        window: for how many seconds nonces are kept.
        max_nonces: how many nonces of one client may be kept at once.
        cipher: encrypts secrets; None stores them as they are.
        clock: returns the seconds since 1970.
    """

    def __init__(
        self, prefix: str, window: int, max_nonces: int, cipher: Cipher | None, clock: Callable[[], float]
    ) -> None:
        self._prefix = prefix
        require_number("window", window, 0)
        self._codec = RecordCodec(cipher)
        self._index = TokenIndex(prefix)
        self._nonces = RedisNonces(prefix, ceil(window), max_nonces)  # an expiry in Redis is a whole second
        self._reencryption = Reencryption(prefix, self._codec)
        self._clock = clock

    def add_client(self, client: Client) -> Commands[None]:
        yield [("SET", self._key("client", client.client_id), self._codec.encode_json(client))]

    def remove_client(self, client_id: str) -> Commands[bool]:
        if not is_storable(client_id):
            return False
        (removed,) = yield [("DEL", self._key("client", client_id))]
        return bool(removed)

    def find_client(self, client_id: str) -> Commands[Client | None]:
        if not is_storable(client_id):
            return None
        (text,) = yield [("GET", self._key("client", client_id))]
        return self._record(Client, client_id, text)

    def find_credentials(self, client_id: str, token: str | None) -> Commands[Credentials | None]:
        """An unknown client or token takes as long as a known one."""
        if not is_storable(client_id):
            return None
        keys = [self._key("client", client_id)]
        if token is not None and is_storable(token):
            keys.append(self._key("token", token))
        texts = yield [("GET", key) for key in keys]
        client = self._record(Client, client_id, texts[0])
        issued = self._record(IssuedToken, token, texts[1]) if texts[1:] else None
        return None if client is None else credentials_of(client, issued, self._clock())

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> Commands[bool]:
        return self._nonces.use(client_id, token, timestamp, nonce)

    def save_pending(self, pending: PendingAuthorization) -> Commands[None]:
        ttl = self._seconds_until(pending.expires)
        yield [("EVAL", SAVE_PENDING, 1, self._key("pending", pending.token), self._codec.encode_json(pending), ttl)]

    def approve_pending(self, token: str, verifier: str, user: str, extra: Mapping[str, str]) -> Commands[bool]:
        pending = yield from self.find_pending(token)
        if pending is None or pending.verifier is not None:
            return False
        decided = self._codec.encode_json(pending._replace(verifier=verifier, user=user, extra=extra))
        (first,) = yield [("EVAL", APPROVE_PENDING, 1, self._key("pending", token), decided)]
        return bool(first)

    def find_pending(self, token: str) -> Commands[PendingAuthorization | None]:
        if not is_storable(token):
            return None
        ((undecided, decided),) = yield [("HMGET", self._key("pending", token), "undecided", "decided")]
        return self._record(PendingAuthorization, token, decided or undecided)

    def take_pending(self, token: str) -> Commands[PendingAuthorization | None]:
        if not is_storable(token):
            return None
        ((undecided, decided),) = yield [("EVAL", TAKE_PENDING, 1, self._key("pending", token))]
        return self._record(PendingAuthorization, token, decided or undecided)

    def count_verifier_attempt(self, token: str) -> Commands[int]:
        if not is_storable(token):
            return 1
        (attempts,) = yield [("EVAL", COUNT_ATTEMPT, 1, self._key("pending", token))]
        return int(attempts)

    def save_token(self, issued: IssuedToken) -> Commands[None]:
        ttl = RETENTION if issued.revoked else None
        if not issued.revoked and issued.expires is not None:
            ttl = self._seconds_until(issued.expires) + RETENTION
        # First the indexes, then the record: a token that exists is always listed.
        yield self._index.add(issued.token, issued.user, issued.client_id, ttl)
        texts = self._codec.encode_json(issued), self._codec.encode_json(issued._replace(revoked=True))
        seconds = "" if ttl is None else ttl
        (revoked,) = yield [("EVAL", SAVE_TOKEN, 1, self._key("token", issued.token), *texts, seconds, RETENTION)]
        if revoked or issued.revoked:
            yield self._index.set_expiry(issued.token, issued.user, issued.client_id, RETENTION)

    def revoke_token(self, token: str) -> Commands[bool]:
        if not is_storable(token):
            return False
        (outcome,) = yield from self._revoke([token], None, None)
        if outcome == DAMAGED:
            (text,) = yield [("GET", self._key("token", token))]
            self._record(IssuedToken, token, text)
            raise StoreError("a stored IssuedToken cannot be revoked: it is damaged")
        return outcome != UNKNOWN

    def tokens_of(self, user: str) -> Commands[list[IssuedToken]]:
        found: list[IssuedToken] = []
        if not is_storable(user):
            return found
        tokens = yield from self._page(user, None, None)
        while tokens:
            texts = yield [("GET", self._key("token", token)) for token in tokens]
            stored = [(token, text) for token, text in zip(tokens, texts, strict=True) if text is not None]
            records = [self._record(IssuedToken, token, text) for token, text in stored]
            found += [issued for issued in records if issued is not None and issued.user == user]
            tokens = yield from self._page(user, None, tokens[-1])
        return found

    def revoke_tokens(self, user: str | None, client_id: str | None) -> Commands[int]:
        """A page at a time. After an error it can be repeated: what was revoked stays revoked."""
        revoked = 0
        if not (is_storable(user) and is_storable(client_id)):
            return revoked
        tokens = yield from self._page(user, client_id, None)
        while tokens:
            outcomes = yield from self._revoke(tokens, user, client_id)
            revoked += outcomes.count(REVOKED)
            tokens = yield from self._page(user, client_id, tokens[-1])
        return revoked

    def check(self) -> Commands[None]:
        """Write, and read in a script, as a nonce does: a replica, and a Redis that is full, can only read."""
        key = f"{self._prefix}check"
        yield [("SET", key, "", "EX", 60)]
        yield [("EVAL", READ, 1, key)]

    @property
    def records(self) -> str:
        """A pattern of Redis for the keys of `reencrypt`."""
        return self._reencryption.pattern

    def reencrypt(self, keys: list[bytes | str]) -> Commands[int]:
        return self._reencryption.run([_text(key) for key in keys])

    def _revoke(self, tokens: list[str], user: str | None, client_id: str | None) -> Commands[list[int]]:
        """Revoke those of ``tokens`` that belong to the user and the client, if these are not None."""
        owner = ["" if name is None else f"={name}" for name in (user, client_id)]
        replies = yield [
            ("EVAL", REVOKE_TOKEN, 1, self._key("token", token), token, RETENTION, *owner) for token in tokens
        ]
        expiries: list[Command] = []
        for token, (outcome, *found) in zip(tokens, replies, strict=True):
            if outcome in (REVOKED, REVOKED_BEFORE):
                client, its_user = (None if name is None else _text(name) for name in found)
                expiries += self._index.set_expiry(token, its_user, client, RETENTION)
        if expiries:
            yield expiries
        return [reply[0] for reply in replies]

    def _page(self, user: str | None, client_id: str | None, after: str | None) -> Commands[list[str]]:
        (names,) = yield [self._index.page(user, client_id, after)]
        return [_text(name) for name in names]

    def _key(self, kind: str, name: str) -> str:
        return f"{self._prefix}{kind}:{name}"

    def _seconds_until(self, moment: float) -> int:
        return max(1, ceil(moment - self._clock()))

    def _record(self, kind: type[Record], identifier: str | None, text: bytes | str | None) -> Record | None:
        """The record under a key. A record that names another identifier was copied there.

        Raises:
            StoreError: it cannot be read, or belongs under another key.
        """
        try:
            fields = None if text is None else json.loads(text)
        except ValueError:
            fields = {"": None}
        record = self._codec.decode_or_dummy(kind, fields)
        if record is not None and cast("Any", record)[0] != identifier:
            raise StoreError(
                f"a stored {kind.__name__} cannot be used: it lies under the key of another one, so somebody changed "
                "the stored data"
            )
        return record


def _text(name: bytes | str) -> str:
    return name.decode("utf-8") if isinstance(name, bytes) else name
