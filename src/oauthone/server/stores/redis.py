"""Stores in Redis, which processes and machines may share: `RedisStore` and `AsyncRedisStore`.

The two classes differ in how they send the commands of `oauthone.server.stores._redis_commands`. A nonce costs one
command on its own key, so a cluster spreads the nonces over its nodes.
"""

import time
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, TypeVar

from oauthone.core.drive import arun, run
from oauthone.errors import ConfigurationError, StoreError, missing_library
from oauthone.server.stores._forks import Forkable, keep_inherited
from oauthone.server.stores._loops import LoopBinding
from oauthone.server.stores._record_codec import Cipher
from oauthone.server.stores._redis_commands import RedisCommands
from oauthone.server.stores._redis_index import Command
from oauthone.server.stores._store_methods import AsyncStoreMethods, StoreMethods

try:
    from redis import BlockingConnectionPool, Redis, RedisCluster
    from redis.asyncio import BlockingConnectionPool as AsyncBlockingConnectionPool
    from redis.asyncio import Redis as AsyncRedis
    from redis.asyncio import RedisCluster as AsyncRedisCluster
    from redis.asyncio.retry import Retry as AsyncRetry
    from redis.backoff import NoBackoff
    from redis.retry import Retry
except ModuleNotFoundError as missing:
    raise missing_library("redis", "redis") from missing

__all__ = ["AsyncRedisStore", "RedisStore"]

Result = TypeVar("Result")


class RedisStore(StoreMethods, Forkable):
    """Clients, pending authorizations, tokens and nonces in Redis 6.2 or newer, on one server or in a cluster.

    Set ``maxmemory-policy noeviction``: a Redis that evicts keys forgets nonces. If Redis is down or full, the methods
    raise `oauthone.errors.StoreError`. After a fork both processes may use the store.

    Args:
        redis: the URL of a server, or a client of redis-py (also a ``RedisCluster``) with a ``socket_timeout``.
        prefix: the prefix of all keys. Use no braces: a cluster would keep all keys on one node.
        window: how many seconds a timestamp may lie in the past or future: at least the verifier's window.
        cipher: encrypts secrets at rest, such as a ``Fernet`` of ``cryptography``; None stores them as they are.
        timeout: how many seconds to wait for the server of a URL.
        max_connections: how many connections to open to the server of a URL. If all are in use, a call waits up to
            ``timeout`` seconds for one.
        clock: returns the seconds since 1970.

    Raises:
        ConfigurationError: the client has no ``socket_timeout``, so a server that hangs would block its callers.
    """

    def __init__(
        self,
        redis: "str | Redis | Any",
        *,
        prefix: str = "oauthone:",
        window: int = 300,
        cipher: Cipher | None = None,
        timeout: float = 2.0,
        max_connections: int = 50,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis: Any = redis
        self._inherited = False
        if isinstance(redis, str):
            self._redis = _client(Redis, BlockingConnectionPool, Retry, redis, timeout, max_connections)
        _require_timeout(self._redis)
        super().__init__(RedisCommands(prefix, window, cipher, clock))
        self._watch_forks()

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def _run(self, commands: Generator[Any, Any, Result]) -> Result:
        return run(commands, self._send)

    def _after_fork_in_child(self) -> None:
        """A pool of redis-py opens new connections itself. A client's single connection is not in its pool."""
        self._inherited = getattr(self._redis, "connection", None) is not None

    def _send(self, commands: list[Command]) -> list[Any]:
        if self._inherited:
            raise StoreError(
                "the client's single connection belongs to the process that created it: create a client in each process"
            )
        try:
            return self._replies(commands)
        except Exception as failed:  # not only RedisError: see _store_error
            raise _store_error(failed) from failed

    def _replies(self, commands: list[Command]) -> list[Any]:
        if len(commands) == 1:
            return [self._redis.execute_command(*commands[0])]
        pipeline = self._redis.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        replies: list[Any] = pipeline.execute()
        return replies


class AsyncRedisStore(AsyncStoreMethods, Forkable):
    """`RedisStore` with coroutine methods.

    It belongs to the event loop in which it is first used. In another loop, each method raises
    `oauthone.errors.StoreError`. After a fork, the child may use a store that was created from a URL. It may use a
    store that was created from a client only if that was not used before the fork.

    Args:
        redis: the URL of a server, or a client of ``redis.asyncio`` (also a ``RedisCluster``) with a
            ``socket_timeout``.
        prefix: the prefix of all keys; see `RedisStore`.
        window: at least the verifier's window.
        cipher: encrypts secrets at rest.
        timeout: how many seconds to wait for the server of a URL.
        max_connections: how many connections to open to the server of a URL.
        clock: returns the seconds since 1970.

    Raises:
        ConfigurationError: the client has no ``socket_timeout``.
    """

    def __init__(
        self,
        redis: "str | AsyncRedis | Any",
        *,
        prefix: str = "oauthone:",
        window: int = 300,
        cipher: Cipher | None = None,
        timeout: float = 2.0,
        max_connections: int = 50,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis: Any = redis
        self._connect: Callable[[], Any] | None = None
        if isinstance(redis, str):
            client = AsyncRedis, AsyncBlockingConnectionPool, AsyncRetry
            self._connect = partial(_client, *client, redis, timeout, max_connections)
            self._redis = self._connect()
        _require_timeout(self._redis)
        super().__init__(RedisCommands(prefix, window, cipher, clock))
        self._binding = LoopBinding()
        self._watch_forks()

    async def aclose(self) -> None:
        """Close the connections. Afterwards the store may be used in another event loop.

        Raises:
            StoreError: the connections belong to another event loop.
        """
        self._binding.check()
        await self._redis.aclose()
        if not isinstance(self._redis, AsyncRedisCluster):
            await self._redis.connection_pool.disconnect()
        self._binding.release()

    async def _run(self, commands: Generator[Any, Any, Result]) -> Result:
        self._binding.check()
        return await arun(commands, self._send)

    def _after_fork_in_child(self) -> None:
        if self._connect is not None:
            keep_inherited(self._redis)
            self._redis = self._connect()
            self._binding.release()

    async def _send(self, commands: list[Command]) -> list[Any]:
        try:
            return await self._replies(commands)
        except Exception as failed:  # not only RedisError: see _store_error
            raise _store_error(failed) from failed

    async def _replies(self, commands: list[Command]) -> list[Any]:
        if isinstance(self._redis, AsyncRedisCluster):
            # Before it knows the nodes, it sends commands to any of them, and concurrent calls interrupt each other.
            await self._redis.initialize()
        if len(commands) == 1:
            return [await self._redis.execute_command(*commands[0])]
        pipeline = self._redis.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        replies: list[Any] = await pipeline.execute()
        return replies


def _client(client: Any, pool: Any, retry: Any, url: str, timeout: float, max_connections: int) -> Any:
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
    return client(connection_pool=connections)


def _require_timeout(client: Any) -> None:
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


def _store_error(failed: Exception) -> StoreError:
    """The error for any exception of the client, its own or not: after none of them is the outcome known."""
    return StoreError(
        f"the Redis command failed ({type(failed).__name__}): requests are rejected until Redis works again"
    )
