"""A store in Redis, for as many processes and machines as share it: `RedisStore` and `AsyncRedisStore`.

Each method is a generator that yields lists of commands and gets their replies; the two classes differ in how they
send them. A nonce costs one ``SET … NX EX`` on a key of its own, so a cluster spreads them. Whatever has to be atomic
is one command or one script on one key, so it is atomic in a cluster too, wherever the other keys lie.
"""

import json
import time
from collections.abc import Callable, Generator, Mapping
from math import ceil
from typing import Any, TypeAlias, TypeVar

from oauthone.core.drive import arun, run
from oauthone.core.verified import Credentials
from oauthone.errors import StoreError, missing_library
from oauthone.server.records import Client, IssuedToken, PendingAuthorization, credentials_of
from oauthone.server.stores.fields import Cipher, Fields, is_storable
from oauthone.server.stores.methods import RETENTION, AsyncStoreMethods, StoreMethods
from oauthone.server.stores.nonces import nonce_digest, seconds_to_keep

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

Result = TypeVar("Result")
Record = TypeVar("Record")
Command: TypeAlias = tuple[str | int, ...]
Steps: TypeAlias = Generator[list[Command], list[Any], Result]

_NOTHING: Mapping[str, str] = {}
#: Saves a token, or what is left of it where it was revoked: one key, so it is atomic in a cluster too.
_SAVE_TOKEN = """
local before = redis.call('GET', KEYS[1])
if before and cjson.decode(before)['revoked'] then
    return redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[4])
end
if ARGV[3] == '' then return redis.call('SET', KEYS[1], ARGV[1]) end
return redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
"""


class _Commands:
    """What to ask Redis for each of a store's methods."""

    def __init__(self, prefix: str, window: int, cipher: Cipher | None, clock: Callable[[], float]) -> None:
        self._prefix = prefix
        self._window = window
        self._fields = Fields(cipher)
        self._clock = clock

    def add_client(self, client: Client) -> Steps[None]:
        yield [("SET", self._key("client", client.client_id), self._fields.text(client))]

    def remove_client(self, client_id: str) -> Steps[bool]:
        (removed,) = yield [("DEL", self._key("client", client_id))]
        return bool(removed)

    def find_client(self, client_id: str) -> Steps[Client | None]:
        if not is_storable(client_id):
            return None
        (text,) = yield [("GET", self._key("client", client_id))]
        return self._record(Client, text)

    def find_credentials(self, client_id: str, token: str | None) -> Steps[Credentials | None]:
        """Whichever of the two is unknown costs what a known one costs."""
        if not is_storable(client_id):
            return None
        keys = [self._key("client", client_id)]
        if token is not None and is_storable(token):
            keys.append(self._key("token", token))
        texts = yield [("GET", key) for key in keys]
        client = self._record(Client, texts[0])
        issued = self._record(IssuedToken, texts[1]) if texts[1:] else None
        return None if client is None else credentials_of(client, issued, self._clock())

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> Steps[bool]:
        keep = seconds_to_keep(timestamp, self._window, self._clock())
        key = self._key("nonce", nonce_digest(client_id, token, timestamp, nonce))
        (stored,) = yield [("SET", key, 1, "NX", "EX", keep)]
        return bool(stored)

    def save_pending(self, pending: PendingAuthorization) -> Steps[None]:
        keep = self._seconds_until(pending.expires)
        yield [("SET", self._key("pending", pending.token), self._fields.text(pending), "EX", keep)]

    def approve_pending(self, token: str, verifier: str, user: str, extra: Mapping[str, str] = _NOTHING) -> Steps[bool]:
        """The decision has a key of its own, which the first one sets: so it is atomic without a script."""
        pending = yield from self.find_pending(token)
        if pending is None or pending.verifier is not None:
            return False
        decided = pending._replace(verifier=verifier, user=user, extra=extra)
        keep = self._seconds_until(pending.expires)
        (first,) = yield [("SET", self._key("decision", token), self._fields.text(decided), "NX", "EX", keep)]
        return bool(first)

    def find_pending(self, token: str) -> Steps[PendingAuthorization | None]:
        if not is_storable(token):
            return None
        undecided, decided = yield [("GET", self._key("pending", token)), ("GET", self._key("decision", token))]
        return self._record(PendingAuthorization, undecided and (decided or undecided))

    def take_pending(self, token: str) -> Steps[PendingAuthorization | None]:
        """Whoever gets the first key has won; only then the rest goes."""
        if not is_storable(token):
            return None
        (undecided,) = yield [("GETDEL", self._key("pending", token))]
        if undecided is None:
            return None
        decided, _ = yield [("GETDEL", self._key("decision", token)), ("DEL", self._key("tries", token))]
        return self._record(PendingAuthorization, decided or undecided)

    def count_try(self, token: str) -> Steps[int]:
        """The counter is made with an end before it counts, so that none stays for ever."""
        if not is_storable(token):
            return 1
        (left,) = yield [("TTL", self._key("pending", token))]
        if left <= 0:
            return 1
        key = self._key("tries", token)
        _, tries = yield [("SET", key, 0, "NX", "EX", left + 1), ("INCR", key)]
        return int(tries)

    def save_token(self, issued: IssuedToken) -> Steps[None]:
        """The one script: to look whether it was revoked, and to write, have to be one step."""
        keep = RETENTION if issued.revoked else ""
        if not issued.revoked and issued.expires is not None:
            keep = self._seconds_until(issued.expires) + RETENTION
        texts = self._fields.text(issued), self._fields.text(issued._replace(revoked=True))
        yield [("EVAL", _SAVE_TOKEN, 1, self._key("token", issued.token), *texts, keep, RETENTION)]

    def revoke_token(self, token: str) -> Steps[bool]:
        """Nothing else of a token ever changes, so reading before writing loses nothing."""
        if not is_storable(token):
            return False
        key = self._key("token", token)
        (text,) = yield [("GET", key)]
        issued = self._record(IssuedToken, text)
        if issued is None:
            return False
        (there,) = yield [("SET", key, self._fields.text(issued._replace(revoked=True)), "XX", "EX", RETENTION)]
        return bool(there)

    def _key(self, kind: str, name: str) -> str:
        return f"{self._prefix}{kind}:{name}"

    def _seconds_until(self, moment: float) -> int:
        return max(1, ceil(moment - self._clock()))

    def _record(self, kind: type[Record], text: bytes | str | None) -> Record | None:
        try:
            fields = None if text is None else json.loads(text)
        except ValueError:
            fields = {"": None}
        return self._fields.read_or_pretend(kind, fields)


