"""A store in an SQL database, through SQLAlchemy 2: `SQLAlchemyStore` and `AsyncSQLAlchemyStore`.

The two classes differ in how they execute the statements of `oauthone.server.stores._sql_statements`.
"""

import time
from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeVar

from oauthone.core.drive import arun, run
from oauthone.errors import missing_library
from oauthone.server.stores._database_errors import database_error
from oauthone.server.stores._record_codec import Cipher
from oauthone.server.stores._store_commands import RETENTION
from oauthone.server.stores._store_methods import AsyncStoreMethods, StoreMethods

try:
    from sqlalchemy import Executable, create_engine
    from sqlalchemy.engine import URL, Engine, make_url
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
except ModuleNotFoundError as missing:
    raise missing_library("sqlalchemy", "sqlalchemy") from missing

from oauthone.server.stores._forks import Forkable
from oauthone.server.stores._loops import LoopBinding
from oauthone.server.stores._schema import metadata
from oauthone.server.stores._sql_engines import (
    close_before_fork,
    engine_options,
    holds_connections,
    leave_to_parent,
    prepare,
    renew_after_fork,
)
from oauthone.server.stores._sql_statements import SqlStatements
from oauthone.server.stores._sql_transactions import Done, Unbroken, execute

__all__ = ["AsyncSQLAlchemyStore", "SQLAlchemyStore", "metadata"]

Result = TypeVar("Result")


