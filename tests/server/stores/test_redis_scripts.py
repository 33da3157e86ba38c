"""The Lua scripts by themselves, in a real Redis: what each one replies, and what it leaves in its key."""

import json
from collections.abc import Generator
from typing import Any

import pytest
from redis import Redis

from oauthone.server.stores import _redis_scripts as scripts

from ..services import RedisServer

DAY = 24 * 3600


class Script:
    """Runs a script on one key of a Redis."""

    def __init__(self, client: Any) -> None:
        self.redis = client

    def __call__(self, source: str, *arguments: Any) -> Any:
        return self.redis.eval(source, 1, "key", *arguments)


@pytest.fixture
def script(redis_server: RedisServer) -> Generator[Script, None, None]:
    with Redis.from_url(redis_server.url, socket_timeout=10) as client:
        client.flushall()
        yield Script(client)


def record(**changes: Any) -> str:
    return json.dumps({"token": "t", "user": "ann", "client_id": "c", "revoked": False, **changes})


def test_a_token_is_replaced_unless_it_was_revoked(script: Script) -> None:
    assert script(scripts.SAVE_TOKEN, record(), record(revoked=True), "", DAY) == 0
    assert script.redis.ttl("key") == -1
    assert script(scripts.SAVE_TOKEN, record(user="bob"), record(user="bob", revoked=True), 60, DAY) == 0
    assert json.loads(script.redis.get("key"))["user"] == "bob"
    assert 0 < script.redis.ttl("key") <= 60
    script.redis.set("key", record(revoked=True))
    assert script(scripts.SAVE_TOKEN, record(), record(revoked=True), "", DAY) == 1
    assert json.loads(script.redis.get("key"))["revoked"] is True
    assert 60 < script.redis.ttl("key") <= DAY


@pytest.mark.parametrize(
    ("user", "client_id", "reply"),
    [
        ("", "", [scripts.REVOKED, b"c", b"ann"]),
        ("=ann", "=c", [scripts.REVOKED, b"c", b"ann"]),
        ("=bob", "", [scripts.UNKNOWN]),
        ("", "=other", [scripts.UNKNOWN]),
    ],
)
def test_a_token_is_revoked_if_user_and_client_match(
    script: Script, user: str, client_id: str, reply: list[Any]
) -> None:
    script.redis.set("key", record())
    assert script(scripts.REVOKE_TOKEN, "t", DAY, user, client_id) == reply
    is_revoked = reply[0] == scripts.REVOKED
    assert script.redis.get("key").decode() == record(revoked=is_revoked)
    assert (script.redis.ttl("key") > 0) == is_revoked


def test_a_token_that_was_revoked_before_is_told_apart_from_one_that_is_missing(script: Script) -> None:
    assert script(scripts.REVOKE_TOKEN, "t", DAY, "", "") == [scripts.UNKNOWN]
    script.redis.set("key", record(revoked=True))
    assert script(scripts.REVOKE_TOKEN, "t", DAY, "", "") == [scripts.REVOKED_BEFORE, b"c", b"ann"]


@pytest.mark.parametrize(
    "damaged",
    ["no JSON", "[]", "7", record(token="u"), '{"revoked": false, "token": "t", "user": "ann", "client_id": "c"}'],
)
def test_a_damaged_record_is_reported_and_stays_as_it_is(script: Script, damaged: str) -> None:
    """Also one whose last field is another one, because only that field may change."""
    script.redis.set("key", damaged)
    assert script(scripts.REVOKE_TOKEN, "t", DAY, "", "") == [scripts.DAMAGED]
    assert script.redis.get("key").decode() == damaged


def test_a_record_is_replaced_only_if_nothing_changed_it_meanwhile(script: Script) -> None:
    script.redis.set("key", "before", ex=60)
    assert script(scripts.REPLACE_RECORD, "other", "after") == 0
    assert script.redis.get("key") == b"before"
    assert script(scripts.REPLACE_RECORD, "before", "after") == 1
    assert (script.redis.get("key"), 0 < script.redis.ttl("key") <= 60) == (b"after", True)


def test_a_field_is_replaced_only_if_nothing_changed_it_meanwhile(script: Script) -> None:
    script.redis.hset("key", mapping={"undecided": "before", "decided": "d"})
    script.redis.expire("key", 60)
    assert script(scripts.REPLACE_FIELD, "other", "after", "undecided") == 0
    assert script(scripts.REPLACE_FIELD, "before", "after", "undecided") == 1
    assert script.redis.hgetall("key") == {b"undecided": b"after", b"decided": b"d"}
    assert 0 < script.redis.ttl("key") <= 60


def test_a_pending_authorization_is_approved_once_and_taken_with_its_decision(script: Script) -> None:
    assert script(scripts.SAVE_PENDING, "record", 60) == 1
    assert [script(scripts.APPROVE_PENDING, decision) for decision in ("first", "second")] == [1, 0]
    assert script(scripts.TAKE_PENDING) == [b"record", b"first"]
    assert script(scripts.TAKE_PENDING) == [None, None]


def test_saving_a_pending_authorization_again_drops_its_decision_and_attempts(script: Script) -> None:
    for record_of in ("one", "two"):
        script(scripts.SAVE_PENDING, record_of, 60)
        assert script(scripts.COUNT_ATTEMPT) == 1
        assert script(scripts.APPROVE_PENDING, "decision") == 1
    assert 0 < script.redis.ttl("key") <= 60


def test_nothing_is_created_for_a_pending_authorization_that_is_gone(script: Script) -> None:
    assert script(scripts.APPROVE_PENDING, "decision") == 0
    assert [script(scripts.COUNT_ATTEMPT) for _ in range(2)] == [1, 1]
    assert not script.redis.exists("key")
