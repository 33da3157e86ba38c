"""What a nonce takes in each store, and that a store remembers no more of them than come while they count.

The servers are those of the tests, so it wants ``tests`` on the path, as ``make bench`` puts it. Where a server is
missing, it says what to install.
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
from oauthone.server.stores._nonces import CLOCK_MARGIN

from . import cases
from .measure import Effort
from .report import OVER, Goal, Row

TITLE = "nonces: bytes for each that is remembered; ratio: how many are, to rate × time"

_WINDOW = 300
_SHARED = _WINDOW + CLOCK_MARGIN
#: Where expired nonces go in batches, every tenth of the window, some of them are still there.
_KEPT = Goal(OVER, 1.1)
#: Redis looks for expired keys until it takes them to be fewer than a tenth.
_KEPT_BY_REDIS = 1.1


class _Clock:
    """Seconds since 1970, which pass as fast as requests are sent."""

    def __init__(self) -> None:
        self.now = float(int(time.time()))

    def __call__(self) -> float:
        return self.now


def run(effort: Effort) -> Iterator[Row]:
    """One row for each store."""
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
    """Rate × time, in words."""
    rates = (100, 1_000, 10_000, 1_000_000)
    at = ", ".join(f"{rate:,}/s {rate * seconds * size / 1e6:,.0f} MB" for rate in rates)
    return Row(work, "bytes", {"ours": size}, kept, _KEPT, f"{how}; each counts for {seconds} s: {at}")


def _use(store: Any, timestamp: float, count: int) -> None:
    """So many nonces, each with strings of its own, as requests bring them."""
    for _ in range(count):
        client_id, token = cases.CLIENT_ID.encode().decode(), cases.TOKEN.encode().decode()
        assert store.use_nonce(client_id, token, int(timestamp), secrets.token_hex(16))


def _pass(store: Any, clock: _Clock, rate: int, seconds: int, each_minute: Callable[[], object] = int) -> None:
    """Three times as long as a nonce counts."""
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
    how = f"what Python allocated after {3 * _WINDOW} s with {rate} a second"
    return _row("MemoryStore", size, store.nonce_count / (rate * _WINDOW), _WINDOW, how)


def _sqlite(rate: int) -> Row:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        size, kept = _sql(f"sqlite:///{path}", rate, lambda _: path.stat().st_size)
    return _row("SQLite", size, kept, _SHARED, f"what the file grew by in {3 * _SHARED} s with {rate} a second")


def _postgresql(rate: int) -> Row:
    def size_of(scalar: Callable[[str], Any]) -> int:
        scalar("VACUUM oauthone_nonces")
        return int(scalar("SELECT pg_total_relation_size('oauthone_nonces')"))

    with PostgresServer() as postgres:
        size, kept = _sql(postgres.url("pg8000"), rate, size_of)
    how = f"table and indexes after {3 * _SHARED} s with {rate} a second, vacuumed each minute"
    return _row("PostgreSQL", size, kept, _SHARED, how)


def _sql(url: str, rate: int, size_of: Callable[[Callable[[str], Any]], int]) -> tuple[float, float]:
    """Bytes that each nonce takes which still counts, and how many are there in relation to those."""
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
    """What ``used_memory`` grew by: keys, values, ends and the tables that hold them.

    Redis has a clock of its own, so as many nonces again are sent whose timestamps are nearly too old.
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
    how = f"over {count:,} keys of {len(prefix) + len('nonce:') + 32} octets, and as many that expired"
    return _row(f"Redis, prefix of {len(prefix)}", size, kept, _SHARED, how)
