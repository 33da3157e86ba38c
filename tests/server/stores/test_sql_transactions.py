"""Interrupted statements: no connection returns the result of another caller's query, or stays locked."""

import asyncio
import gc
import sqlite3
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from oauthone.errors import StoreError
from oauthone.server import Client, IssuedToken, PendingAuthorization
from oauthone.server.stores._sql_transactions import Unbroken
from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore, SQLAlchemyStore

from ..services import PostgresServer
from ..setting import NOW, Clock
from .backends import Awaited, Opened, open_store
from .conftest import service_for
from .failures import SECRET, assert_hides

SQL = ["sqlite", "sqlite-async", "postgresql", "postgresql-async"]
PENDING = PendingAuthorization("t", "s", "c", None, NOW + 600)


@pytest.fixture(params=SQL)
def sql(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Opened, None, None]:
    store = open_store(request.param, service_for(request.param, request), tmp_path, clock=Clock())
    yield store
    store.end()


def write_unguarded(store: Opened, client: Client) -> None:
    """Register a client with the statements alone, which do not check its strings."""
    commands = store.store._statements.add_client(client)
    if isinstance(store, Awaited):
        store._run(store.store._run(commands))
    else:
        store.store._run(commands)


def invalidated(store: Opened) -> list[Any]:
    """The connections that this store discards from now on."""
    engine = getattr(store.store._engine, "sync_engine", store.store._engine)
    thrown: list[Any] = []
    event.listen(engine.pool, "invalidate", lambda *given: thrown.append(given[0]))
    return thrown


@pytest.mark.parametrize("failures", range(1, 8))
def test_a_text_that_the_driver_cannot_encode_lets_no_replay_pass(
    postgres_server: PostgresServer, tmp_path: Path, failures: int
) -> None:
    """The driver has requested a description before it fails; that reply must not count as a result."""
    store = open_store("postgresql", postgres_server, tmp_path, clock=Clock())
    for name in "ab":
        store.add_client(Client.create(name, f"secret of {name}"))
        store.save_token(IssuedToken(f"token {name}", f"token secret of {name}", name))
    assert store.use_nonce("a", "token a", NOW, "n") is True
    for number in range(failures):
        with pytest.raises(StoreError) as caught:
            write_unguarded(store, Client.create(f"c{number}", SECRET, name="\ud800"))
        assert_hides(caught.value)
    for _ in range(5):
        assert store.use_nonce("a", "token a", NOW, "n") is False
        for name in "ab":
            found = store.find_credentials(name, f"token {name}")
            assert (found.client_secret, found.token_secret) == (f"secret of {name}", f"token secret of {name}")
        assert store.approve_pending("unknown", "v", "ann", {}) is False
    store.end()


def test_a_connection_is_thrown_away_if_what_failed_is_not_known(sql: Opened) -> None:
    thrown = invalidated(sql)
    engine = getattr(sql.store._engine, "sync_engine", sql.store._engine)

    def fail(*given: Any) -> None:
        raise UnicodeEncodeError("utf-8", SECRET, 0, 1, "no")

    event.listen(engine, "after_cursor_execute", fail)
    with pytest.raises(StoreError, match=r"the database operation failed \(UnicodeEncodeError\)") as caught:
        sql.find_client("c")
    assert_hides(caught.value)
    assert len(thrown) == 1
    event.remove(engine, "after_cursor_execute", fail)
    assert sql.find_client("c") is None


def test_a_connection_is_thrown_away_if_the_program_is_interrupted(tmp_path: Path) -> None:
    """For example by Ctrl-C, which is not an error of the store."""
    store = open_store("sqlite", None, tmp_path, clock=Clock())
    thrown = invalidated(store)

    def interrupt(*given: Any) -> None:
        raise KeyboardInterrupt

    event.listen(store.store._engine, "after_cursor_execute", interrupt)
    with pytest.raises(KeyboardInterrupt):
        store.save_pending(PENDING)
    assert len(thrown) == 1
    event.remove(store.store._engine, "after_cursor_execute", interrupt)
    assert store.find_pending("t") is None
    store.end()


