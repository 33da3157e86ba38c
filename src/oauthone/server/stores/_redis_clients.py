"""Clients of redis-py: their timeouts, and the `oauthone.errors.StoreError` for their exceptions."""

from typing import Any

from redis import RedisCluster
from redis.asyncio import RedisCluster as AsyncRedisCluster
from redis.backoff import NoBackoff

from oauthone.errors import ConfigurationError, StoreError


def make_client(client: Any, pool: Any, retry: Any, url: str, timeout: float, max_connections: int) -> Any:
    """A client that waits ``timeout`` seconds at most.

    It repeats no command: Redis may have executed a command whose reply was lost.
    """
    connections = pool.from_url(
        url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        timeout=timeout,
        max_connections=max_connections,
        retry=retry(NoBackoff(), 0),
    )
    return client.from_pool(connections)  # So closing the client closes the connections too.


def require_timeout(client: Any) -> None:
    if _socket_timeout(client) is None:
        raise ConfigurationError(
            "the Redis client has no socket_timeout, so a server that hangs would block its callers: pass one"
        )


def _socket_timeout(client: Any) -> float | None:
    """The timeout of the connections that the client opens, whether it was passed or is the default of their class."""
    if isinstance(client, AsyncRedisCluster):
        given: float | None = client.connection_kwargs["socket_timeout"]
        return given
    alone: Any = client
    if isinstance(client, RedisCluster):
        nodes: Any = client
        alone = nodes.get_redis_connection(nodes.get_default_node())
    pool = alone.connection_pool
    made: float | None = pool.connection_class(**pool.connection_kwargs).socket_timeout
    return made


def redis_error(failed: Exception) -> StoreError:
    """The error for any exception of the client, its own or not: after none of them is the outcome known."""
    return StoreError(
        f"the Redis command failed ({type(failed).__name__}): requests are rejected until Redis works again"
    )
