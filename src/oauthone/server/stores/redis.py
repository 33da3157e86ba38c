"""Stores in Redis, which processes and machines may share: `RedisStore` and `AsyncRedisStore`.

The two classes differ in how they send the commands of `oauthone.server.stores._redis_commands`. A nonce costs one
command on two keys of its client, so a cluster spreads the clients over its nodes.
"""

import time
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, TypeVar

from oauthone.core.drive import arun, run
from oauthone.errors import StoreError, missing_library
from oauthone.server.stores._forks import Forkable, keep_inherited
from oauthone.server.stores._loops import LoopBinding
from oauthone.server.stores._record_codec import Cipher
from oauthone.server.stores._redis_commands import RedisCommands
from oauthone.server.stores._redis_token_index import Command
from oauthone.server.stores._store_methods import AsyncStoreMethods, StoreMethods

try:
    from redis import BlockingConnectionPool, Redis
    from redis.asyncio import BlockingConnectionPool as AsyncBlockingConnectionPool
    from redis.asyncio import Redis as AsyncRedis
    from redis.asyncio import RedisCluster as AsyncRedisCluster
    from redis.asyncio.retry import Retry as AsyncRetry
    from redis.retry import Retry
except ModuleNotFoundError as missing:
    raise missing_library("redis", "redis") from missing

from oauthone.server.stores._redis_clients import make_client, redis_error, require_client, require_timeout

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
        max_nonces: how many nonces of one client may be kept at once. At the limit, further requests of that client
            raise `StoreError`.
        cipher: encrypts secrets at rest, such as a ``Fernet`` of ``cryptography``; None stores them as they are.
        timeout: how many seconds to wait for the server of a URL.
        max_connections: how many connections to open to the server of a URL. If all are in use, a call waits up to
            ``timeout`` seconds for one.
        clock: returns the seconds since 1970.

    Raises:
        ConfigurationError: the client has no ``socket_timeout``, so a server that hangs would block its callers; or a
            setting has a value that it cannot have, such as a ``prefix`` with an empty pair of braces.
        TypeError: ``redis`` is not such a client, or one of ``redis.asyncio``.
    """

    def __init__(
        self,
        redis: "str | Redis | Any",
        *,
        prefix: str = "oauthone:",
        window: int = 300,
        max_nonces: int = 1_000_000,
        cipher: Cipher | None = None,
        timeout: float = 2.0,
        max_connections: int = 50,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis: Any = redis
        self._inherited = False
        if isinstance(redis, str):
            self._redis = make_client(Redis, BlockingConnectionPool, Retry, redis, timeout, max_connections)
        require_client(self._redis, awaited=False)
        require_timeout(self._redis)
        self._redis_commands = RedisCommands(prefix, window, max_nonces, cipher, clock)
        super().__init__(self._redis_commands)
        self._watch_forks()

    def reencrypt(self) -> int:
        """Encrypt every secret again with the first key of the cipher, and return the number of records written.

        It decrypts with any key of the cipher, and accepts secrets that are not encrypted. So you can add a cipher, or
        afterwards remove an old key from a ``MultiFernet``. Servers with that cipher may run meanwhile, but reject
        requests whose secrets are not encrypted yet. After an error you can call it again.

        Raises:
            StoreError: none of the keys decrypts a secret, or the store has no cipher and a secret is encrypted.
        """
        return self._run(self._redis_commands.reencrypt(self._keys_of_records()))

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
        except Exception as failed:  # not only RedisError: see redis_error
            raise redis_error(failed) from failed

    def _keys_of_records(self) -> list[bytes | str]:
        try:
            return list(self._redis.scan_iter(match=self._redis_commands.records, count=1000))
        except Exception as failed:  # not only RedisError: see redis_error
            raise redis_error(failed) from failed

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
        max_nonces: how many nonces of one client may be kept at once.
        cipher: encrypts secrets at rest.
        timeout: how many seconds to wait for the server of a URL.
        max_connections: how many connections to open to the server of a URL.
        clock: returns the seconds since 1970.

    Raises:
        ConfigurationError: the client has no ``socket_timeout``, or a setting has a value that it cannot have.
        TypeError: ``redis`` is not a client of ``redis.asyncio``.
    """

    def __init__(
        self,
        redis: "str | AsyncRedis | Any",
        *,
        prefix: str = "oauthone:",
        window: int = 300,
        max_nonces: int = 1_000_000,
        cipher: Cipher | None = None,
        timeout: float = 2.0,
        max_connections: int = 50,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis: Any = redis
        self._connect: Callable[[], Any] | None = None
        if isinstance(redis, str):
            client = AsyncRedis, AsyncBlockingConnectionPool, AsyncRetry
            self._connect = partial(make_client, *client, redis, timeout, max_connections)
            self._redis = self._connect()
        require_client(self._redis, awaited=True)
        require_timeout(self._redis)
        self._redis_commands = RedisCommands(prefix, window, max_nonces, cipher, clock)
        super().__init__(self._redis_commands)
        self._binding = LoopBinding()
        self._watch_forks()

    async def reencrypt(self) -> int:
        """See `RedisStore.reencrypt`."""
        self._binding.check()
        return await self._run(self._redis_commands.reencrypt(await self._keys_of_records()))

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
        except Exception as failed:  # not only RedisError: see redis_error
            raise redis_error(failed) from failed

    async def _keys_of_records(self) -> list[bytes | str]:
        try:
            return [key async for key in self._redis.scan_iter(match=self._redis_commands.records, count=1000)]
        except Exception as failed:  # not only RedisError: see redis_error
            raise redis_error(failed) from failed

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