def test_a_connection_is_kept_if_the_database_refused(sql: Opened) -> None:
    """The database reported an error, so the connection is in step."""
    thrown = invalidated(sql)
    sql.save_pending(PENDING)
    with pytest.raises(StoreError, match="a row with this key exists already"):
        sql.save_pending(PENDING)
    assert sql.find_pending("t") == PENDING
    assert thrown == []


def test_a_replay_is_not_an_error_of_the_database(sql: Opened) -> None:
    """So there is no transaction to undo."""
    engine = getattr(sql.store._engine, "sync_engine", sql.store._engine)
    assert sql.use_nonce("c", None, NOW, "n") is True
    errors: list[Any] = []
    event.listen(engine, "handle_error", errors.append)
    assert sql.use_nonce("c", None, NOW, "n") is False
    assert errors == []


CALLS: list[tuple[str, tuple[Any, ...]]] = [
    ("use_nonce", ("c", None, NOW, "used")),
    ("use_nonce", ("c", None, NOW, "new")),
    ("save_pending", (PENDING,)),  # a duplicate, which the database rejects
    ("take_pending", ("t",)),
    ("save_token", (IssuedToken("t", "s", "c"),)),
    ("add_client", (Client.create("c", "s"),)),
    ("create_all", ()),
]
MOMENTS = ["begin", "before_cursor_execute", "after_cursor_execute", "commit", "rollback"]


def write_lock(path: Path) -> str:
    """Return whether another connection can write, after a while."""
    connection = sqlite3.connect(path, timeout=2)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.rollback()
        return "free"
    except sqlite3.OperationalError as failed:
        return str(failed)
    finally:
        connection.close()


async def cancelled_at(moment: str, store: AsyncSQLAlchemyStore, call: Callable[[], Any]) -> None:
    """Cancel a call when the engine emits this event, or let it end if it does not."""
    caller = asyncio.ensure_future(call())

    def cancel(*given: Any) -> None:
        caller.cancel()

    event.listen(store._engine.sync_engine, moment, cancel)
    await asyncio.wait([caller])
    if not caller.cancelled():
        caller.exception()
    await asyncio.sleep(0.05)
    event.remove(store._engine.sync_engine, moment, cancel)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(("name", "arguments"), CALLS, ids=[name for name, _ in CALLS])
def test_a_call_that_is_cancelled_leaves_nothing_locked(
    tmp_path: Path, name: str, arguments: tuple[Any, ...], moment: str
) -> None:
    """The call is cancelled three times at once, as if clients disconnect. Afterwards others can write."""
    path, complaints = tmp_path / "store.db", list[Any]()

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context))
        store = AsyncSQLAlchemyStore(f"sqlite+aiosqlite:///{path}", clock=Clock())
        await store.create_all()
        await store.use_nonce("c", None, NOW, "used")
        await store.save_pending(PENDING)
        await asyncio.gather(*[cancelled_at(moment, store, lambda: getattr(store, name)(*arguments)) for _ in range(3)])
        assert await asyncio.to_thread(write_lock, path) == "free"
        assert await store.use_nonce("c", None, NOW, "used") is False
        await store.aclose()
        gc.collect()

    asyncio.run(main())
    assert complaints == []


def test_a_store_is_closed_after_what_was_begun(tmp_path: Path) -> None:
    """The database contains what a cancelled call wrote."""
    path = tmp_path / "store.db"

    async def main() -> None:
        store = AsyncSQLAlchemyStore(f"sqlite+aiosqlite:///{path}", clock=Clock())
        await store.create_all()
        saving = asyncio.ensure_future(store.save_pending(PENDING))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        saving.cancel()
        await store.aclose()
        assert saving.cancelled()

    asyncio.run(main())
    after = SQLAlchemyStore(f"sqlite:///{path}", clock=Clock())
    assert after.find_pending("t") == PENDING
    after.close()


def test_a_statement_that_runs_when_the_loop_ends_is_cancelled_silently() -> None:
    complaints: list[Any] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context))
        caller = asyncio.ensure_future(Unbroken().finish(asyncio.sleep(3600)))
        await asyncio.sleep(0)
        caller.cancel()

    asyncio.run(main())
    gc.collect()
    assert complaints == []
