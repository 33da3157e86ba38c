"""Engines: their timeouts, their connections, and what becomes of these when the process forks."""

import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from oauthone.server import Client
from oauthone.server.stores import _forks
from oauthone.server.stores._sql_engines import engine_options
from oauthone.server.stores.sqlalchemy import SQLAlchemyStore

from ..setting import NOW, Clock
from .backends import Opened
from .failures import assert_fails, failure


def test_sqlite_lets_many_read_while_one_writes(sqlite: Any) -> None:
    with sqlite._engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"


def test_an_exhausted_connection_pool_is_an_error_that_names_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    store = Opened(SQLAlchemyStore(create_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.01), clock=Clock()))
    store.create_all()
    with store.store._engine.connect():
        assert "all connections were in use" in str(failure(store, "find_client", "c"))
    store.end()


@pytest.mark.parametrize(
    ("url", "arguments"),
    [
        ("sqlite:///x.db", {"timeout": 2.5}),
        ("sqlite+aiosqlite:///x.db", {"timeout": 2.5}),
        ("postgresql+pg8000://h/d", {"timeout": 2.5}),
        ("postgresql+asyncpg://h/d", {"timeout": 2.5, "command_timeout": 2.5}),
        ("postgresql+psycopg://h/d", {"connect_timeout": 3}),
        ("postgresql+psycopg2://h/d", {"connect_timeout": 3}),
        ("mysql+pymysql://h/d", {}),
    ],
)
def test_each_driver_gets_the_timeout_in_its_own_option(url: str, arguments: dict[str, Any]) -> None:
    """An unknown option would keep a driver from connecting."""
    options = engine_options(make_url(url), 2.5)
    assert options["connect_args"] == arguments
    assert options["hide_parameters"] is True


def test_an_sqlite_that_another_process_keeps_locked_is_an_error(tmp_path: Path) -> None:
    store = SQLAlchemyStore(f"sqlite:///{tmp_path / 'store.db'}", clock=Clock(), timeout=0.05)
    store.create_all()
    with store._engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        assert_fails(Opened(store), "use_nonce", ("c", "t", NOW, "n"))
        other.rollback()
    assert store.use_nonce("c", "t", NOW, "n")
    store.close()


CLIENT = Client.create("c", "s")


def test_a_file_of_sqlite_is_closed_before_a_fork(tmp_path: Path) -> None:
    """It is opened again in parent and child."""
    store = SQLAlchemyStore(f"sqlite:///{tmp_path / 'store.db'}")
    store.create_all()
    assert os.path.samefile(tmp_path / "store.db", open_files(tmp_path)[0])
    _forks._before_fork()
    assert open_files(tmp_path) == []
    store.add_client(CLIENT)
    assert store.find_client("c") == CLIENT
    store.close()


def open_files(folder: Path) -> list[Path]:
    """Return the files below ``folder`` that this process has open."""
    names = Path("/proc/self/fd")
    if not names.is_dir():
        pytest.skip("only Linux lists what a process has open")
    found = [path.resolve() for path in names.iterdir()]
    return sorted(path for path in found if path.is_relative_to(folder))


def test_a_database_in_memory_survives_a_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fork copies it."""
    store = SQLAlchemyStore("sqlite://")
    monkeypatch.setattr(_forks, "_hooks", {store: _forks._hooks[store]})  # and no other store of this process
    store.create_all()
    store.add_client(CLIENT)
    _forks._before_fork()
    _forks._after_fork_in_child()
    assert store.find_client("c") == CLIENT
    store.close()


def test_an_engine_of_the_caller_is_renewed_after_a_fork(tmp_path: Path, inherited: list[Any]) -> None:
    store = Opened(SQLAlchemyStore(create_engine(f"sqlite:///{tmp_path / 'store.db'}")))
    store.create_all()
    store.add_client(CLIENT)
    store.store._after_fork_in_child()
    assert store.find_client("c") == CLIENT
    inherited[-1].dispose()
    store.end()
