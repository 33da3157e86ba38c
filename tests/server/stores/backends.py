"""Each kind of store, new and empty, with methods to call and a way to call many at once."""

import asyncio
import secrets
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.fernet import Fernet
from redis.asyncio.cluster import RedisCluster as AsyncRedisCluster
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.retry import Retry
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from oauthone.server import Client, MemoryStore
from oauthone.server.stores.redis import AsyncRedisStore, RedisStore
from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore, SQLAlchemyStore, metadata

from ..setting import Clock

KINDS = [
    "memory",
    "redis",
    "redis-async",
    "redis-encrypted",
    "cluster",
    "cluster-async",
    "sqlite",
    "sqlite-async",
    "sqlite-encrypted",
    "postgresql",
    "postgresql-async",
]


class Opened:
    """A store whose methods are synchronous."""

    def __init__(self, store: Any) -> None:
        self.store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def revoke_all_of(self, user: str) -> Any:
        """`revoke_tokens` for this user, for lists of calls that have positional arguments alone."""
        return self.revoke_tokens(user=user)

    def at_once(self, name: str, calls: list[tuple[Any, ...]], errors: tuple[type[Exception], ...] = ()) -> list[Any]:
        """Call the method ``name`` once for each of ``calls``, in threads that start together; return the results.

        A result is None if the call raises one of ``errors``.
        """
        return self.all_at_once([partial(getattr(self.store, name), *arguments) for arguments in calls], errors)

    def all_at_once(self, calls: list[Callable[[], Any]], errors: tuple[type[Exception], ...] = ()) -> list[Any]:
        """`at_once` for calls of methods of the store, which may be several methods."""
        barrier = threading.Barrier(len(calls))

        def run(call: Callable[[], Any]) -> Any:
            barrier.wait(timeout=30)
            try:
                return call()
            except errors:
                return None

        with ThreadPoolExecutor(len(calls)) as threads:
            return list(threads.map(run, calls))

    def end(self) -> None:
        if hasattr(self.store, "close"):
            self.store.close()


class Awaited(Opened):
    """A store whose methods are coroutines, on its own event loop."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self._runner = asyncio.Runner()
        self._threads: set[threading.Thread] = set()

    def __getattr__(self, name: str) -> Any:
        method: Callable[..., Coroutine[Any, Any, Any]] = getattr(self.store, name)
        return lambda *arguments, **named: self._run(method(*arguments, **named))

    def all_at_once(self, calls: list[Callable[[], Any]], errors: tuple[type[Exception], ...] = ()) -> list[Any]:
        async def run(call: Callable[[], Any]) -> Any:
            try:
                return await call()
            except errors:
                return None

        async def gathered() -> list[Any]:
            return await asyncio.gather(*map(run, calls))

        outcome: list[Any] = self._run(gathered())
        return outcome

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run ``work`` and return its result. The threads that it starts belong to this store."""
        before = set(threading.enumerate())
        try:
            return self._runner.run(work)
        finally:
            self._threads |= set(threading.enumerate()) - before

    def end(self) -> None:
        self._runner.run(self.store.aclose())
        for thread in self._threads:
            if (
                "_connection_worker_thread" in thread.name
            ):  # a thread of aiosqlite, which still talks to the loop when it ends
                thread.join(timeout=5)
        self._runner.close()


def open_store(kind: str, service: Any, folder: Path, **options: Any) -> Opened:
    """Yield an empty store of this kind.

    Args:
        kind: one of `KINDS`.
        service: the server that it needs, or None.
        folder: a folder for its file.
        options: options of the store.
    """
    made: Any
    name, _, how = kind.partition("-")
    if how == "encrypted":
        options["cipher"] = Fernet(Fernet.generate_key())
    if name == "memory":
        return Opened(MemoryStore(**options))
    if name == "redis":
        options.setdefault("prefix", f"{secrets.token_hex(4)}:")
        return (
            Awaited(AsyncRedisStore(service.url, **options))
            if how == "async"
            else Opened(RedisStore(service.url, **options))
        )
    if name == "cluster":
        options.setdefault("prefix", f"{secrets.token_hex(4)}:")
        return open_cluster_store(service.port, how == "async", **options)
    url = f"sqlite:///{folder / 'store.db'}" if name == "sqlite" else service.url("pg8000")
    if how == "async":
        url = url.replace("sqlite:", "sqlite+aiosqlite:").replace("pg8000", "asyncpg")
        made = Awaited(AsyncSQLAlchemyStore(url, **options))
    else:
        made = Opened(SQLAlchemyStore(url, **options))
    if name == "postgresql":
        empty(service.url("pg8000"))
    elif not (file := folder / "store.db").exists():
        file.write_bytes(empty_file())
    return made


def open_cluster_store(port: int, asynchronous: bool, timeout: float = 5.0, **options: Any) -> Opened:
    """Yield a store on the Redis Cluster that has a node on ``port``; its client does not retry."""
    waits: dict[str, Any] = {"socket_timeout": timeout, "socket_connect_timeout": timeout}
    if asynchronous:
        awaited = AsyncRedisCluster("127.0.0.1", port, retry=AsyncRetry(NoBackoff(), 0), **waits)
        return Awaited(AsyncRedisStore(awaited, **options))
    return Opened(RedisStore(RedisCluster("127.0.0.1", port, retry=Retry(NoBackoff(), 0), **waits), **options))


@cache
def empty_file() -> bytes:
    """Return a file of SQLite with the tables. To copy it is less work than to create them."""
    with TemporaryDirectory() as folder:
        store = SQLAlchemyStore(f"sqlite:///{folder}/store.db")
        store.create_all()
        store.close()
        return Path(folder, "store.db").read_bytes()


@cache
def _emptying(url: str) -> Engine:
    """Keep one connection, because opening it takes longer than to empty the tables."""
    return create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True)


def empty(url: str) -> None:
    """Leave nothing in the tables of a database that tests share. To truncate them is ten times the work."""
    engine = _emptying(url)
    try:
        with engine.begin() as connection:
            for table in metadata.sorted_tables:
                connection.execute(table.delete())
    except ProgrammingError:  # some of them do not exist
        clear(url)
        metadata.create_all(engine)


def stop_emptying(url: str) -> None:
    """Close the connection of `empty`."""
    _emptying(url).dispose()
    _emptying.cache_clear()


def clear(url: str) -> None:
    """Drop the tables of a database that tests share."""
    store = SQLAlchemyStore(url)
    metadata.drop_all(store._engine)
    store.close()


def store_with(clock: Clock, **options: int) -> MemoryStore:
    """Return a store in memory with two clients."""
    return MemoryStore([Client.create("client", "s"), Client.create("other", "s")], clock=clock, **options)


def count(store: SQLAlchemyStore, table: str) -> int:
    """Return how many rows a table has."""
    with store._engine.connect() as connection:
        return int(connection.execute(text(f"select count(*) from oauthone_{table}")).scalar_one())
