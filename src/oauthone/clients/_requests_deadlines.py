"""A total time limit for one leg in a session of requests or niquests that waits.

Both libraries limit each wait for the next octets, so an answer that drips has no end. When the time is over, a thread
shuts the socket down that the leg waits for, also while that waits for the head of an answer.
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
    """Cuts a leg off when its time is over; holds for the thread that enters it.

    Args:
        seconds: the time; None for no end.

    Attributes:
        has_passed: whether the time was over before the leg was.
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
            self._let_go()
        if self._token is not None:
            _CURRENT.reset(self._token)

    def watch(self, connection: Any) -> None:
        """Take ``connection``, of a urllib3, for the one that the leg waits for, now or once it is open."""
        if connection.sock is not None:
            self._hold(connection.sock)
            return

        own: Any = connection.__dict__
        create = connection._new_conn

        def hold_new(*args: Any, **kwargs: Any) -> Any:
            """Hold the socket before anything is said through it: to a proxy, or for TLS."""
            # It may be there still: what stands around a connection, as recorders do, hands such things on.
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
        """Take ``sock``, a socket or what stands around one, for the one that the leg waits for."""
        with self._lock:
            self._let_go()
            if not self._is_over.is_set():
                self._socket = _second(sock)
                self._shut_down_if_late()

    def _wait(self, seconds: float) -> None:
        if not self._is_over.wait(seconds):
            with self._lock:
                self.has_passed = not self._is_over.is_set()
                self._shut_down_if_late()

    def _shut_down_if_late(self) -> None:
        """Wake the leg, which notices that nothing more comes, and closes the connection itself."""
        if self.has_passed and self._socket is not None:
            with suppress(OSError):  # The provider was faster.
                self._socket.shutdown(socket.SHUT_RDWR)

    def _let_go(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _second(sock: Any) -> socket.socket | None:
    """A second descriptor of ``sock``; None where that only looks like a socket, as one of a recorder does."""
    number = socket.dup(sock.fileno())
    try:
        return socket.socket(fileno=number)
    except OSError:
        socket.close(number)
        return None


def watched(adapter: Any) -> Any:
    """``adapter`` as it is, with its state shared, but with each connection watched while a leg has a deadline."""
    if _CURRENT.get() is None:
        return adapter
    return _twin(adapter, _watching_adapter(adapter.__class__))


def _twin(thing: Any, kind: Any) -> Any:
    twin = object.__new__(kind)
    twin.__dict__ = thing.__dict__
    return twin


@lru_cache(maxsize=32)
def _watching_adapter(kind: Any) -> Any:
    def pool_of(name: str) -> Any:
        def get(adapter: Any, *args: Any, **kwargs: Any) -> Any:
            pool: Any = getattr(kind, name)(adapter, *args, **kwargs)
            return _twin(pool, _watching_pool(pool.__class__)) if hasattr(pool, "_get_conn") else pool

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