class RedisStore(StoreMethods):
    """Clients, pending authorizations, tokens and nonces in Redis (6.2 or newer, alone or as a cluster).

    Set ``maxmemory-policy noeviction``: a Redis that evicts forgets nonces. A Redis that is down or full is a
    `oauthone.errors.StoreError`, and nothing is accepted meanwhile.

    Args:
        redis: the URL of a server, or a client of redis-py (also a ``RedisCluster``) with a ``socket_timeout``.
        prefix: what each key begins with; without braces, by which a cluster would keep them all on one node.
        window: how many seconds a timestamp may lie in past or future: at least the verifier's window.
        cipher: encrypts secrets at rest, such as a ``Fernet`` of ``cryptography``; None writes them as they are.
        timeout: how many seconds to wait for the server of a URL.
        max_connections: how many connections to keep to the server of a URL; who finds none waits for ``timeout``.
        clock: returns the seconds since 1970.

    Raises:
        ValueError: the client has no ``socket_timeout``, so a server that hangs would hang its callers.
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
        if isinstance(redis, str):
            self._redis = _client(Redis, BlockingConnectionPool, Retry, redis, timeout, max_connections)
        _require_timeout(self._redis)
        super().__init__(_Commands(prefix, window, cipher, clock))

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def _ask(self, steps: Generator[Any, Any, Result]) -> Result:
        return run(steps, self._send)

    def _send(self, commands: list[Command]) -> list[Any]:
        try:
            return self._replies(commands)
        except Exception as failed:  # not only a RedisError: see _store_error
            raise _store_error(failed) from failed

    def _replies(self, commands: list[Command]) -> list[Any]:
        if len(commands) == 1:
            return [self._redis.execute_command(*commands[0])]
        pipeline = self._redis.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        replies: list[Any] = pipeline.execute()
        return replies


class AsyncRedisStore(AsyncStoreMethods):
    """`RedisStore` whose methods are coroutines. It belongs to the event loop in which it is first used.

    Args:
        redis: the URL of a server, or a client of ``redis.asyncio`` (also a ``RedisCluster``) with a
            ``socket_timeout``.
        prefix: see `RedisStore`, as for the others.
        window: at least the verifier's window.
        cipher: encrypts secrets at rest.
        timeout: how many seconds to wait for the server of a URL.
        max_connections: how many connections to keep to the server of a URL.
        clock: returns the seconds since 1970.

    Raises:
        ValueError: the client has no ``socket_timeout``.
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
        if isinstance(redis, str):
            self._redis = _client(AsyncRedis, AsyncBlockingConnectionPool, AsyncRetry, redis, timeout, max_connections)
        _require_timeout(self._redis)
        super().__init__(_Commands(prefix, window, cipher, clock))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._redis.aclose()
        if not isinstance(self._redis, AsyncRedisCluster):
            await self._redis.connection_pool.disconnect()

    async def _ask(self, steps: Generator[Any, Any, Result]) -> Result:
        return await arun(steps, self._send)

    async def _send(self, commands: list[Command]) -> list[Any]:
        try:
            return await self._replies(commands)
        except Exception as failed:  # not only a RedisError: see _store_error
            raise _store_error(failed) from failed

    async def _replies(self, commands: list[Command]) -> list[Any]:
        if isinstance(self._redis, AsyncRedisCluster):
            # Before it knows the nodes it sends commands to any of them, and many at once then break each other off.
            await self._redis.initialize()
        if len(commands) == 1:
            return [await self._redis.execute_command(*commands[0])]
        pipeline = self._redis.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        replies: list[Any] = await pipeline.execute()
        return replies


def _client(client: Any, pool: Any, retry: Any, url: str, timeout: float, max_connections: int) -> Any:
    """A client that waits for nothing longer than ``timeout``.

    It repeats nothing: a command whose reply was lost may have been carried out.
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
        raise ValueError("give the Redis client a socket_timeout: without one, a server that hangs hangs its callers")


def _socket_timeout(client: Any) -> float | None:
    """That of the connections which the client makes, whether it was given or is the default of their class."""
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
    """Whatever the client stumbles over, errors of its own or not: nothing says that the command was carried out."""
    return StoreError(f"Redis did not do what it was asked ({type(failed).__name__}): nothing is accepted meanwhile")
