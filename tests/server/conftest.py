"""Services for the server's tests. If one is missing, its tests are skipped with the command that installs it."""

from collections.abc import Generator

import pytest

from .needed import skip_without
from .services import PostgresServer, RedisClusterServers, RedisServer


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
