"""The size of a nonce in each store, and the number of nonces that a store keeps.

It starts the servers of the tests, so ``tests`` has to be on the path, as with ``make bench``. If a server is missing,
it prints what to install.
"""

from __future__ import annotations

import secrets
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from server.services import PostgresServer, RedisServer

from oauthone.server import MemoryStore
from oauthone.server.stores._nonce_digest import CLOCK_MARGIN

from . import cases
from .measure import Effort
from .report import OVER, Goal, Row

TITLE = "nonces: bytes for each stored nonce; ratio: the number of stored nonces to rate × time"

_WINDOW = 300
_SHARED = _WINDOW + CLOCK_MARGIN
#: A store that deletes expired nonces in batches, every tenth of the window, still keeps some of them.
_KEPT = Goal(OVER, 1.1)
#: Redis searches for expired keys until it estimates that fewer than a tenth are left.
_KEPT_BY_REDIS = 1.1


class _Clock:
    """A clock in seconds since 1970, which runs as fast as the requests are sent."""

    def __init__(self) -> None:
        self.now = float(int(time.time()))

    def __call__(self) -> float:
        return self.now


def run(effort: Effort) -> Iterator[Row]:
    """Yield one row for each store."""
    quick = effort.rounds < 25
    yield _memory(100 if quick else 1_000)
    yield _sqlite(5 if quick else 25)
    if missing := PostgresServer.missing():
        print(f"nonces: {missing}")
    else:
        yield _postgresql(5 if quick else 25)
    if missing := RedisServer.missing():
        print(f"nonces: {missing}")
    else:
        for prefix in ("oauthone:", "o:"):
            yield _redis(prefix, 20_000 if quick else 200_000)


def _row(work: str, size: float, kept: float, seconds: int, how: str) -> Row:
    """Return a row whose note gives the memory as rate × time × size."""
    rates = (100, 1_000, 10_000, 1_000_000)
    at = ", ".join(f"{rate:,}/s {rate * seconds * size / 1e6:,.0f} MB" for rate in rates)
    return Row(work, "bytes", {"ours": size}, kept, _KEPT, f"{how}; each counts for {seconds} s: {at}")


def _use(store: Any, timestamp: float, count: int) -> None:
    """Record ``count`` nonces, each with new strings, as real requests have."""
    for _ in range(count):
        client_id, token = cases.CLIENT_ID.encode().decode(), cases.TOKEN.encode().decode()
        assert store.use_nonce(client_id, token, int(timestamp), secrets.token_hex(16))


def _pass(store: Any, clock: _Clock, rate: int, seconds: int, each_minute: Callable[[], object] = int) -> None:
    """Record nonces for three times as long as a nonce counts."""
    for second in range(3 * seconds):
        clock.now += 1
        _use(store, clock.now, rate)
        if second % 60 == 59:
            each_minute()


def _memory(rate: int) -> Row:
    clock = _Clock()
    store = MemoryStore(window=_WINDOW, clock=clock)
    tracemalloc.start()
    try:
        _pass(store, clock, rate, _WINDOW)
        size = tracemalloc.get_traced_memory()[0] / store.nonce_count
    finally:
        tracemalloc.stop()
    how = f"the memory of Python after {3 * _WINDOW} s with {rate} a second"
    return _row("MemoryStore", size, store.nonce_count / (rate * _WINDOW), _WINDOW, how)


def _sqlite(rate: int) -> Row:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        size, kept = _sql(f"sqlite:///{path}", rate, lambda _: path.stat().st_size)
    return _row("SQLite", size, kept, _SHARED, f"the growth of the file in {3 * _SHARED} s with {rate} a second")


def _postgresql(rate: int) -> Row:
    def size_of(scalar: Callable[[str], Any]) -> int:
        scalar("VACUUM oauthone_nonces")
        return int(scalar("SELECT pg_total_relation_size('oauthone_nonces')"))

    with PostgresServer() as postgres:
        size, kept = _sql(postgres.url("pg8000"), rate, size_of)
    how = f"table and indexes after {3 * _SHARED} s with {rate} a second, vacuumed each minute"
    return _row("PostgreSQL", size, kept, _SHARED, how)


def _sql(url: str, rate: int, size_of: Callable[[Callable[[str], Any]], int]) -> tuple[float, float]:
    """Return the bytes of each nonce that still counts, and the ratio of all stored nonces to those."""
    from sqlalchemy import create_engine, text

    from oauthone.server.stores.sqlalchemy import SQLAlchemyStore

    def scalar(statement: str) -> Any:
        with engine.connect() as connection:
            result = connection.execute(text(statement))
            return result.scalar_one() if result.returns_rows else None

    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    clock = _Clock()
    store = SQLAlchemyStore(url, window=_WINDOW, timeout=60, clock=clock)
    store.create_all()
    empty = size_of(scalar)
    _pass(store, clock, rate, _SHARED, lambda: size_of(scalar))
    kept = scalar("SELECT count(*) FROM oauthone_nonces")
    store.close()
    size = size_of(scalar) - empty
    engine.dispose()
    return size / (rate * _SHARED), kept / (rate * _SHARED)


def _redis(prefix: str, count: int) -> Row:
    """Measure how much ``used_memory`` grows: keys, values, expiry times and the tables that hold them.

    Redis uses its own clock, so the same number of nonces with almost expired timestamps is added.
    """
    from redis import Redis

    from oauthone.server.stores.redis import RedisStore

    with RedisServer() as server, Redis.from_url(server.url) as redis:
        store = RedisStore(server.url, prefix=prefix, window=_WINDOW, timeout=10)
        _use(store, time.time(), 1)  # connects
        before = redis.info("memory")["used_memory"]
        _use(store, time.time(), count)
        size = (redis.info("memory")["used_memory"] - before) / count
        for _ in range(count):
            _use(store, time.time() - _SHARED + 2, 1)
        until = time.monotonic() + 60
        while (kept := redis.dbsize() / count) > _KEPT_BY_REDIS and time.monotonic() < until:
            time.sleep(0.1)
        store.close()
    how = f"over {count:,} keys of {len(prefix) + len('nonce:') + 32} bytes, and the same number of expired ones"
    return _row(f"Redis, prefix of {len(prefix)}", size, kept, _SHARED, how)
