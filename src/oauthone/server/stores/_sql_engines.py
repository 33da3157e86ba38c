"""Engines of SQLAlchemy: their timeouts, and what is done to them when they connect and when their process forks."""

from collections.abc import Callable
from math import ceil
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.pool import NullPool, SingletonThreadPool, StaticPool

from oauthone.server.stores._forks import keep_inherited


def _whole_seconds(timeout: float) -> int:
    return max(1, ceil(timeout))


#: By what name each driver wants to know how long it may wait, and as what. Others are told nothing.
_WAITS: dict[str, dict[str, Callable[[float], float]]] = {
    "pysqlite": {"timeout": float},
    "aiosqlite": {"timeout": float},
    "pg8000": {"timeout": float},
    "asyncpg": {"timeout": float, "command_timeout": float},
    "psycopg": {"connect_timeout": _whole_seconds},
    "psycopg_async": {"connect_timeout": _whole_seconds},
    "psycopg2": {"connect_timeout": _whole_seconds},
}


def engine_options(url: URL, timeout: float) -> dict[str, Any]:
    """Timeouts for everything that waits, and no values of parameters in errors."""
    arguments = {name: kind(timeout) for name, kind in _WAITS.get(url.get_driver_name(), {}).items()}
    options: dict[str, Any] = {"connect_args": arguments, "hide_parameters": True}
    if url.get_backend_name() != "sqlite":
        options["pool_timeout"] = timeout
    return options


def prepare(engine: Engine) -> None:
    """SQLite lets others read while one writes only if it is told to."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()


def close_before_fork(engine: Engine) -> None:
    """Close the idle connections to a file of SQLite: a process must not inherit any (sqlite.org/howtocorrupt.html)."""
    if engine.dialect.name == "sqlite" and not _is_in_memory(engine):
        engine.dispose()


def renew_after_fork(engine: Engine) -> None:
    """Give this process connections of its own, and let those of its parent be. A database in memory was copied."""
    if not _is_in_memory(engine):
        leave_to_parent(engine)


def leave_to_parent(engine: Engine) -> None:
    """Give this process connections of its own, and let those of its parent be."""
    keep_inherited(engine.pool)
    engine.dispose(close=False)


def holds_connections(engine: Engine) -> bool:
    """Whether a connection outlasts its use."""
    return not isinstance(engine.pool, NullPool)


def _is_in_memory(engine: Engine) -> bool:
    return isinstance(engine.pool, SingletonThreadPool | StaticPool)
