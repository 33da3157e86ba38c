"""Clients of redis-py: their timeouts, and the `oauthone.errors.StoreError` for their exceptions."""

from typing import Any

from redis import Redis, RedisCluster
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio import RedisCluster as AsyncRedisCluster
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError

from oauthone.errors import ConfigurationError, StoreError
from oauthone.server._settings_checks import SHORTEST_TIMEOUT, require_count, require_number
from oauthone.server.stores._redis_scripts import UnknownScriptError

#: What to do, by the class of the error or the first word of the server's message.
_HINTS = {
    "OutOfMemoryError": "it is out of memory: raise maxmemory",
    "OOM": "it is out of memory: raise maxmemory",
    "ReadOnlyError": "it is a replica, which cannot write: use the primary",
    "READONLY": "it is a replica, which cannot write: use the primary",
    "MISCONF": "it cannot save its data, and so accepts no writes: check the disk",
    "NOREPLICAS": "it has too few replicas, and so accepts no writes",
    "AuthenticationError": "it rejects this user or password: check the URL",
    "NoPermissionError": "this user lacks a permission: grant it +@read, +@write and +eval on the keys of the prefix",
    "NOPERM": "this user lacks a permission: grant it +@read, +@write and +eval on the keys of the prefix",
    "BusyLoadingError": "it is still loading its data",
    "ClusterDownError": "a part of the cluster is down",
    "TimeoutError": "it did not answer in time",
    "MaxConnectionsError": "all connections were in use",
    "No": "all connections were in use",  # "No connection available."
    "ConnectionError": "it cannot be reached: check that it is running, and the host and port in the URL",
}


def make_client(client: Any, pool: Any, retry: Any, url: str, timeout: float, max_connections: int) -> Any:
    """A client that waits ``timeout`` seconds at most.

    It repeats no command: Redis may have executed a command whose reply was lost.

    Raises:
        ConfigurationError: the URL or a number cannot be used. The message quotes no URL, as it may hold a password.
    """
    require_number("timeout", timeout, SHORTEST_TIMEOUT)
    require_count("max_connections", max_connections, 1)
    waits = {"socket_timeout": timeout, "socket_connect_timeout": timeout, "timeout": timeout}
    try:
        connections = pool.from_url(url, **waits, max_connections=max_connections, retry=retry(NoBackoff(), 0))
        connections.connection_class(**connections.connection_kwargs)
    except (TypeError, ValueError):
        connections = None
    if connections is None:  # raised outside the handler: the error that was caught may quote the URL
        raise ConfigurationError("the URL of the Redis server cannot be used: pass one such as 'redis://localhost/0'")
    return client.from_pool(connections)  # So closing the client closes the connections too.


def require_client(client: Any, awaited: bool) -> None:
    """Raise unless ``client`` is a client of redis-py with the right kind of methods.

    Args:
        client: the client that a store was given.
        awaited: whether its methods have to be coroutine functions.

    Raises:
        TypeError: it is no client, or one of the other kind: its commands would not be executed, or not awaited.
    """
    wanted = "redis.asyncio.Redis" if awaited else "redis.Redis"
    other: tuple[Any, ...] = (Redis, RedisCluster) if awaited else (AsyncRedis, AsyncRedisCluster)
    if isinstance(client, other) or not callable(getattr(client, "execute_command", None)):
        raise TypeError(
            f"this store needs a URL or a {wanted}, not a {type(client).__module__}.{type(client).__name__}"
        )


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
    """The error for an exception of the client. Only after a `NoScriptError` is it known that nothing was executed."""
    kind = UnknownScriptError if isinstance(failed, NoScriptError) else StoreError
    words = f"the Redis command failed ({type(failed).__name__}): requests are rejected until Redis works again"
    # redis-py has no class for some errors, but Redis begins each message with a word.
    names = [str(failed).partition(" ")[0], *[one.__name__ for one in type(failed).__mro__]]
    hint = next((_HINTS[name] for name in names if name in _HINTS), None)
    return kind(words if hint is None else f"{words}; {hint}")
