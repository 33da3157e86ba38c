"""A setting that cannot work is rejected when a store is made, and the message holds no password."""

import traceback
from typing import Any

import pytest
import redis
import redis.asyncio

from oauthone.errors import ConfigurationError
from oauthone.server import MemoryStore
from oauthone.server.stores.redis import AsyncRedisStore, RedisStore
from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore, SQLAlchemyStore

REDIS = "redis://localhost:1/0"
OF_REDIS = [RedisStore, AsyncRedisStore]
OF_SQL = [(SQLAlchemyStore, "sqlite://"), (AsyncSQLAlchemyStore, "sqlite+aiosqlite://")]


@pytest.mark.parametrize("window", ["300", -1, None, float("inf")])
def test_a_window_is_a_number_of_seconds(window: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^window="):
        MemoryStore(window=window)
    for made in OF_REDIS:
        with pytest.raises(ConfigurationError, match=r"^window="):
            made(REDIS, window=window)
    for made, url in OF_SQL:
        with pytest.raises(ConfigurationError, match=r"^window="):
            made(url, window=window)


@pytest.mark.parametrize("given", ["5", 0, -1, 1.5, None])
def test_a_limit_is_a_whole_number(given: Any) -> None:
    for name in ("max_nonces", "max_pending"):
        with pytest.raises(ConfigurationError, match=rf"^{name}="):
            MemoryStore(**{name: given})
    for made in OF_REDIS:
        with pytest.raises(ConfigurationError, match=r"^max_connections="):
            made(REDIS, max_connections=given)
        with pytest.raises(ConfigurationError, match=r"^max_nonces="):
            made(REDIS, max_nonces=given)
    for made, url in OF_SQL:
        with pytest.raises(ConfigurationError, match=r"^purge_batch="):
            made(url, purge_batch=given)


@pytest.mark.parametrize("timeout", ["2", 0, -1, None])
def test_a_timeout_lets_a_server_answer(timeout: Any) -> None:
    for made, url in [*OF_SQL, *((made, REDIS) for made in OF_REDIS)]:
        with pytest.raises(ConfigurationError, match=r"^timeout="):
            made(url, timeout=timeout)


@pytest.mark.parametrize("cipher", ["a key", b"a key"])
def test_the_key_of_a_cipher_is_not_a_cipher(cipher: Any) -> None:
    for made, url in [*OF_SQL, *((made, REDIS) for made in OF_REDIS)]:
        with pytest.raises(TypeError, match=r"cipher must have encrypt\(\) and decrypt\(\)") as caught:
            made(url, cipher=cipher)
        assert "a key" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://h/0",
        "redis://u:pa55/word@h/0",
        "redis://u:pa55word@h:port/0",
        "redis://:pa55word@h/0?socket_timeout=pa55",
        "redis://:pa55word@h/0?unknown=pa55",
    ],
)
def test_an_unusable_url_of_redis_is_not_quoted(url: str) -> None:
    for made in OF_REDIS:
        with pytest.raises(ConfigurationError, match="the URL of the Redis server cannot be used") as caught:
            made(url)
        assert caught.value.__context__ is None
        assert "pa55" not in "".join(traceback.format_exception_only(caught.value))


@pytest.mark.parametrize("url", ["", "no URL with pa55word", "unknown://u:pa55word@h/d", "sqlite://u:pa55word@h:x/", 5])
def test_an_unusable_url_of_a_database_is_not_quoted(url: Any) -> None:
    for made in (SQLAlchemyStore, AsyncSQLAlchemyStore):
        with pytest.raises(ConfigurationError, match="the URL of the database cannot be used") as caught:
            made(url)
        assert caught.value.__context__ is None
        assert "pa55" not in "".join(traceback.format_exception_only(caught.value))


def test_a_store_takes_no_client_of_the_other_kind() -> None:
    """Its commands would never be sent: `remove_client` would report a client as removed that is still there."""
    with pytest.raises(TypeError, match=r"needs a URL or a redis\.Redis, not a redis\.asyncio\.client\.Redis"):
        RedisStore(redis.asyncio.Redis(socket_timeout=1))
    with pytest.raises(TypeError, match=r"needs a URL or a redis\.asyncio\.Redis, not a redis\.client\.Redis"):
        AsyncRedisStore(redis.Redis(socket_timeout=1))
    for made in OF_REDIS:
        with pytest.raises(TypeError, match=r"not a builtins[.]NoneType"):
            made(None)


def test_a_window_with_a_fraction_is_rounded_up_for_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    store = RedisStore(REDIS, window=1.5)  # type: ignore[arg-type]
    monkeypatch.setattr(store, "_replies", lambda commands: sent.extend(commands) or [1])
    assert store.use_nonce("client", None, 1_700_000_000, "nonce")
    assert 1_700_000_000 + 2 + _margin() in sent[0]


def _margin() -> int:
    from oauthone.server.stores._nonce_digest import CLOCK_MARGIN

    return CLOCK_MARGIN + 1
