"""The size of a nonce in each store, the number of nonces that a store keeps, and how many it takes in a second.

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

from server.services import PostgresServer, RedisServer, ValkeyServer

from oauthone.server import MemoryStore
from oauthone.server.stores._nonce_digest import CLOCK_MARGIN

from . import cases, nonce_rates
from .measure import Effort
from .nonce_memory import Layout, measured
from .report import OVER, Goal, Row, processor

TITLE = (
    "nonces: bytes for each stored nonce; ratio: the number of stored nonces to rate × time, or the bytes to 150. "
    f"Calls of a store per second and core, on {processor()}"
)

_WINDOW = 300
_SHARED = _WINDOW + CLOCK_MARGIN
#: A store that deletes expired nonces in batches, every tenth of the window, still keeps some of them.
_KEPT = Goal(OVER, 1.1)
#: A Redis store deletes the nonces of a minute together, on average half a minute late.
_KEPT_BY_REDIS = Goal(OVER, 1.1)
#: What a nonce may take in the memory of a process.
_MOST_BYTES = 150
_IN_MEMORY = Goal(OVER, 1.0)
_LAYOUTS = {
    "one client, one second": Layout(1, 1, 32),
    "one client, 300 seconds": Layout(1, 300, 32),
    "10,000 clients, one second": Layout(10_000, 1, 32),
    "10,000 clients, 300 seconds": Layout(10_000, 300, 32),
    "one client, nonces of 200 characters": Layout(1, 300, 200),
    "as many clients as nonces": Layout(1_000_000, 300, 32),
}


class _Clock:
    """A clock in seconds since 1970, which runs as fast as the requests are sent."""

    def __init__(self) -> None:
        self.now = float(int(time.time()))

    def __call__(self) -> float:
        return self.now


def run(effort: Effort) -> Iterator[Row]:
    """Yield the rows of the sizes, then those of the rates."""
    quick = effort.rounds < 25
    for name, layout in _LAYOUTS.items():
        yield _in_memory(name, layout, 100_000 if quick else 1_000_000)
    yield _memory(100 if quick else 300)
    yield _sqlite(5 if quick else 10)
    if missing := PostgresServer.missing():
        print(f"nonces: {missing}")
    else:
        yield _postgresql(5 if quick else 10)
    for server in (RedisServer, ValkeyServer):
        if missing := server.missing():
            print(f"nonces: {missing}")
            continue
        for clients in (1, 1_000, 5_000, 20_000):
            yield _redis(server, clients, 20_000 if quick or clients == 20_000 else 50_000)
    yield from nonce_rates.rows(quick)


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


def _in_memory(name: str, layout: Layout, count: int) -> Row:
    """The last layout has no goal: there each nonce needs the identifier of a client of its own."""
    grown, traced = measured(layout, count)
    ratio = None if layout.clients >= count else max(grown, traced) / _MOST_BYTES
    note = f"growth of a process over {count:,} nonces; tracemalloc: {traced:.0f} over {count // 10:,}"
    return Row(f"MemoryStore, {name}", "bytes", {"ours": grown}, ratio, _IN_MEMORY, note)


def _redis(server: type[RedisServer], clients: int, count: int) -> Row:
    """Measure how much ``used_memory`` grows: sets, counts, expiry times and the tables that hold them."""
    from redis import Redis

    from oauthone.server.stores.redis import RedisStore

    now, kept = int(time.time()), 0.0
    with server() as started, Redis.from_url(started.url) as redis:
        store = RedisStore(started.url, window=_WINDOW, timeout=10)
        store.use_nonce("", None, now, "")  # connects, and loads the script
        before = redis.info("memory")["used_memory"]
        for number in range(count):
            second = now - number % _WINDOW
            assert store.use_nonce(f"client-{number % clients}", "a token", second, secrets.token_hex(16))
        size = (redis.info("memory")["used_memory"] - before) / count
        for key in redis.scan_iter(_type="set"):
            begins = int(key.rpartition(b":")[2]) * 60
            on_average = redis.ttl(key) + time.time() - (begins + 30)
            kept += redis.scard(key) * on_average / _SHARED
        store.close()
    how = f"over {count:,} nonces in {_WINDOW} s; ratio: for how long they are kept"
    name = "Redis" if server is RedisServer else "Valkey"
    row = _row(f"{name}, {count / clients:,.0f} from a client", size, kept / count, _SHARED, how)
    return row._replace(goal=_KEPT_BY_REDIS)
