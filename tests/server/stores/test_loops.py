"""The event loop to which the connections of an asynchronous store belong."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from oauthone.errors import StoreError
from oauthone.server import Client
from oauthone.server.stores._loops import LoopBinding
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


def test_a_store_is_bound_to_the_first_loop_that_uses_it_until_it_is_released() -> None:
    binding = LoopBinding()

    async def check() -> None:
        binding.check()

    async def check_twice() -> None:
        binding.check()
        binding.check()

    asyncio.run(check_twice())
    with pytest.raises(StoreError, match="first used in another event loop or process"):
        asyncio.run(check())
    binding.release()
    asyncio.run(check())


def test_a_store_is_bound_to_the_process_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop of a forked child is that of its parent, but the connections stay with the parent."""
    binding = LoopBinding()

    async def check_in_parent_and_child() -> None:
        binding.check()
        monkeypatch.setattr("os.getpid", lambda: -1)
        with pytest.raises(StoreError, match="first used in another event loop or process"):
            binding.check()

    asyncio.run(check_in_parent_and_child())
