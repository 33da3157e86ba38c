"""A total time limit for one leg in a session of requests or niquests that blocks.

Both libraries limit the wait for the next octets only, so a response that drips has no end. When the time has passed, a
thread shuts down the socket that the leg reads from.
"""

import socket
from contextlib import suppress
from contextvars import ContextVar, Token
from functools import lru_cache
from math import inf
from threading import Event, Lock, Thread
from time import monotonic
from types import TracebackType
from typing import Any, Self

from oauthone.clients._legs import TimeLeft

_CURRENT: "ContextVar[Deadline | None]" = ContextVar("oauthone_deadline", default=None)


class Deadline:
    """Ends a leg when its time has passed. It is a context manager for the thread that sends the leg.

    Args:
        seconds: the time limit; None for no limit.

    Attributes:
        has_passed: whether the time passed before the leg ended.
    """

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self.has_passed = False
        self._end = inf if seconds is None else monotonic() + seconds
        self._is_over = Event()
        self._lock = Lock()
        #: A second descriptor of the socket: libraries close and wrap theirs while the leg still reads.
        self._socket: socket.socket | None = None
        self._token: Token[Deadline | None] | None = None

    def __enter__(self) -> Self:
        if self._seconds is not None:
            self._token = _CURRENT.set(self)
            Thread(target=self._wait, args=(self._seconds,), name="oauthone-deadline", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._is_over.set()
            self._release()
        if self._token is not None:
            _CURRENT.reset(self._token)

    def watch(self, connection: Any) -> None:
        """Shut down the socket of ``connection``, of a urllib3, when the time has passed; it may be opened later."""
        if connection.sock is not None:
            self._hold(connection.sock)
            return

        own: Any = connection.__dict__
        create = connection._new_conn

        def hold_new(*args: Any, **kwargs: Any) -> Any:
            """Hold the new socket before it is used: to talk to a proxy, or for TLS."""
            # An object around the connection, as recorders have one, may have passed the attribute on to it.
            own.pop("_new_conn", None)
            if self._is_over.is_set():
                return create(*args, **kwargs)
            given = connection.timeout
            connection.timeout = TimeLeft(self._end, given if isinstance(given, (int, float)) else inf)
            try:
                sock = create(*args, **kwargs)
            finally:
                connection.timeout = given
            self._hold(sock)
            return sock

        connection._new_conn = hold_new

    def _hold(self, sock: Any) -> None:
        """Shut down ``sock``, a socket or an object around one, when the time has passed."""
        with self._lock:
            self._release()
            if not self._is_over.is_set():
                self._socket = _second(sock)
                self._shut_down_if_late()

    def _wait(self, seconds: float) -> None:
        if not self._is_over.wait(seconds):
            with self._lock:
                self.has_passed = not self._is_over.is_set()
                self._shut_down_if_late()

    def _shut_down_if_late(self) -> None:
        """Wake the leg: it reads the end of the stream, and closes the connection itself."""
        if self.has_passed and self._socket is not None:
            with suppress(OSError):  # The provider has closed it.
                self._socket.shutdown(socket.SHUT_RDWR)

    def _release(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _second(sock: Any) -> socket.socket | None:
    """A second descriptor of ``sock``; None if that only looks like a socket, as a recorder's does."""
    number = socket.dup(sock.fileno())
    try:
        return socket.socket(fileno=number)
    except OSError:
        socket.close(number)
        return None


def watched(adapter: Any) -> Any:
    """``adapter`` with its state shared; while a leg has a deadline, the deadline watches each connection."""
    if _CURRENT.get() is None:
        return adapter
    return _with_class(adapter, _watching_adapter(adapter.__class__))


def _with_class(original: Any, kind: Any) -> Any:
    """An object of another class that shares the state of ``original``."""
    other = object.__new__(kind)
    other.__dict__ = original.__dict__
    return other


@lru_cache(maxsize=32)
def _watching_adapter(kind: Any) -> Any:
    def pool_of(name: str) -> Any:
        def get(adapter: Any, *args: Any, **kwargs: Any) -> Any:
            pool: Any = getattr(kind, name)(adapter, *args, **kwargs)
            return _with_class(pool, _watching_pool(pool.__class__)) if hasattr(pool, "_get_conn") else pool

        return get

    names = [name for name in ("get_connection_with_tls_context", "get_connection") if hasattr(kind, name)]
    return type(kind.__name__, (kind,), {name: pool_of(name) for name in names})


@lru_cache(maxsize=32)
def _watching_pool(kind: Any) -> Any:
    def get_connection(pool: Any, *args: Any, **kwargs: Any) -> Any:
        connection = kind._get_conn(pool, *args, **kwargs)
        deadline = _CURRENT.get()
        if deadline is not None:
            deadline.watch(connection)
        return connection

    return type(kind.__name__, (kind,), {"_get_conn": get_connection})
