"""What an error of a database means, what to do, and how much of it is shown."""

import gc
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from oauthone.server import IssuedToken, PendingAuthorization
from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore, SQLAlchemyStore

from ..services import PostgresServer, free_port
from ..setting import NOW, Clock
from .backends import Awaited, Opened, clear
from .failures import CALLS, SECRET, assert_fails, failure


def test_tables_that_are_missing_are_an_error_that_names_the_cure(tmp_path: Path) -> None:
    for store in (
        Opened(SQLAlchemyStore(f"sqlite:///{tmp_path / 'empty.db'}", clock=Clock())),
        Awaited(AsyncSQLAlchemyStore(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}", clock=Clock())),
    ):
        for name, arguments in CALLS:
            error = failure(store, name, *arguments)
            assert "a table is missing: call create_all() once, or run the migration" in str(error)
            assert "no such table" in str(error.__cause__)
        store.end()


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the connection of a thread that ended
def test_a_database_in_memory_of_another_thread_is_an_error_that_says_why() -> None:
    # This thread can then close the connections of both.
    engine = create_engine("sqlite://", connect_args={"check_same_thread": False})
    store = Opened(SQLAlchemyStore(engine, clock=Clock()))
    store.create_all()
    assert store.find_client("c") is None
    with ThreadPoolExecutor(1) as threads:
        said = threads.submit(failure, store, "find_client", "c").result()
    assert "with sqlite://, each thread has its own database" in str(said)
    store.end()
    gc.collect()


def test_a_database_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    plain = Opened(SQLAlchemyStore(f"sqlite:///{tmp_path}/no/such/folder.db"))
    awaited = Awaited(AsyncSQLAlchemyStore(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder.db"))
    for store in (plain, awaited):
        assert_fails(store, "create_all", ())
        assert "check that the folder exists" in str(failure(store, "create_all"))
        store.end()


def test_tables_of_another_release_are_an_error_that_names_the_migration(tmp_path: Path) -> None:
    store = Opened(SQLAlchemyStore(f"sqlite:///{tmp_path / 'store.db'}", clock=Clock()))
    store.create_all()
    with store.store._engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE oauthone_clients DROP COLUMN name")
    assert "run the migration" in str(failure(store, "find_client", "c"))
    store.end()


@pytest.fixture(params=["pg8000", "asyncpg"])
def connecting(request: pytest.FixtureRequest, postgres_server: PostgresServer) -> Generator[Any, None, None]:
    """Opens stores in PostgreSQL, with parts of the URL changed; the last one uses a custom engine."""
    made: list[Opened] = []

    def connect(own: bool = False, **changes: Any) -> Opened:
        url = make_url(postgres_server.url(request.param)).set(**changes)
        if request.param == "pg8000":
            made.append(Opened(SQLAlchemyStore(create_engine(url) if own else url, timeout=5, clock=Clock())))
        else:
            engine = create_async_engine(url) if own else url
            made.append(Awaited(AsyncSQLAlchemyStore(engine, timeout=5, clock=Clock())))
        return made[-1]

    yield connect
    for one in made:
        one.end()
    gc.collect()


def test_postgresql_that_refuses_says_why(connecting: Any, postgres_server: PostgresServer) -> None:
    clear(postgres_server.url("pg8000"))
    reasons: list[tuple[dict[str, Any], str]] = [
        ({}, "a table is missing: call create_all() once"),
        ({"username": "nobody", "password": SECRET}, "it rejects this user or password"),
        ({"database": "nowhere", "password": SECRET}, "a database of this name does not exist"),
        ({"port": free_port(), "password": SECRET}, "it cannot be reached"),
    ]
    for changes, reason in reasons:
        error = failure(connecting(**changes), "save_token", IssuedToken("t", SECRET, "c"))
        assert reason in str(error)
        assert error.__cause__ is not None


@pytest.mark.parametrize("own", [False, True], ids=["URL", "engine"])
def test_a_row_that_a_database_quotes_is_not_quoted_further(connecting: Any, own: bool) -> None:
    """PostgreSQL's error quotes the failed row, and SQLAlchemy's the parameters, unless it is told not to."""
    store = connecting(own)
    store.create_all()
    incomplete: Any = None
    error = failure(store, "save_token", IssuedToken("t", SECRET, incomplete))
    assert "a value is missing" in str(error)
    assert error.__cause__ is None
    store.save_pending(PendingAuthorization("t", SECRET, "c", None, NOW + 600))
    error = failure(store, "save_pending", PendingAuthorization("t", SECRET, "c", None, NOW + 600))
    assert "a row with this key exists already" in str(error)
    assert store.take_pending("t").token_secret == SECRET


def test_what_a_driver_raises_while_it_connects_is_a_store_error() -> None:
    """SQLAlchemy 2.0 lets what asyncpg raises then through as it is."""

    class InvalidPassword(Exception):
        sqlstate = "28P01"

    async def refuse() -> None:
        raise InvalidPassword("for user alice")

    store = Awaited(AsyncSQLAlchemyStore(create_async_engine("sqlite+aiosqlite://", async_creator=refuse)))
    for name, arguments in (("create_all", ()), ("find_client", ("c",))):
        assert "it rejects this user or password" in str(failure(store, name, *arguments))
    store.end()


def test_an_unexpected_exception_is_a_store_error_without_its_cause(tmp_path: Path) -> None:
    store = Opened(SQLAlchemyStore(create_engine(f"sqlite:///{tmp_path / 'store.db'}"), clock=Clock()))
    store.create_all()
    odd: Any = {"scope": object()}
    error = failure(store, "save_token", IssuedToken("t", SECRET, "c", extra=odd))
    assert str(error).endswith("requests are rejected until it succeeds again")
    assert error.__cause__ is None
    store.end()
