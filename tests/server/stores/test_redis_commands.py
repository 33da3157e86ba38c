"""How long Redis keeps each key, and which keys belong to a store."""

import time

from oauthone.server import IssuedToken, PendingAuthorization
from oauthone.server.stores.redis import RedisStore

from ..services import RedisServer
from ..setting import NOW, Clock
from .conftest import ttls

DAY = 24 * 3600


def test_every_record_that_expires_has_a_ttl_in_redis(redis: RedisStore) -> None:
    redis.save_pending(PendingAuthorization("t", "s", "c", None, NOW + 600))
    redis.approve_pending("t", "v", "ann", {})
    redis.count_verifier_attempt("t")
    redis.save_token(IssuedToken("short", "s", "c", "ann", expires=NOW + 100))
    redis.save_token(IssuedToken("long", "s", "c"))
    redis.save_token(IssuedToken("gone", "s", "c", "ann"))
    redis.revoke_token("gone")
    ttl = ttls(redis)
    assert ttl.pop("token:long") == ttl.pop("{client:c}:tokens") == ttl.pop("{client:c}:expiries") == -1
    assert 590 < ttl.pop("pending:t") <= 600
    assert all(30 * DAY - 10 < ttl.pop(f"token:{name}") <= 30 * DAY + 100 for name in ("gone", "short"))
    assert all(31 * DAY - 10 < ttl.pop(f"{{user:ann}}:{name}") <= 31 * DAY + 100 for name in ("tokens", "expiries"))
    assert ttl == {}


def test_the_keys_of_one_store_are_not_those_of_another(redis: RedisStore, redis_server: RedisServer) -> None:
    other = RedisStore(redis_server.url, prefix="other:", clock=Clock())
    now = int(time.time())
    assert redis.use_nonce("c", "t", now, "n")
    assert other.use_nonce("c", "t", now, "n")
    other.close()
