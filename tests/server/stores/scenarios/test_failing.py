"""A store that is down, full, damaged or slow raises an error, and never answers, hangs, or reveals a secret."""

import gc
import socket
from collections.abc import Callable, Generator
from threading import Thread
from typing import Any

import pytest

from oauthone.server.stores.redis import AsyncRedisStore, RedisStore
from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore, SQLAlchemyStore

from ...services import free_port
from ...setting import NOW, Clock
from ..backends import Awaited, Opened
from ..failures import CALLS, SECRET, assert_fails

MAKERS: dict[str, Callable[[int], Opened]] = {
    "redis": lambda port: Opened(RedisStore(f"redis://127.0.0.1:{port}", timeout=0.5, clock=Clock())),
    "redis-async": lambda port: Awaited(AsyncRedisStore(f"redis://127.0.0.1:{port}", timeout=0.5, clock=Clock())),
    "postgresql": lambda port: Opened(
        SQLAlchemyStore(f"postgresql+pg8000://u:{SECRET}@127.0.0.1:{port}/d", timeout=0.5, clock=Clock())
    ),
    "postgresql-async": lambda port: Awaited(
        AsyncSQLAlchemyStore(f"postgresql+asyncpg://u:{SECRET}@127.0.0.1:{port}/d", timeout=0.5, clock=Clock())
    ),
}


@pytest.fixture(params=MAKERS)
def maker(request: pytest.FixtureRequest) -> Generator[Callable[[int], Opened], None, None]:
    """Makes stores that connect to a port, and closes them."""
    made: list[Opened] = []

    def make(port: int) -> Opened:
        made.append(MAKERS[request.param](port))
        return made[-1]

    yield make
    for one in made:
        one.end()
    gc.collect()  # so garbage of a driver is reported here, not in another test


@pytest.fixture
def silent_port() -> Generator[int, None, None]:
    """A server that accepts connections and never replies."""
    accepted: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            try:
                while True:
                    accepted.append(listening.accept()[0])
            except OSError:
                return

        thread = Thread(target=accept)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
    for one in accepted:
        one.close()


@pytest.mark.parametrize(("name", "arguments"), CALLS, ids=[name for name, _ in CALLS])
def test_a_store_that_is_down_is_an_error(
    maker: Callable[[int], Opened], name: str, arguments: tuple[Any, ...]
) -> None:
    assert_fails(maker(free_port()), name, arguments)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_store_that_hangs_is_an_error_too(maker: Callable[[int], Opened], silent_port: int) -> None:
    """Without a timeout this would never end. (A driver may leave its socket to the garbage collector.)"""
    store = maker(silent_port)
    assert_fails(store, "find_credentials", ("c", "t"))
    assert_fails(store, "use_nonce", ("c", "t", NOW, "n"))
