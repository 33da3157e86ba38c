"""How a statement is executed: as a transaction of its own, after which its connection can serve another caller.

A connection that was interrupted between a question and its answer would give that answer to the next question.
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
    """What came of a statement."""

    rows: Sequence[Any]
    changed: int


def execute(connection: Connection, statement: Executable) -> Done:
    """Execute ``statement`` and commit. Its caller closes the connection, which undoes what was not committed.

    Raises:
        SQLAlchemyError: the database or its driver refused. SQLAlchemy knows whether the connection is still good.
        StoreError: anything else went wrong, and the connection was thrown away.
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
    # Raised out here, for the error that was caught may quote the values it was given.
    raise error


class Unbroken:
    """Work that goes on to its end though whoever waits for it is cancelled.

    A driver that is cancelled while it ends a transaction may leave it open, and what it locked stays locked.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    async def finish(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What comes of ``work``."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        await asyncio.wait([task])
        return task.result()

    async def wait(self) -> None:
        """Wait until nothing is running."""
        while self._running:
            await asyncio.wait(self._running)

    def forget(self) -> None:
        """Leave what is running to the process that this one was forked from."""
        self._running.clear()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """Look at the error, which asyncio would log if its caller is gone."""
        self._running.discard(task)
        if not task.cancelled():
            task.exception()
