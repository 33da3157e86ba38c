"""What to ask Redis for each method of a store.

Each method is a generator that yields lists of commands and gets their replies. Whatever has to be atomic is one
command or one script on one key, so it is atomic in a cluster too, wherever the other keys lie.
"""

import json
from collections.abc import Callable, Generator, Mapping
from math import ceil
from typing import Any, TypeAlias, TypeVar

from oauthone.core.verified import Credentials
from oauthone.errors import StoreError
from oauthone.server._records import Client, IssuedToken, PendingAuthorization, credentials_of
from oauthone.server._storable import is_storable
from oauthone.server.stores._nonces import CLOCK_MARGIN, forgotten, nonce_digest
from oauthone.server.stores._record_codec import Cipher, RecordCodec
from oauthone.server.stores._store_methods import RETENTION

Result = TypeVar("Result")
Record = TypeVar("Record")
Command: TypeAlias = tuple[str | int, ...]
Commands: TypeAlias = Generator[list[Command], list[Any], Result]

#: Keeps a nonce until a moment of Redis's own clock, the one by which Redis forgets. Refuses it after that moment, so
#: the clocks of the machines that ask decide neither what is forgotten nor what is refused.
_USE_NONCE = """
if tonumber(ARGV[1]) <= tonumber(redis.call('TIME')[1]) then return -1 end
return redis.call('SET', KEYS[1], 1, 'NX', 'EXAT', ARGV[1]) and 1 or 0
"""
#: Saves a token, or what is left of it where it was revoked.
_SAVE_TOKEN = """
local before = redis.call('GET', KEYS[1])
if before and cjson.decode(before)['revoked'] then
    return redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[4])
end
if ARGV[3] == '' then return redis.call('SET', KEYS[1], ARGV[1]) end
return redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
"""
#: What is pending is a hash with the authorization, the decision and the number of tries. They end together.
_SAVE_PENDING = """
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'undecided', ARGV[1])
return redis.call('EXPIRE', KEYS[1], ARGV[2])
"""
_APPROVE_PENDING = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return redis.call('HSETNX', KEYS[1], 'decided', ARGV[1])
"""
_TAKE_PENDING = """
local found = redis.call('HMGET', KEYS[1], 'undecided', 'decided')
redis.call('DEL', KEYS[1])
return found
"""
_COUNT_ATTEMPT = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 1 end
return redis.call('HINCRBY', KEYS[1], 'verifier_attempts', 1)
"""


class RedisCommands:
    """What to ask Redis for each of a store's methods."""

    def __init__(self, prefix: str, window: int, cipher: Cipher | None, clock: Callable[[], float]) -> None:
        self._prefix = prefix
        self._window = window
        self._codec = RecordCodec(cipher)
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
        """Whichever of the two is unknown costs what a known one costs."""
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
        key = self._key("nonce", nonce_digest(client_id, token, timestamp, nonce))
        (outcome,) = yield [("EVAL", _USE_NONCE, 1, key, timestamp + self._window + CLOCK_MARGIN + 1)]
        if outcome == -1:
            raise forgotten(self._window)
        return bool(outcome == 1)

    def save_pending(self, pending: PendingAuthorization) -> Commands[None]:
        keep = self._seconds_until(pending.expires)
        yield [("EVAL", _SAVE_PENDING, 1, self._key("pending", pending.token), self._codec.encode_json(pending), keep)]

    def approve_pending(self, token: str, verifier: str, user: str, extra: Mapping[str, str]) -> Commands[bool]:
        pending = yield from self.find_pending(token)
        if pending is None or pending.verifier is not None:
            return False
        decided = self._codec.encode_json(pending._replace(verifier=verifier, user=user, extra=extra))
        (first,) = yield [("EVAL", _APPROVE_PENDING, 1, self._key("pending", token), decided)]
        return bool(first)

    def find_pending(self, token: str) -> Commands[PendingAuthorization | None]:
        if not is_storable(token):
            return None
        ((undecided, decided),) = yield [("HMGET", self._key("pending", token), "undecided", "decided")]
        return self._record(PendingAuthorization, token, decided or undecided)

    def take_pending(self, token: str) -> Commands[PendingAuthorization | None]:
        if not is_storable(token):
            return None
        ((undecided, decided),) = yield [("EVAL", _TAKE_PENDING, 1, self._key("pending", token))]
        return self._record(PendingAuthorization, token, decided or undecided)

    def count_verifier_attempt(self, token: str) -> Commands[int]:
        if not is_storable(token):
            return 1
        (attempts,) = yield [("EVAL", _COUNT_ATTEMPT, 1, self._key("pending", token))]
        return int(attempts)

    def save_token(self, issued: IssuedToken) -> Commands[None]:
        """To look whether it was revoked, and to write, have to be one step."""
        keep = RETENTION if issued.revoked else ""
        if not issued.revoked and issued.expires is not None:
            keep = self._seconds_until(issued.expires) + RETENTION
        texts = self._codec.encode_json(issued), self._codec.encode_json(issued._replace(revoked=True))
        yield [("EVAL", _SAVE_TOKEN, 1, self._key("token", issued.token), *texts, keep, RETENTION)]

    def revoke_token(self, token: str) -> Commands[bool]:
        """Nothing else of a token ever changes, so reading before writing loses nothing."""
        if not is_storable(token):
            return False
        key = self._key("token", token)
        (text,) = yield [("GET", key)]
        issued = self._record(IssuedToken, token, text)
        if issued is None:
            return False
        (there,) = yield [("SET", key, self._codec.encode_json(issued._replace(revoked=True)), "XX", "EX", RETENTION)]
        return bool(there)

    def _key(self, kind: str, name: str) -> str:
        return f"{self._prefix}{kind}:{name}"

    def _seconds_until(self, moment: float) -> int:
        return max(1, ceil(moment - self._clock()))

    def _record(self, kind: type[Record], identifier: str | None, text: bytes | str | None) -> Record | None:
        """The record under a key. One that names another identifier was copied there.

        Raises:
            StoreError: it cannot be read, or is another's.
        """
        try:
            fields = None if text is None else json.loads(text)
        except ValueError:
            fields = {"": None}
        record: Any = self._codec.decode_or_dummy(kind, fields)
        if record is not None and record[0] != identifier:
            raise StoreError(
                f"a stored {kind.__name__} cannot be used: it lies under the key of another one, so somebody changed "
                "what is stored"
            )
        return record  # type: ignore[no-any-return]
