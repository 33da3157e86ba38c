"""`SQLAlchemyStore` over an engine of the caller, and after its database came back."""

import gc
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from oauthone.errors import StoreError
from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore, SQLAlchemyStore, metadata

from ..needed import skip_without
from ..services import PostgresServer
from ..setting import NOW, Clock
from .backends import Awaited, Opened


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
