"""The `oauthone.errors.StoreError` for an error of a database: what it means, what to do, and how much may be shown.

Some errors of databases quote the values of the statement, and tracebacks hold them. So a `StoreError` gets the error
of the driver as its cause only if that can name nothing but tables, connections and users.
"""

from collections.abc import Iterator
from typing import Any, cast

from oauthone.errors import StoreError

_NO_TABLE = (
    "a table is missing: call create_all() once, or run the migration "
    "(with sqlite://, each thread has its own database in memory)"
)
_OTHER_TABLE = "the tables do not match this release: run the migration"
_REFUSED = "it rejects this user or password: check the URL"
_FORBIDDEN = "this user lacks a privilege on the tables: grant it SELECT, INSERT, UPDATE and DELETE"
_NO_DATABASE = "a database of this name does not exist: create it, or check the URL"
_UNREACHABLE = "it cannot be reached: check that it is running, and the host and port in the URL"
_SLOW = "it did not answer in time, or all connections were in use"
_LOCKED = "another process or thread kept SQLite locked for longer than the timeout"
_NO_FILE = "its file cannot be opened or written: check that the folder exists and that this process may write to it"
_FULL = "it is out of space, memory or connections"
_READ_ONLY = "it can only be read, as a replica: use the primary"
_DUPLICATE = "a row with this key exists already"
_INCOMPLETE = "a value is missing, or does not fit its column"

#: Prefixes of SQLSTATE codes, the more specific ones first.
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
    "25006": _READ_ONLY,
    "23505": _DUPLICATE,
    "2": _INCOMPLETE,
}
#: Classes of SQLSTATE whose errors name connections, users, tables and limits. Errors of others may quote values.
_SHOWN = ("08", "25006", "28", "3D", "42", "53", "57", "58")
#: Parts of the errors of SQLite, which name tables and columns, and never values.
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
    """The error to raise instead of an error of SQLAlchemy or a connection. Raise it outside the handler.

    Its ``__cause__`` is the driver's error without its traceback, or None if that error may quote values.

    Args:
        failed: the error that was caught.
    """
    cause: BaseException = getattr(failed, "orig", None) or failed
    told, hint = _understood(cause)
    words = f"the database operation failed ({type(cause).__name__}): requests are rejected until it succeeds again"
    error = StoreError(f"{words}; {hint}" if hint else words)
    if told is not None:
        told.__cause__ = told.__context__ = None
        error.__cause__ = told.with_traceback(None)
    return error


def _understood(cause: BaseException) -> tuple[BaseException | None, str]:
    """The error that may be shown, or None, and what to do about it."""
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
    """The SQLSTATE code, five characters that identify an error in the SQL standard, or an empty string."""
    state = getattr(cause, "sqlstate", None)
    fields = cause.args[0] if cause.args else None
    if state is None and isinstance(fields, dict):  # of pg8000
        state = cast("dict[str, Any]", fields).get("C")
    return state if isinstance(state, str) else ""


def _chain(cause: BaseException | None) -> Iterator[BaseException]:
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
