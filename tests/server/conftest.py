"""Services for the server's tests. If one is missing, its tests are skipped with the command that installs it."""

from collections.abc import Callable, Generator
from contextlib import ExitStack
from typing import Any

import pytest

from oauthone.server import (
    MemoryStore,
    Provider,
    _refusal_log,
)

from .glue.surfaces import ASGI, served
from .needed import skip_without
from .person import Person
from .services import PostgresServer, RedisClusterServers, RedisServer
from .setting import CLIENT, Clock, RecordingStore, slow_store, with_token


@pytest.fixture(autouse=True)
def fresh_refusal_log() -> None:
    """The refusals of earlier tests do not count toward the limit of records."""
    _refusal_log._LIMIT.reset()
    _refusal_log._FAILURES.reset()


@pytest.fixture(scope="session")
def redis_server() -> Generator[RedisServer, None, None]:
    """A Redis for the whole run."""
    skip_without(RedisServer)
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="session")
def redis_cluster() -> Generator[RedisClusterServers, None, None]:
    """A Redis Cluster for the whole run."""
    skip_without(RedisClusterServers)
    with RedisClusterServers() as servers:
        yield servers


@pytest.fixture(scope="session")
def postgres_server() -> Generator[PostgresServer, None, None]:
    """A PostgreSQL for the whole run."""
    skip_without(PostgresServer)
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="package", autouse=True)
def few_authorities(one_authority: str) -> Generator[None, None, None]:
    """Trust no authority of the machine: pg8000 reads all of them for each connection, though none is encrypted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", one_authority)
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> RecordingStore:
    return RecordingStore(clock)


@pytest.fixture
def provider(store: RecordingStore, clock: Clock) -> Provider:
    return Provider(store, clock=clock)


@pytest.fixture
def person(provider: Provider, clock: Clock) -> Person:
    return Person(provider, clock)


@pytest.fixture(params=[slow_store, lambda: with_token(MemoryStore([CLIENT], clock=Clock()))], ids=["slow", "plain"])
def any_store(request: pytest.FixtureRequest) -> Any:
    """A store with coroutine methods, and one with plain methods, for the async classes."""
    return request.param()


@pytest.fixture
def serve_here(monkeypatch: pytest.MonkeyPatch) -> Generator[Callable[[Any], int], None, None]:
    """Serves an ASGI application, and returns its port."""
    with ExitStack() as stack:

        def serve(app: Any) -> int:
            monkeypatch.setitem(ASGI, "here", lambda store, settings, options: app)
            return stack.enter_context(served("here", None, {}, {}))

        yield serve
