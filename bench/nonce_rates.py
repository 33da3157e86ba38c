"""How often each store uses a nonce and finds credentials, per second of a core of the application and the server.

The application is one thread with one connection, which waits for each reply. That costs a server more than many
connections do, which it serves together.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from server.services import PostgresServer, RedisClusterServers, RedisServer, ValkeyServer

from oauthone.server import Client, IssuedToken, MemoryStore

from . import cases
from .measure import cpu_seconds
from .report import OVER, Goal, Row

_UNMEASURED = Goal(OVER)
_ROUNDS = 5


def rows(quick: bool) -> Iterator[Row]:
    """Yield two rows for each store whose server is installed."""
    scale = 1 if quick else 4
    for name, (needed, opened, count) in _STORES.items():
        if missing := needed and needed.missing():
            print(f"nonces: {missing}")
            continue
        with opened() as (store, pids):
            yield from _of(name, store, pids, count * scale)


def _of(name: str, store: Any, pids: Callable[[], set[int]], count: int) -> Iterator[Row]:
    store.add_client(Client.create(cases.CLIENT_ID, cases.CLIENT_SECRET))
    store.save_token(IssuedToken(cases.TOKEN, cases.TOKEN_SECRET, cases.CLIENT_ID))

    nonces = iter([secrets.token_hex(16) for _ in range(_ROUNDS * count + 1)])
    now = int(time.time())
    calls: dict[str, Callable[[], object]] = {
        "use_nonce": lambda: store.use_nonce(cases.CLIENT_ID, cases.TOKEN, now, next(nonces)),
        "find_credentials": lambda: store.find_credentials(cases.CLIENT_ID, cases.TOKEN),
    }
    for method, call in calls.items():
        assert call()  # connects, and loads the script
        before, rounds = cpu_seconds(pids()), [_timed(call, count) for _ in range(_ROUNDS)]
        theirs, mine = (cpu_seconds(pids()) - before) / _ROUNDS / count, min(rounds) / count
        note = f"{mine * 1e6:.1f} µs of the application, the best of {_ROUNDS} rounds of {count:,} calls"
        if pids():
            note += f"; the server, over all rounds: {theirs * 1e6:.1f} µs, {1 / theirs:,.0f} per second and core"
        yield Row(f"{name}: {method}", "/s", {"ours": 1 / mine}, None, _UNMEASURED, note)


def _timed(call: Callable[[], object], count: int) -> float:
    started = time.process_time()
    for _ in range(count):
        assert call()
    return time.process_time() - started


Opened = Iterator[tuple[Any, Callable[[], set[int]]]]


@contextmanager
def _memory() -> Opened:
    yield MemoryStore(), set


@contextmanager
def _sqlite() -> Opened:
    with TemporaryDirectory() as folder, _sql(f"sqlite:///{Path(folder) / 'store.db'}") as store:
        yield store, set


@contextmanager
def _postgresql() -> Opened:
    """All processes of the server count, as some of the work is done by those that write to the disk."""
    with PostgresServer() as postgres, _sql(postgres.url("pg8000")) as store:
        yield store, lambda: _family(int((postgres.data / "postmaster.pid").read_text().split()[0]))


@contextmanager
def _sql(url: str) -> Iterator[Any]:
    from oauthone.server.stores.sqlalchemy import SQLAlchemyStore

    store = SQLAlchemyStore(url)
    store.create_all()
    yield store
    store.close()


@contextmanager
def _redis(server: type[RedisServer]) -> Opened:
    from oauthone.server.stores.redis import RedisStore

    with server() as started:
        store = RedisStore(started.url)
        pid: int = store._redis.info("server")["process_id"]
        yield store, lambda: {pid}
        store.close()


@contextmanager
def _cluster() -> Opened:
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.cluster import RedisCluster
    from redis.retry import Retry

    from oauthone.server.stores.redis import RedisStore

    with RedisClusterServers() as cluster:
        client = RedisCluster("127.0.0.1", cluster.port, socket_timeout=5, retry=Retry(NoBackoff(), 0))
        store = RedisStore(client)
        pids = {Redis(port=node.port).info("server")["process_id"] for node in cluster.nodes}
        yield store, lambda: pids
        store.close()


def _family(parent: int) -> set[int]:
    """The process and its children."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return {parent, *map(int, children)}


_STORES: dict[str, tuple[Any, Callable[[], Any], int]] = {
    "MemoryStore": (None, _memory, 20_000),
    "SQLite": (None, _sqlite, 400),
    "PostgreSQL": (PostgresServer, _postgresql, 400),
    "Redis": (RedisServer, lambda: _redis(RedisServer), 3_000),
    "Redis Cluster": (RedisClusterServers, _cluster, 2_000),
    "Valkey": (ValkeyServer, lambda: _redis(ValkeyServer), 3_000),
}
