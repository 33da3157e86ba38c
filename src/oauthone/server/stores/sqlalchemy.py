"""Stores in an SQL database, through SQLAlchemy 2: `SQLAlchemyStore` and `AsyncSQLAlchemyStore`.

The two classes differ in how they execute the statements of `oauthone.server.stores._sql_statements`.
"""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

from oauthone.core.drive import arun, run
from oauthone.errors import missing_library
from oauthone.server.stores._database_errors import database_error
from oauthone.server.stores._record_codec import Cipher
from oauthone.server.stores._store_commands import RETENTION
from oauthone.server.stores._store_methods import AsyncStoreMethods, StoreMethods

try:
    from sqlalchemy import Executable, create_engine
    from sqlalchemy.engine import URL, Engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
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
    parse_url,
    prepare,
    renew_after_fork,
)
from oauthone.server.stores._sql_statements import SqlStatements
from oauthone.server.stores._sql_transactions import Done, Unbroken, execute

__all__ = ["AsyncSQLAlchemyStore", "SQLAlchemyStore", "metadata"]

Result = TypeVar("Result")


class SQLAlchemyStore(StoreMethods, Forkable):
    """Clients, pending authorizations, tokens and nonces in SQLite or PostgreSQL.

    If the database is down, the methods raise `oauthone.errors.StoreError`. After a fork both processes may use the
    store: each opens its own connections.

    Args:
        engine: an ``Engine``, or the URL of a database, such as ``"sqlite:///oauthone.db"`` or
            ``"postgresql+pg8000://…"`` (also ``psycopg``). An engine keeps its own timeouts.
        window: how many seconds a timestamp may lie in the past or future: at least the verifier's window.
        cipher: encrypts secrets at rest, such as a ``Fernet`` of ``cryptography``; None stores them as they are.
        timeout: how many seconds to wait for the database of a URL. With psycopg and psycopg2 it limits connecting
            only, in whole seconds. Drivers that are not named here keep their own timeouts.
        purge_batch: how many expired rows one statement deletes at most.
        clock: returns the seconds since 1970.

    Raises:
        ConfigurationError: the URL cannot be used, or a number is one that it cannot be.
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
            url = parse_url(engine)
            engine = create_engine(url, **engine_options(url, timeout))
            prepare(engine)
        self._engine = engine
        self._statements = SqlStatements(window, cipher, purge_batch, clock)
        super().__init__(self._statements)
        self._watch_forks()

    def create_all(self) -> None:
        """Create the tables that do not exist yet."""
        self._guarded(lambda: metadata.create_all(self._engine))

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def purge(self, *, tokens_after: float = RETENTION) -> int:
        """Delete expired rows in batches, and return their number. You may call it at any time.

        Expired nonces and pending authorizations are deleted at once, tokens later.

        Args:
            tokens_after: how many seconds after its expiry a token is deleted; 30 days by default, as in Redis. Until
                then its client is told that it expired.
        """
        return self._run(self._statements.expiry.purge(tokens_after))

    def reencrypt(self) -> int:
        """Encrypt every secret again with the first key of the cipher, and return the number of rows written.

        It decrypts with any key of the cipher, and accepts secrets that are not encrypted. So you can add a cipher, or
        afterwards remove an old key from a ``MultiFernet``. Servers with that cipher may run meanwhile, but reject
        requests whose secrets are not encrypted yet. After an error you can call it again.

        Raises:
            StoreError: none of the keys decrypts a secret, or the store has no cipher and a secret is encrypted.
        """
        return self._run(self._statements.reencrypt())

    def _run(self, commands: Generator[Any, Any, Result]) -> Result:
        return self._guarded(lambda: run(commands, self._execute))

    def _guarded(self, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except (SQLAlchemyError, OSError) as failed:
            error = database_error(failed)
        # Raised outside the handler: the error that was caught quotes the values of the statement.
        raise error

    def _before_fork(self) -> None:
        close_before_fork(self._engine)

    def _after_fork_in_child(self) -> None:
        renew_after_fork(self._engine)

    def _execute(self, statement: Executable) -> Done:
        with self._engine.connect() as connection:
            return execute(connection, statement)


class AsyncSQLAlchemyStore(AsyncStoreMethods, Forkable):
    """`SQLAlchemyStore` with coroutine methods.

    It belongs to the event loop in which it is first used. In another loop, each method raises
    `oauthone.errors.StoreError`, unless the engine keeps no connections (``NullPool``). After a fork, the child may use
    the store in its own loop. If a caller is cancelled, the statement that it started is still executed.

    Args:
        engine: an ``AsyncEngine``, or the URL of a database, such as ``"sqlite+aiosqlite:///oauthone.db"`` or
            ``"postgresql+asyncpg://…"``.
        window: at least the verifier's window; see `SQLAlchemyStore`.
        cipher: encrypts secrets at rest.
        timeout: how many seconds to wait for the database of a URL.
        purge_batch: how many expired rows one statement deletes at most.
        clock: returns the seconds since 1970.

    Raises:
        ConfigurationError: the URL cannot be used, or a number is one that it cannot be.
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
            url = parse_url(engine)
            engine = create_async_engine(url, **engine_options(url, timeout))
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
        # Raised outside the handler: the error that was caught quotes the values of the statement.
        raise error

    async def _create_all(self) -> None:
        async with self._connected() as connection:
            await connection.run_sync(metadata.create_all)
            await connection.commit()

    async def _execute(self, statement: Executable) -> Done:
        return await self._unbroken.finish(self._transaction(statement))

    async def _transaction(self, statement: Executable) -> Done:
        async with self._connected() as connection:
            return await connection.run_sync(execute, statement)

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[AsyncConnection]:
        """Connect to the database. SQLAlchemy 2.0 lets an error that asyncpg raises meanwhile through as it is."""
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(self._engine.connect())
            except (SQLAlchemyError, OSError):
                raise
            except Exception as failed:
                error = database_error(failed)
            else:
                yield connection
                return
        # Raised outside the handler: the error that was caught may quote what was sent.
        raise error
