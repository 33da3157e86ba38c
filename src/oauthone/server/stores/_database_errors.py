"""What a database's refusal means, in words that help, and how much of it may be shown.

Databases quote in some of their errors the values that they were given, and tracebacks hold them: so a `StoreError` is
chained to the error of the driver only where that can speak of tables, connections and users alone.
"""

from collections.abc import Iterator
from typing import Any, cast

from oauthone.errors import StoreError

_NO_TABLE = (
    "a table is missing: call create_all() once, or run the migration "
    "(a database in memory, sqlite://, is another one in each thread)"
)
_OTHER_TABLE = "the tables are not those of this release: run the migration"
_REFUSED = "it refuses this user or password: look at the URL"
_FORBIDDEN = "this user may not do that with the tables: grant it SELECT, INSERT, UPDATE and DELETE"
_NO_DATABASE = "there is no database of this name: create it, or look at the URL"
_UNREACHABLE = "it cannot be reached: is it running, and are host and port in the URL right?"
_SLOW = "it did not answer in time, or all connections were in use"
_LOCKED = "another process or thread kept SQLite locked for longer than the timeout"
_NO_FILE = "its file cannot be opened or written: is the folder there, and may this process write in it?"
_FULL = "it is out of space, memory or connections"
_DUPLICATE = "a row with this key is there already"
_INCOMPLETE = "a value is missing, or does not fit its column"

#: What begins an SQLSTATE, the more particular ones first.
_STATES = {
    "42P01": _NO_TABLE,
    "42501": _FORBIDDEN,
    "42": _OTHER_TABLE,
    "28": _REFUSED,
    "3D": _NO_DATABASE,
    "08": _UNREACHABLE,
    "57014": _SLOW,
    "55P03": _SLOW,
    "57": _UNREACHABLE,
    "53": _FULL,
    "23505": _DUPLICATE,
    "2": _INCOMPLETE,
}
#: Classes of SQLSTATE whose errors speak of connections, users, tables and limits. Others may quote values.
_SHOWN = ("08", "28", "3D", "42", "53", "57", "58")
#: What stands in an error of SQLite, which names tables and columns, and never values.
_TEXTS = {
    "no such table": _NO_TABLE,
    "no such column": _OTHER_TABLE,
    "has no column": _OTHER_TABLE,
    "is locked": _LOCKED,
    "unable to open": _NO_FILE,
    "readonly": _NO_FILE,
    "is full": _FULL,
    "UNIQUE constraint": _DUPLICATE,
    "NOT NULL constraint": _INCOMPLETE,
}


def database_error(failed: Exception) -> StoreError:
    """What to raise in the place of an error of SQLAlchemy or of a connection, outside of the handler that caught it.

    Its ``__cause__`` is the driver's error, without traceback, or None where that may quote values.
    """
    cause: BaseException = getattr(failed, "orig", None) or failed
    told, hint = _understood(cause)
    words = f"the database did not do what it was asked ({type(cause).__name__}): nothing is accepted meanwhile"
    error = StoreError(f"{words}; {hint}" if hint else words)
    if told is not None:
        told.__cause__ = told.__context__ = None
        error.__cause__ = told.with_traceback(None)
    return error


def _understood(cause: BaseException) -> tuple[BaseException | None, str]:
    """The error that may be shown, if one may, and what to do about it."""
    if type(cause).__module__ == "sqlite3":
        return cause, next((hint for text, hint in _TEXTS.items() if text in str(cause)), "")
    if state := _sqlstate(cause):
        hint = next((hint for start, hint in _STATES.items() if state.startswith(start)), "")
        return cause if state.startswith(_SHOWN) else None, hint
    for one in _chain(cause):
        if isinstance(one, TimeoutError):
            return one, _SLOW
        if isinstance(one, OSError):
            return one, _UNREACHABLE
    return None, _SLOW if type(cause).__name__ == "TimeoutError" else ""


def _sqlstate(cause: Any) -> str:
    """The five characters by which the SQL standard tells errors apart, or nothing."""
    state = getattr(cause, "sqlstate", None)
    fields = cause.args[0] if cause.args else None
    if state is None and isinstance(fields, dict):  # as pg8000 has it
        state = cast("dict[str, Any]", fields).get("C")
    return state if isinstance(state, str) else ""


def _chain(cause: BaseException | None) -> Iterator[BaseException]:
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
