"""A total time limit for one leg in a session of requests or niquests that waits.

Both libraries limit each wait for the next octets, so an answer that drips has no end. When the time is over, a thread
shuts the socket down that the leg waits for, also while that waits for the head of an answer.
"""

import socket
from contextlib import suppress
from contextvars import ContextVar, Token
from functools import lru_cache
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

#: How often a leg whose time is over is cut off, until it notices: it may be opening another connection.
_AGAIN = 0.05
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
        self._is_over = Event()
        self._lock = Lock()
        self._connection: Any = None
        self._token: Token[Deadline | None] | None = None

    def __enter__(self) -> Self:
        self._token = _CURRENT.set(self)
        if self._seconds is not None:
            Thread(target=self._wait, name="oauthone-leg-deadline", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._is_over.set()
            self._connection = None
        if self._token is not None:
            _CURRENT.reset(self._token)

    def watch(self, connection: Any) -> None:
        """Take ``connection`` of a urllib3 for the one that the leg waits for."""
        with self._lock:
            self._connection = connection

    def _wait(self) -> None:
        wait = self._seconds
        while not self._is_over.wait(wait):
            with self._lock:
                if not self._is_over.is_set():
                    self.has_passed = True
                    _shut_down(getattr(self._connection, "sock", None))
            wait = _AGAIN


def _shut_down(sock: Any) -> None:
    """Wake who waits for ``sock``, a socket or what stands around one, and leave closing it to them."""
    with suppress(OSError, AttributeError, ValueError), socket.socket(fileno=socket.dup(sock.fileno())) as same:
        same.shutdown(socket.SHUT_RDWR)


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
            pool = getattr(super(watching, adapter), name)(*args, **kwargs)
            return _twin(pool, _watching_pool(pool.__class__)) if hasattr(pool, "_get_conn") else pool

        return get

    names = [name for name in ("get_connection_with_tls_context", "get_connection") if hasattr(kind, name)]
    watching = type(kind.__name__, (kind,), {name: pool_of(name) for name in names})
    return watching


@lru_cache(maxsize=32)
def _watching_pool(kind: Any) -> Any:
    def get_connection(pool: Any, *args: Any, **kwargs: Any) -> Any:
        connection = kind._get_conn(pool, *args, **kwargs)
        deadline = _CURRENT.get()
        if deadline is not None:
            deadline.watch(connection)
        return connection

    return type(kind.__name__, (kind,), {"_get_conn": get_connection})
