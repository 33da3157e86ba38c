"""What a store does when its process forks. Real forks are in ``tests/server/scenarios/test_preload.py``."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
import redis
import redis.asyncio

from oauthone.errors import StoreError
from oauthone.server import Client
from oauthone.server.stores.redis import AsyncRedisStore, RedisStore
from oauthone.server.stores.sqlalchemy import SQLAlchemyStore

from ..services import PostgresServer, RedisServer
from .backends import Awaited, open_store
from .conftest import service_for

CLIENT = Client.create("c", "s")


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


def test_a_used_store_over_a_client_is_rejected_in_the_child(redis_server: RedisServer) -> None:
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
