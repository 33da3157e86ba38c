"""What a store does when its process forks. Real forks are in ``tests/server/test_preload.py``."""

import asyncio
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import redis
import redis.asyncio
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from oauthone.errors import StoreError
from oauthone.server import Client
from oauthone.server.stores import _forks
from oauthone.server.stores.redis import AsyncRedisStore, RedisStore
from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore, SQLAlchemyStore

from ..services import PostgresServer, RedisServer
from .backends import Awaited, Opened, open_store
from .conftest import service_for

CLIENT = Client.create("c", "s")


@pytest.fixture
def inherited() -> Generator[list[Any], None, None]:
    """The connections that stores keep for the parent."""
    before = len(_forks._inherited)
    yield _forks._inherited
    del _forks._inherited[before:]


def test_a_file_of_sqlite_is_closed_before_a_fork(tmp_path: Path) -> None:
    """It is opened again in parent and child."""
    store = SQLAlchemyStore(f"sqlite:///{tmp_path / 'store.db'}")
    store.create_all()
    assert os.path.samefile(tmp_path / "store.db", open_files(tmp_path)[0])
    _forks._before_fork()
    assert open_files(tmp_path) == []
    store.add_client(CLIENT)
    assert store.find_client("c") == CLIENT
    store.close()


def open_files(folder: Path) -> list[Path]:
    """Return the files below ``folder`` that this process has open."""
    names = Path("/proc/self/fd")
    if not names.is_dir():
        pytest.skip("only Linux lists what a process has open")
    found = [path.resolve() for path in names.iterdir()]
    return sorted(path for path in found if path.is_relative_to(folder))


def test_a_database_in_memory_stays_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fork copies it."""
    store = SQLAlchemyStore("sqlite://")
    monkeypatch.setattr(_forks, "_hooks", {store: _forks._hooks[store]})  # and no other store of this process
    store.create_all()
    store.add_client(CLIENT)
    _forks._before_fork()
    _forks._after_fork_in_child()
    assert store.find_client("c") == CLIENT
    store.close()


@pytest.mark.parametrize("kind", ["postgresql", "postgresql-async"])
def test_the_child_leaves_the_connection_of_its_parent_open(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, inherited: list[Any], postgres_server: PostgresServer
) -> None:
    """It opens its own, so PostgreSQL counts two."""
    store = open_store(kind, service_for(kind, request), tmp_path)
    store.add_client(CLIENT)
    watching = SQLAlchemyStore(postgres_server.url("pg8000"))
    before = connections(watching)
    store.store._after_fork_in_child()
    assert store.find_client("c") == CLIENT
    assert connections(watching) == before + 1
    pool = inherited[-1]
    if isinstance(store, Awaited):
        store._run(disposed(store.store._engine, pool))
    else:
        pool.dispose()
    assert store.find_client("c") == CLIENT
    store.end()
    watching.close()


async def disposed(engine: Any, pool: Any) -> None:
    async with engine.connect() as connection:
        await connection.run_sync(lambda _: pool.dispose())


def connections(store: SQLAlchemyStore) -> int:
    """Return the number of PostgreSQL's connections."""
    with store._engine.connect() as connection:
        counted = connection.exec_driver_sql(
            "select count(*) from pg_stat_activity where backend_type='client backend'"
        )
        return int(counted.scalar_one())


def test_a_store_of_coroutines_made_of_a_url_goes_on_in_the_loop_of_the_child(
    redis_server: RedisServer, inherited: list[Any]
) -> None:
    store = AsyncRedisStore(redis_server.url, prefix="forked:")
    with asyncio.Runner() as first, asyncio.Runner() as second:
        first.run(store.add_client(CLIENT))
        store._after_fork_in_child()
        assert second.run(store.find_client("c")) == CLIENT
        second.run(store.aclose())
        first.run(inherited[-1].connection_pool.disconnect())


def test_one_made_of_a_client_is_refused_there_if_it_was_used(redis_server: RedisServer) -> None:
    client = redis.asyncio.Redis(port=redis_server.port, socket_timeout=2)
    store = AsyncRedisStore(client)
    store._after_fork_in_child()
    with asyncio.Runner() as runner:
        assert runner.run(store.find_client("nobody")) is None
        store._after_fork_in_child()
        store._binding._first[""] = (os.getpid() + 1, runner.get_loop())  # the process of the parent
        with pytest.raises(StoreError, match="first used in another event loop or process"):
            runner.run(store.find_client("nobody"))
        store._binding.release()
        runner.run(store.aclose())


def test_a_client_with_one_connection_is_refused_in_the_child(redis_server: RedisServer) -> None:
    """A client with a pool is accepted: redis-py does not use inherited connections."""
    single = redis.Redis(port=redis_server.port, socket_timeout=2, single_connection_client=True)
    pooled = redis.Redis(port=redis_server.port, socket_timeout=2)
    for client, refused in ((single, True), (pooled, False)):
        store = RedisStore(client)
        assert store.find_client("nobody") is None
        store._after_fork_in_child()
        if refused:
            with pytest.raises(StoreError, match="single connection belongs to the process that created it"):
                store.find_client("nobody")
        else:
            assert store.find_client("nobody") is None
        store.close()


def test_an_engine_that_keeps_no_connections_serves_many_event_loops(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'store.db'}", poolclass=NullPool)
    store = AsyncSQLAlchemyStore(engine)
    made = Awaited(store)
    made.create_all()
    made.add_client(CLIENT)
    other = Awaited(store)
    assert other.find_client("c") == CLIENT
    assert made.find_client("c") == CLIENT
    other.end()
    made.end()


def test_an_engine_of_ones_own_is_renewed_like_others(tmp_path: Path, inherited: list[Any]) -> None:
    store = Opened(SQLAlchemyStore(create_engine(f"sqlite:///{tmp_path / 'store.db'}")))
    store.create_all()
    store.add_client(CLIENT)
    store.store._after_fork_in_child()
    assert store.find_client("c") == CLIENT
    inherited[-1].dispose()
    store.end()
