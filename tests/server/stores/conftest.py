"""The stores under test."""

import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from oauthone.server.stores import _forks
from oauthone.server.stores.redis import RedisStore
from oauthone.server.stores.sqlalchemy import SQLAlchemyStore

from ..services import PostgresServer, RedisServer
from ..setting import Clock
from .backends import KINDS, Opened, open_store, stop_emptying

Opener = Callable[..., Opened]


def service_for(kind: str, request: pytest.FixtureRequest) -> Any:
    """Return the server that a kind of store needs, or None."""
    name = kind.partition("-")[0]
    fixture = {"redis": "redis_server", "cluster": "redis_cluster", "postgresql": "postgres_server"}.get(name)
    return fixture and request.getfixturevalue(fixture)


@pytest.fixture(scope="session")
def postgres_server(postgres_server: PostgresServer) -> Generator[PostgresServer, None, None]:
    """A PostgreSQL for the whole run, with a connection that empties it."""
    yield postgres_server
    stop_emptying(postgres_server.url("pg8000"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def now(clock: Clock) -> int:
    """The real time, for nonces, because Redis deletes them by its own clock. The store's clock shows it too."""
    clock.now = int(time.time())
    return int(clock.now)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of store."""
    return str(request.param)


@pytest.fixture
def opener(kind: str, request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Generator[Opener, None, None]:
    """Opens stores of this kind, and closes them."""
    opened: list[Opened] = []

    def open_one(**options: Any) -> Opened:
        opened.append(open_store(kind, service_for(kind, request), tmp_path, **{"clock": clock, **options}))
        return opened[-1]

    yield open_one
    for one in opened:
        one.end()


@pytest.fixture
def store(opener: Opener) -> Opened:
    """An empty store."""
    return opener()


@pytest.fixture
def redis(redis_server: RedisServer) -> Generator[RedisStore, None, None]:
    """A store in an empty Redis."""
    store = RedisStore(redis_server.url, prefix="particular:", clock=Clock())
    store._redis.flushall()
    yield store
    store.close()


def ttls(redis: RedisStore) -> dict[str, int]:
    """How many seconds Redis keeps each key."""
    return {key.decode().removeprefix("particular:"): redis._redis.ttl(key) for key in redis._redis.scan_iter()}


@pytest.fixture
def sqlite(tmp_path: Path) -> Any:
    """A store in a new file of SQLite, which deletes three expired rows at a time. Its clock is an attribute."""
    clock = Clock()
    store = SQLAlchemyStore(f"sqlite:///{tmp_path / 'store.db'}", purge_batch=3, clock=clock)
    store.create_all()
    store.clock = clock
    yield store
    store.close()


@pytest.fixture
def inherited() -> Generator[list[Any], None, None]:
    """The connections that stores keep for the parent."""
    before = len(_forks._inherited)
    yield _forks._inherited
    del _forks._inherited[before:]
