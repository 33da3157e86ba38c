"""Services for the server's tests; without them the tests skip, saying what to install."""

from collections.abc import Generator

import pytest

from .needed import skip_without
from .services import PostgresServer, RedisClusterServers, RedisServer


@pytest.fixture(scope="session")
def redis_server() -> Generator[RedisServer, None, None]:
    """A Redis that lives as long as the tests do."""
    skip_without(RedisServer)
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="session")
def redis_cluster() -> Generator[RedisClusterServers, None, None]:
    """A Redis Cluster that lives as long as the tests do."""
    skip_without(RedisClusterServers)
    with RedisClusterServers() as servers:
        yield servers


@pytest.fixture(scope="session")
def postgres_server() -> Generator[PostgresServer, None, None]:
    """A PostgreSQL that lives as long as the tests do."""
    skip_without(PostgresServer)
    with PostgresServer() as server:
        yield server
