"""The index of tokens in Redis lists every existing token, and keeps no expired one forever."""

import json
import secrets

import pytest
from cryptography.fernet import Fernet
from redis import Redis

from oauthone.errors import ConfigurationError, StoreError
from oauthone.server import IssuedToken
from oauthone.server.stores.redis import RedisStore

from ..services import RedisClusterServers, RedisServer
from ..setting import NOW, Clock
from .backends import open_cluster_store
from .conftest import ttls

DAY = 24 * 3600


@pytest.mark.parametrize("expires", [None, NOW + 10 * 365 * DAY])
@pytest.mark.parametrize("again", [False, True], ids=["revoked last", "saved last"])
def test_an_index_in_redis_ends_with_the_tokens_that_were_revoked(
    redis: RedisStore, expires: float | None, again: bool
) -> None:
    issued = IssuedToken("t", "s", "c", "ann", expires)
    redis.save_token(issued)
    difference = ttls(redis)["{user:ann}:tokens"] - ttls(redis)["token:t"]
    assert difference == 0 if expires is None else DAY - 5 <= difference <= DAY + 5
    assert redis.revoke_tokens(user="ann") == 1
    if again:
        redis.save_token(issued)
    assert ttls(redis)["{user:ann}:tokens"] > 31 * DAY - 10
    if expires is None or not again:
        assert ttls(redis)["{user:ann}:tokens"] <= 31 * DAY
    assert 30 * DAY - 10 < ttls(redis)["token:t"] <= 30 * DAY
    redis.save_token(issued._replace(token="lasting", expires=None))
    assert ttls(redis)["{user:ann}:tokens"] == -1


def test_a_token_that_is_saved_again_stays_listed_as_long_as_the_longer_of_both_lives(redis: RedisStore) -> None:
    """The second write might fail after its entry was changed."""
    for long, short in ((None, NOW + 10), (NOW + 1000 * DAY, NOW + 10)):
        redis._redis.flushall()
        redis.save_token(IssuedToken("t", "s", "c", "ann", long))
        before = ttls(redis)["{user:ann}:tokens"]
        redis.save_token(IssuedToken("t", "s", "c", "ann", short))
        assert before - 5 <= ttls(redis)["{user:ann}:tokens"] <= before
    redis.save_token(IssuedToken("t", "s", "c", "ann"))
    assert ttls(redis)["{user:ann}:tokens"] == -1


def test_entries_of_tokens_that_ended_leave_the_index_with_the_next_token(redis: RedisStore) -> None:
    for name in "abc":
        redis.save_token(IssuedToken(name, "s", "c", "ann", NOW + 10))
    for key in ("{user:ann}", "{client:c}"):
        redis._redis.zadd(f"particular:{key}:expiries", {"a": 1, "b": 2})
    redis.save_token(IssuedToken("d", "s", "c", "ann"))
    for key in ("{user:ann}", "{client:c}"):
        assert redis._redis.zrange(f"particular:{key}:tokens", 0, -1) == [b"c", b"d"]
        assert redis._redis.zrange(f"particular:{key}:expiries", 0, -1) == [b"c"]


def test_a_token_whose_record_redis_does_not_have_yet_is_neither_listed_nor_forgotten(redis: RedisStore) -> None:
    """A revocation between the two writes of a token precedes the token. The next one finds it."""
    saving = redis._commands.save_token(IssuedToken("t", "s", "c", "ann"))
    replies = redis._send(next(saving))
    assert redis.tokens_of("ann") == []
    assert redis.revoke_tokens(user="ann") == redis.revoke_tokens(client_id="c") == 0
    assert redis.revoke_token("t") is False
    with pytest.raises(StopIteration):
        saving.send(redis._send(saving.send(replies)))
    assert [issued.token for issued in redis.tokens_of("ann")] == ["t"]
    assert redis.revoke_tokens(user="ann") == 1


@pytest.mark.parametrize("damaged", ['{"token":"t","revoked":fal', "[]", '{"token":"other","revoked":false}', "1"])
def test_a_damaged_record_in_redis_keeps_no_other_token_from_being_revoked(redis: RedisStore, damaged: str) -> None:
    for name in "stu":
        redis.save_token(IssuedToken(name, "s", "c", "ann"))
    redis._redis.set("particular:token:t", damaged)
    with pytest.raises(StoreError, match="a stored IssuedToken cannot be"):
        redis.revoke_token("t")
    assert redis.revoke_tokens(user="ann") == 2
    with pytest.raises(StoreError, match="a stored IssuedToken cannot be"):
        redis.tokens_of("ann")


def test_a_record_whose_fields_changed_places_is_not_revoked_silently(redis: RedisStore) -> None:
    redis.save_token(IssuedToken("t", "s", "c", "ann"))
    fields = json.loads(redis._redis.get("particular:token:t"))
    redis._redis.set("particular:token:t", json.dumps(dict(reversed(fields.items()))))
    with pytest.raises(StoreError, match="a stored IssuedToken cannot be revoked: it is damaged"):
        redis.revoke_token("t")


def test_revoking_in_redis_changes_nothing_but_that_and_needs_no_cipher(redis_server: RedisServer) -> None:
    """Numbers and strings stay as they were written, also strings that look like the field."""
    extra = {"scope": '"revoked":false}', "empty": "", "odd": "\N{SNOWMAN}\\"}
    issued = IssuedToken("t", "s", "c", "ann", NOW + 0.123456789, extra)
    cipher, other = Fernet(Fernet.generate_key()), Fernet(Fernet.generate_key())
    written, unreadable = (
        RedisStore(redis_server.url, prefix="particular:", cipher=one, clock=Clock()) for one in (cipher, other)
    )
    written._redis.flushall()
    written.save_token(issued)
    assert unreadable.revoke_tokens(client_id="c") == 1
    assert written.tokens_of("ann") == [issued._replace(revoked=True)]
    for store in (written, unreadable):
        store.close()


def test_a_client_that_decodes_replies_lists_and_revokes_too(redis_server: RedisServer) -> None:
    decoding = Redis.from_url(redis_server.url, decode_responses=True, socket_timeout=5)
    store = RedisStore(decoding, prefix="particular:", clock=Clock())
    decoding.flushall()
    issued = IssuedToken("t\N{SNOWMAN}", "s", "c", "ann")
    store.save_token(issued)
    assert store.tokens_of("ann") == [issued]
    assert store.revoke_tokens(user="ann", client_id="c") == 1
    store.close()


def test_a_prefix_that_a_cluster_would_not_take_for_a_hash_tag_is_refused(redis_server: RedisServer) -> None:
    with pytest.raises(ConfigurationError, match="an empty pair of braces cannot be a hash tag"):
        RedisStore(redis_server.url, prefix="app{}:")
    for prefix in ("{app}:", "app{", "}{"):
        RedisStore(redis_server.url, prefix=prefix).close()


@pytest.mark.parametrize("prefix", ["{app}:", "app{", "a}{"])
def test_a_prefix_with_braces_works_in_a_cluster(redis_cluster: RedisClusterServers, prefix: str) -> None:
    store = open_cluster_store(redis_cluster.port, asynchronous=False, prefix=f"{secrets.token_hex(4)}{prefix}")
    store.save_token(IssuedToken("t", "s", "c", "ann"))
    assert store.revoke_tokens(user="ann") == 1
    store.end()
