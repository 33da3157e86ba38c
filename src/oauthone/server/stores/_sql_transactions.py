"""Executes each statement as its own transaction, after which another caller can use the connection.

A connection that was interrupted between a statement and its result would return that result for the next statement.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Executable
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from oauthone.server.stores._database_errors import database_error

Result = TypeVar("Result")


class Done(NamedTuple):
    """The result of a statement: its rows, and how many rows it changed."""

    rows: Sequence[Any]
    changed: int


def execute(connection: Connection, statement: Executable) -> Done:
    """Execute ``statement`` and commit. The caller closes the connection, which rolls back an uncommitted change.

    Args:
        connection: the connection to use.
        statement: the statement.

    Raises:
        SQLAlchemyError: the database or its driver failed. SQLAlchemy knows whether the connection is still usable.
        StoreError: anything else failed, and the connection was discarded.
    """
    try:
        result = connection.execute(statement)
        done = Done(result.all() if result.returns_rows else (), result.rowcount)
        connection.commit()
        return done
    except SQLAlchemyError:
        raise
    except Exception as failed:
        connection.invalidate()
        error = database_error(failed)
    except BaseException:
        connection.invalidate()
        raise
    # Raised outside the handler: the error that was caught may quote the values of the statement.
    raise error


class Unbroken:
    """Runs work to its end even if its caller is cancelled.

    A driver that is cancelled at the end of a transaction may leave it open, and its locks held.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    async def finish(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run ``work`` to its end, and return its result."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        await asyncio.wait([task])
        return task.result()

    async def wait(self) -> None:
        """Wait until all work has ended."""
        while self._running:
            await asyncio.wait(self._running)

    def forget(self) -> None:
        """Forget the running work, which belongs to the process from which this one was forked."""
        self._running.clear()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """Retrieve the error, which asyncio would log otherwise if the caller is gone."""
        self._running.discard(task)
        if not task.cancelled():
            task.exception()
