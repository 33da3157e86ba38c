"""`SQLAlchemyStore` over an engine of the caller, and after its database came back."""

import gc
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.ext.asyncio import create_async_engine

from oauthone.errors import StoreError
from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore, SQLAlchemyStore, metadata

from ..needed import skip_without
from ..services import PostgresServer
from ..setting import NOW, Clock
from .backends import Awaited, Opened
from .failures import assert_hides


def test_an_engine_of_the_caller_is_used_as_it_is(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'own.db'}")
    metadata.create_all(engine)
    store = SQLAlchemyStore(engine, clock=Clock())
    assert store.use_nonce("c", "t", NOW, "n")
    store.close()


def test_an_async_engine_of_the_caller_is_used_as_it_is(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'own.db'}"
    store = Awaited(AsyncSQLAlchemyStore(create_async_engine(url), clock=Clock()))
    store.create_all()
    assert store.use_nonce("c", "t", NOW, "n")
    assert store.purge() == 0
    store.end()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # see above
@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_postgresql_that_came_back_is_used_again(asynchronous: bool) -> None:
    """It lost nothing."""
    skip_without(PostgresServer)
    with PostgresServer() as server:
        store = (
            Awaited(AsyncSQLAlchemyStore(server.url("asyncpg"), clock=Clock()))
            if asynchronous
            else Opened(SQLAlchemyStore(server.url("pg8000"), clock=Clock()))
        )
        store.create_all()
        assert store.use_nonce("c", "t", NOW, "n")
        server.stop()
        for _ in range(2):
            with pytest.raises(StoreError):
                store.use_nonce("c", "t", NOW, "m")
        server.start()
        assert store.use_nonce("c", "t", NOW, "m")
        assert not store.use_nonce("c", "t", NOW, "n")
        store.end()
        gc.collect()


def checked(store: SQLAlchemyStore) -> str:
    with pytest.raises(StoreError) as caught:
        store.check()
    assert_hides(caught.value)
    return str(caught.value)


def test_a_check_names_the_fault_of_a_file(tmp_path: Path) -> None:
    """A missing table, a column of an older release, and a file that can only be read. A SELECT 1 finds none."""
    file = tmp_path / "store.db"
    store = SQLAlchemyStore(f"sqlite:///{file}")
    assert "call create_all() once" in checked(store)
    store.create_all()
    store.check()
    with store._engine.begin() as connection:
        connection.execute(text("ALTER TABLE oauthone_tokens RENAME COLUMN extra TO more"))
    assert "the tables do not match this release" in checked(store)
    with store._engine.begin() as connection:
        connection.execute(text("ALTER TABLE oauthone_tokens RENAME COLUMN more TO extra"))
    store.close()
    read_only = SQLAlchemyStore(f"sqlite:///file:{file}?mode=ro&uri=true")
    assert "this process may write to it" in checked(read_only)
    read_only.close()


def test_a_check_names_the_fault_of_a_server(postgres_server: PostgresServer) -> None:
    """A replica, or a user who may only read."""
    store = SQLAlchemyStore(postgres_server.url("pg8000"))
    store.create_all()
    store.check()
    store.close()
    engine = create_engine(postgres_server.url("pg8000"))

    @event.listens_for(engine, "begin")
    def only_read(connection: Any) -> None:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    read_only = SQLAlchemyStore(engine)
    assert "it can only be read" in checked(read_only)
    read_only.close()
