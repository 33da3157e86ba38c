"""The event loop to which the connections of an asynchronous store belong."""

from pathlib import Path

from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from oauthone.server import Client
from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore

from .backends import Awaited

CLIENT = Client.create("c", "s")


def test_an_engine_that_keeps_no_connections_serves_many_event_loops(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'store.db'}", poolclass=NullPool)
    store = AsyncSQLAlchemyStore(engine)
    made = Awaited(store)
    made.create_all()
    made.add_client(CLIENT)
    other = Awaited(store)
    assert other.find_client("c") == CLIENT
    assert made.find_client("c") == CLIENT
    other.end()
    made.end()