class SQLAlchemyStore(StoreMethods, Forkable):
    """Clients, pending authorizations, tokens and nonces in SQLite or PostgreSQL.

    A database that is down is a `oauthone.errors.StoreError`, and nothing is accepted meanwhile. After a fork both
    processes may use the store: each has connections of its own.

    Args:
        engine: an ``Engine``, or a URL for one: ``"sqlite:///oauthone.db"`` needs no server,
            ``"postgresql+pg8000://…"`` (or ``psycopg``) has one. An engine of your own brings its own timeouts.
        window: how many seconds a timestamp may lie in past or future: at least the verifier's window.
        cipher: encrypts secrets at rest, such as a ``Fernet`` of ``cryptography``; None writes them as they are.
        timeout: how many seconds to wait for the database of a URL. Through psycopg and psycopg2 that counts for
            connecting only, in whole seconds; a driver that is none of those named here has timeouts of its own.
        purge_batch: how many expired rows one statement deletes at most.
        clock: returns the seconds since 1970.
    """

    def __init__(
        self,
        engine: str | URL | Engine,
        *,
        window: int = 300,
        cipher: Cipher | None = None,
        timeout: float = 5.0,
        purge_batch: int = 500,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not isinstance(engine, Engine):
            engine = create_engine(engine, **engine_options(make_url(engine), timeout))
            prepare(engine)
        self._engine = engine
        self._statements = SqlStatements(window, cipher, purge_batch, clock)
        super().__init__(self._statements)
        self._watch_forks()

    def create_all(self) -> None:
        """Create the tables that are not there yet."""
        self._guarded(lambda: metadata.create_all(self._engine))

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def purge(self, *, tokens_after: float = RETENTION) -> int:
        """Delete what expired, in batches; returns how many. Safe at any time.

        Args:
            tokens_after: how many seconds after they expired tokens go too; until then their client is told that they
                expired. 30 days, as in Redis. Nonces and pending authorizations go at once.
        """
        return self._run(self._statements.expiry.purge(tokens_after))

    def reencrypt(self) -> int:
        """Encrypt every secret anew with the first key of the cipher; returns how many rows were written.

        It reads what any key of the cipher can, and what was never encrypted. So a cipher can be added, and an old key
        of a ``MultiFernet`` be left out afterwards. Servers may run meanwhile if they have that cipher; until it is
        through, they fail for what is not encrypted yet. What fails can be repeated.

        Raises:
            StoreError: a secret that none of the keys reads, or no cipher at all for one that is encrypted.
        """
        return self._run(self._statements.reencrypt())

    def _run(self, commands: Generator[Any, Any, Result]) -> Result:
        return self._guarded(lambda: run(commands, self._execute))

    def _guarded(self, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except (SQLAlchemyError, OSError) as failed:
            error = database_error(failed)
        # Raised out here, for the error that was caught quotes the values it was given.
        raise error

    def _before_fork(self) -> None:
        close_before_fork(self._engine)

    def _after_fork_in_child(self) -> None:
        renew_after_fork(self._engine)

    def _execute(self, statement: Executable) -> Done:
        with self._engine.connect() as connection:
            return execute(connection, statement)


class AsyncSQLAlchemyStore(AsyncStoreMethods, Forkable):
    """`SQLAlchemyStore` whose methods are coroutines.

    It belongs to the event loop in which it is first used; in another one each method raises
    `oauthone.errors.StoreError`, unless the engine keeps no connections (``NullPool``). After a fork the child may use
    the store in a loop of its own. A statement that was begun is carried out though its caller is cancelled.

    Args:
        engine: an ``AsyncEngine``, or a URL for one: ``"sqlite+aiosqlite:///oauthone.db"``,
            ``"postgresql+asyncpg://…"``.
        window: see `SQLAlchemyStore`, as for the others.
        cipher: encrypts secrets at rest.
        timeout: how many seconds to wait for the database of a URL.
        purge_batch: how many expired rows one statement deletes at most.
        clock: returns the seconds since 1970.
    """

    def __init__(
        self,
        engine: str | URL | AsyncEngine,
        *,
        window: int = 300,
        cipher: Cipher | None = None,
        timeout: float = 5.0,
        purge_batch: int = 500,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not isinstance(engine, AsyncEngine):
            engine = create_async_engine(engine, **engine_options(make_url(engine), timeout))
            prepare(engine.sync_engine)
        self._engine = engine
        self._statements = SqlStatements(window, cipher, purge_batch, clock)
        super().__init__(self._statements)
        self._binding = LoopBinding()
        self._unbroken = Unbroken()
        self._watch_forks()

    async def create_all(self) -> None:
        """See `SQLAlchemyStore.create_all`."""
        await self._guarded(lambda: self._unbroken.finish(self._create_all()))

    async def aclose(self) -> None:
        """Close the connections. Afterwards the store may be used in another event loop.

        Raises:
            StoreError: the connections belong to another event loop.
        """
        self._check_loop()
        await self._unbroken.wait()
        await self._engine.dispose()
        self._binding.release()

    async def purge(self, *, tokens_after: float = RETENTION) -> int:
        """See `SQLAlchemyStore.purge`."""
        return await self._run(self._statements.expiry.purge(tokens_after))

    async def reencrypt(self) -> int:
        """See `SQLAlchemyStore.reencrypt`."""
        return await self._run(self._statements.reencrypt())

    def _check_loop(self) -> None:
        if holds_connections(self._engine.sync_engine):
            self._binding.check()

    def _after_fork_in_child(self) -> None:
        leave_to_parent(self._engine.sync_engine)
        self._unbroken.forget()
        self._binding.release()

    async def _run(self, commands: Generator[Any, Any, Result]) -> Result:
        return await self._guarded(lambda: arun(commands, self._execute))

    async def _guarded(self, work: Callable[[], Awaitable[Result]]) -> Result:
        self._check_loop()
        try:
            return await work()
        except (SQLAlchemyError, OSError) as failed:
            error = database_error(failed)
        # Raised out here, for the error that was caught quotes the values it was given.
        raise error

    async def _create_all(self) -> None:
        async with self._engine.begin() as connection:
            await connection.run_sync(metadata.create_all)

    async def _execute(self, statement: Executable) -> Done:
        return await self._unbroken.finish(self._transaction(statement))

    async def _transaction(self, statement: Executable) -> Done:
        async with self._engine.connect() as connection:
            return await connection.run_sync(execute, statement)
