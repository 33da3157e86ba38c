"""How Redis keeps nonces: how many of each client, for how long, and in which keys."""

import time
from typing import Any

import pytest
from redis import Redis

from oauthone.errors import StoreError
from oauthone.server.stores._redis_nonces import TOO_MANY, TOO_OLD, USE_NONCE, RedisNonces
from oauthone.server.stores.redis import RedisStore

from ..services import RedisServer


def contents(redis: RedisStore) -> tuple[int, int]:
    """How many nonces the sets hold, and how many the counts say."""
    client, held, counted = redis._redis, 0, 0
    for key in client.scan_iter():
        if client.type(key) == b"set":
            held += client.scard(key)
        else:
            counted += sum(map(int, client.hvals(key)))
    return held, counted


class Script:
    """Runs the script of a nonce in a Redis: nonce, seconds until it is refused, until it expires, and the bound."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.now = int(client.time()[0])

    def __call__(self, nonce: str, refused: int, expires: int, most: int, key: str = "nonces") -> int:
        reply: int = self.client.eval(
            USE_NONCE, 2, f"{{c}}{key}", "{c}", nonce, self.now + refused, self.now + expires, most
        )
        return reply


@pytest.fixture
def script(redis: RedisStore) -> Script:
    return Script(redis._redis)


@pytest.mark.parametrize(("age", "keep"), [(300, 61), (0, 361), (-300, 661)])
def test_redis_keeps_a_nonce_until_no_machine_accepts_its_timestamp(redis: RedisStore, age: int, keep: int) -> None:
    """And at most a minute longer, because all nonces of a minute expire together."""
    redis.use_nonce("client", "t", int(time.time()) - age, "n")
    for key in redis._redis.scan_iter():
        assert keep - 5 <= redis._redis.ttl(key) <= keep + 60


def test_a_nonce_is_new_once_and_refused_after_its_end(script: Script) -> None:
    assert [script("n", 60, 90, 9) for _ in range(2)] == [1, 0]
    assert script("m", -1, 60, 9) == TOO_OLD
    assert script.client.smembers("{c}nonces") == {b"n"}


def test_at_the_limit_a_known_nonce_is_a_replay_and_a_new_one_too_many(script: Script) -> None:
    assert [script(nonce, 60, 90, 2) for nonce in "ab"] == [1, 1]
    assert [script(nonce, 60, 90, 2) for nonce in "abc"] == [0, 0, TOO_MANY]
    assert script.client.scard("{c}nonces") == 2
    assert script("c", 60, 90, 3) == 1


def test_the_limit_is_for_all_minutes_of_a_client_together(script: Script) -> None:
    assert [script("n", 60, 90 + number, 3, f"minute {number}") for number in range(4)] == [1, 1, 1, TOO_MANY]


def test_a_count_ends_with_the_nonces_that_it_counts(script: Script) -> None:
    """So a client that reached its limit is served again, and nothing is counted that is gone."""
    script.client.hset("{c}", mapping={str(script.now - 1): 5, str(script.now + 90): 1})
    assert script("n", 60, 90, 2) == 1
    assert script.client.hgetall("{c}") == {str(script.now + 90).encode(): b"2"}
    assert script("m", 60, 90, 2) == TOO_MANY


def test_the_keys_of_a_client_live_as_long_as_their_longest_window(script: Script) -> None:
    """Stores with different windows may share a Redis. The shorter window takes nothing from the longer one."""
    for expires in (100, 500, 200):
        assert script(f"n{expires}", 60, expires, 9) == 1
    for key in ("{c}nonces", "{c}"):
        assert 490 < script.client.ttl(key) <= 500


def test_nonces_of_one_minute_and_client_share_two_keys(redis: RedisStore) -> None:
    minute = int(time.time()) // 60 * 60
    for second in range(60):
        assert redis.use_nonce("client", f"t{second}", minute + second, "n")
    assert redis._redis.dbsize() == 2
    assert contents(redis) == (60, 60)


def test_the_count_is_the_number_of_nonces_whatever_is_refused(redis: RedisStore) -> None:
    now = int(time.time())
    for number in range(200):
        redis.use_nonce("client", None, now - number % 120, str(number % 70))
    with pytest.raises(StoreError):
        redis.use_nonce("client", None, now - 3600, "old")
    held, counted = contents(redis)
    assert held == counted > 70


def test_a_redis_that_forgot_the_script_gets_it_again(redis: RedisStore) -> None:
    """As after a restart or a failover: the nonce is used once, not twice and not never."""
    now = int(time.time())
    assert redis.use_nonce("client", "t", now, "n")
    redis._redis.script_flush()
    assert not redis.use_nonce("client", "t", now, "n")
    redis._redis.script_flush()
    assert redis.use_nonce("client", "t", now, "m")


def test_one_nonce_is_one_command(redis: RedisStore, redis_server: RedisServer) -> None:
    now = int(time.time())
    redis.use_nonce("client", "t", now, "n")
    with Redis.from_url(redis_server.url) as other, other.monitor() as monitor:
        redis.use_nonce("client", "t", now, "m")
        other_commands = (one for one in iter(monitor.next_command, None) if one["client_type"] != "lua")
        assert next(other_commands)["command"].startswith("EVALSHA")


def test_clients_have_keys_of_their_own_in_one_slot_each() -> None:
    nonces = RedisNonces("p:", 300, 1)
    first, counts = nonces.keys("client", 59)
    second, same = nonces.keys("client", 60)
    assert counts == same
    assert (first, second) == (f"{counts}:0", f"{counts}:1")
    assert counts.startswith("p:nonces:{")
    assert counts.endswith("}")
    assert nonces.keys("client ", 59) != (first, counts)
