"""Engines of SQLAlchemy: their timeouts, and what happens when they connect and when their process forks."""

from collections.abc import Callable
from math import ceil
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool, SingletonThreadPool, StaticPool

from oauthone.errors import ConfigurationError
from oauthone.server._settings_checks import SHORTEST_TIMEOUT, require_number
from oauthone.server.stores._forks import keep_inherited


def _whole_seconds(timeout: float) -> int:
    return max(1, ceil(timeout))


#: The names and types of each driver's timeouts. Other drivers get none.
_WAITS: dict[str, dict[str, Callable[[float], float]]] = {
    "pysqlite": {"timeout": float},
    "aiosqlite": {"timeout": float},
    "pg8000": {"timeout": float},
    "asyncpg": {"timeout": float, "command_timeout": float},
    "psycopg": {"connect_timeout": _whole_seconds},
    "psycopg_async": {"connect_timeout": _whole_seconds},
    "psycopg2": {"connect_timeout": _whole_seconds},
}


def parse_url(given: Any) -> URL:
    """The URL of a database.

    Raises:
        ConfigurationError: it is not one. The message quotes nothing, as the URL may hold a password.
    """
    try:
        url = make_url(given)
        url.get_dialect()
    except (SQLAlchemyError, ValueError):
        url = None
    if url is None:  # raised outside the handler: the error that was caught may quote the URL
        raise ConfigurationError("the URL of the database cannot be used: pass one such as 'sqlite:///oauthone.db'")
    return url


def engine_options(url: URL, timeout: float) -> dict[str, Any]:
    """The options of an engine: timeouts for everything that waits, and errors that quote no parameters."""
    require_number("timeout", timeout, SHORTEST_TIMEOUT)
    arguments = {name: kind(timeout) for name, kind in _WAITS.get(url.get_driver_name(), {}).items()}
    options: dict[str, Any] = {"connect_args": arguments, "hide_parameters": True}
    if url.get_backend_name() != "sqlite":
        options["pool_timeout"] = timeout
    return options


def prepare(engine: Engine) -> None:
    """Turn on write-ahead logging in SQLite, so that others can read while one process writes."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()


def close_before_fork(engine: Engine) -> None:
    """Close idle connections to an SQLite file: a process must not inherit any (sqlite.org/howtocorrupt.html)."""
    if engine.dialect.name == "sqlite" and not _is_in_memory(engine):
        engine.dispose()


def renew_after_fork(engine: Engine) -> None:
    """Open new connections in this process and leave those of its parent open. A database in memory was copied."""
    if not _is_in_memory(engine):
        leave_to_parent(engine)


def leave_to_parent(engine: Engine) -> None:
    """Open new connections in this process and leave those of its parent open."""
    keep_inherited(engine.pool)
    engine.dispose(close=False)


def holds_connections(engine: Engine) -> bool:
    """Whether the engine keeps connections after their use."""
    return not isinstance(engine.pool, NullPool)


def _is_in_memory(engine: Engine) -> bool:
    return isinstance(engine.pool, SingletonThreadPool | StaticPool)
