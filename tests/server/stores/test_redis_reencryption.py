"""Encrypting the secrets in Redis again: what changes meanwhile stays changed, and what is damaged is named."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.fernet import Fernet
from redis import Redis

from oauthone.errors import StoreError
from oauthone.server import Client, IssuedToken, PendingAuthorization
from oauthone.server.stores.redis import AsyncRedisStore, RedisStore

from ..services import RedisServer, free_port
from ..setting import NOW, Clock
from .backends import Awaited, Opened
from .conftest import ttls

CIPHER = Fernet(Fernet.generate_key())


class Meanwhile:
    """A cipher that does something when it first encrypts ``secret``."""

    def __init__(self, secret: bytes, change: Callable[[], Any]) -> None:
        self._secret = secret
        self._changes = [change]

    def encrypt(self, data: bytes) -> bytes:
        if self._secret in data and self._changes:
            self._changes.pop()()
        return CIPHER.encrypt(data)

    def decrypt(self, token: bytes) -> bytes:
        return CIPHER.decrypt(token)


def test_a_record_that_changes_meanwhile_stays_changed_and_is_encrypted(
    redis: RedisStore, redis_server: RedisServer
) -> None:
    redis.add_client(Client.create("c", "client secret"))
    redis.save_token(IssuedToken("t", "token secret", "c", "ann"))
    redis.save_pending(PendingAuthorization("p", "pending secret", "c", None, NOW + 600))
    changes: dict[bytes, Callable[[], Any]] = {
        b"client secret": lambda: redis.add_client(Client.create("c", "new secret")),
        b"token secret": lambda: redis.revoke_token("t"),
        b"pending secret": lambda: redis._redis.delete("particular:pending:p"),
    }
    for secret, change in changes.items():
        store = RedisStore(redis_server.url, prefix="particular:", cipher=Meanwhile(secret, change), clock=Clock())
        store.reencrypt()
        store.close()
    store = RedisStore(redis_server.url, prefix="particular:", cipher=CIPHER, clock=Clock())
    assert store.find_client("c") == Client.create("c", "new secret")
    assert store.tokens_of("ann") == [IssuedToken("t", "token secret", "c", "ann", revoked=True)]
    assert store.find_pending("p") is None
    store.close()


def test_keys_expire_as_before_and_nonces_and_indexes_stay_as_they_are(
    redis: RedisStore, redis_server: RedisServer
) -> None:
    redis.add_client(Client.create("c", "s"))
    redis.save_pending(PendingAuthorization("p", "s", "c", None, NOW + 600))
    redis.approve_pending("p", "code", "ann", {})
    redis.save_token(IssuedToken("t", "s", "c", "ann", NOW + 10))
    redis.use_nonce("c", "t", int(time.time()), "n")
    redis._redis.set("particular:crowd:x", "of somebody else")
    before = ttls(redis)
    store = RedisStore(redis_server.url, prefix="particular:", cipher=CIPHER, clock=Clock())
    assert store.reencrypt() == 3
    after = ttls(redis)
    assert after.keys() == before.keys()
    assert all(before[key] - 5 <= after[key] <= before[key] for key in before)
    store.close()


def test_more_records_than_one_page_are_encrypted(redis_server: RedisServer) -> None:
    """Also through a client that decodes replies."""
    decoding = Redis.from_url(redis_server.url, decode_responses=True, socket_timeout=5)
    decoding.flushall()
    plain = RedisStore(decoding, prefix="particular:", clock=Clock())
    for number in range(405):
        plain.save_token(IssuedToken(f"t{number}", "s", "c", "ann"))
    store = RedisStore(decoding, prefix="particular:", cipher=CIPHER, clock=Clock())
    assert store.reencrypt() == 405
    assert len(store.tokens_of("ann")) == 405
    store.close()


@pytest.mark.parametrize("damaged", ["{", "[]", '{"client_id":"other"}', '{"token":"c"}'])
def test_a_damaged_record_is_an_error(redis: RedisStore, damaged: str) -> None:
    redis._redis.set("particular:client:c", damaged)
    with pytest.raises(StoreError, match="a stored client cannot be encrypted again: it is damaged"):
        redis.reencrypt()


@pytest.mark.parametrize("make", [lambda url: Opened(RedisStore(url)), lambda url: Awaited(AsyncRedisStore(url))])
def test_a_redis_that_is_down_is_an_error(make: Callable[[str], Opened]) -> None:
    store = make(f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises(StoreError, match="the Redis command failed"):
        store.reencrypt()
    store.end()
