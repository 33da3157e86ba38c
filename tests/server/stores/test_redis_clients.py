"""Clients of redis-py: they have a timeout, and never repeat a command whose reply was lost."""

import socket
import time
from collections.abc import Callable, Generator
from threading import Thread
from typing import Any

import pytest
import redis
import redis.asyncio
from redis import Redis

from oauthone.errors import ConfigurationError, StoreError
from oauthone.server.stores._redis_clients import redis_error
from oauthone.server.stores.redis import AsyncRedisStore, RedisStore

from ..needed import skip_without
from ..services import RedisClusterServers, RedisServer
from .backends import Awaited, Opened
from .failures import CALLS


def test_a_redis_client_without_a_timeout_is_refused() -> None:
    for kind, client in (
        (RedisStore, redis.Redis(socket_timeout=None)),
        (AsyncRedisStore, redis.asyncio.Redis(socket_timeout=None)),
    ):
        with pytest.raises(ConfigurationError, match="the Redis client has no socket_timeout"):
            kind(client)
    RedisStore(redis.Redis(socket_timeout=1)).close()


def test_the_timeout_that_counts_is_the_one_of_the_connections() -> None:
    """A pool without a timeout uses the default of its connections, which may be none."""

    class Patient(redis.Connection):
        def __init__(self, **options: Any) -> None:
            super().__init__(**{"socket_timeout": None, **options})

    for pool in (
        redis.ConnectionPool(connection_class=Patient),
        redis.BlockingConnectionPool(connection_class=Patient),
    ):
        with pytest.raises(ConfigurationError, match="the Redis client has no socket_timeout"):
            RedisStore(redis.Redis(connection_pool=pool))
    RedisStore(redis.Redis(connection_pool=redis.ConnectionPool(connection_class=Patient, socket_timeout=1))).close()


def test_the_client_of_a_cluster_needs_a_timeout_too(redis_cluster: RedisClusterServers) -> None:
    plain = redis.RedisCluster("127.0.0.1", redis_cluster.port, socket_timeout=None)
    awaited = redis.asyncio.RedisCluster("127.0.0.1", redis_cluster.port, socket_timeout=None)
    for kind, client in ((RedisStore, plain), (AsyncRedisStore, awaited)):
        with pytest.raises(ConfigurationError, match="the Redis client has no socket_timeout"):
            kind(client)
    plain.close()


#: The commands with which a client connects, and those that this test uses itself.
GREETINGS = ("hello", "client", "select", "config", "info")


class Thief:
    """A proxy in front of Redis that can pass on commands and drop the replies."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads = [Thread(target=self._accept)]
        self.port: int = self._listening.getsockname()[1]
        self.steals = False
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            self._threads.append(Thread(target=self._serve, args=(client,)))
            self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._port)) as server:
            while asked := client.recv(1 << 16):
                server.sendall(asked)
                replied = server.recv(1 << 16)
                if self.steals and asked.split(b"\r\n")[2].decode().lower() not in GREETINGS:
                    return
                client.sendall(replied)

    def end(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(timeout=10)


@pytest.fixture
def thief(redis_server: RedisServer) -> Generator[Thief, None, None]:
    made = Thief(redis_server.port)
    yield made
    made.end()


MAKERS: dict[str, Callable[[str], Opened]] = {
    "redis": lambda url: Opened(RedisStore(url)),
    "redis-async": lambda url: Awaited(AsyncRedisStore(url)),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize("warm", [False, True], ids=["new connection", "used connection"])
def test_each_command_whose_reply_is_lost_is_sent_once(
    thief: Thief, redis_server: RedisServer, make: Callable[[str], Opened], warm: bool
) -> None:
    """Redis counts the executed commands."""
    with Redis(port=redis_server.port) as counting:
        for name, arguments in CALLS:
            counting.flushall()
            store = make(f"redis://127.0.0.1:{thief.port}/0")
            if warm:
                assert store.find_client("nobody") is None
            counting.config_resetstat()
            thief.steals = True
            with pytest.raises(StoreError, match="the Redis command failed"):
                getattr(store, name)(*arguments)
            thief.steals = False
            stats: dict[str, Any] = counting.info("commandstats")
            carried_out = {command.removeprefix("cmdstat_"): one["calls"] for command, one in stats.items()}
            asked = {command: calls for command, calls in carried_out.items() if not command.startswith(GREETINGS)}
            sent = asked.pop("eval", 0) + asked.pop("evalsha", 0) or sum(asked.values())
            assert sent == (2 if arguments == ("c", "t") else 1), (name, carried_out)
            store.end()


@pytest.mark.parametrize("kind", [RedisStore, AsyncRedisStore])
def test_closing_a_store_closes_the_connections_that_it_opened(kind: Any, redis_server: RedisServer) -> None:
    """The server lists its connections by the names that their clients gave them."""
    name = f"closing-{kind.__name__}"
    url = f"{redis_server.url}{'&' if '?' in redis_server.url else '?'}client_name={name}"
    store = Opened(kind(url)) if kind is RedisStore else Awaited(kind(url))
    with Redis.from_url(redis_server.url) as observer:

        def connections() -> int:
            return sum(one["name"] == name for one in observer.client_list())

        assert store.find_client("c") is None
        assert connections() == 1
        store.end()
        deadline = time.monotonic() + 10
        while connections() and time.monotonic() < deadline:
            time.sleep(0.01)  # The server reads the end of a connection a moment later.
        assert connections() == 0


@pytest.fixture
def restricted() -> Generator[RedisServer, None, None]:
    """A Redis that a test reconfigures."""
    skip_without(RedisServer)
    with RedisServer("--maxmemory-policy", "noeviction") as server:
        yield server


def with_user(url: str, *rules: str) -> str:
    """Return the URL of a user with these rules."""
    admin = redis.Redis.from_url(url, socket_timeout=5)
    admin.execute_command("ACL", "SETUSER", "app", "reset", "on", ">pass", "~*", *rules)
    admin.close()
    return url.replace("redis://", "redis://app:pass@")


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_check_names_the_fault(restricted: RedisServer, asynchronous: bool) -> None:
    """Each fault leaves the server reachable, so a PING would succeed."""
    admin = redis.Redis.from_url(restricted.url, socket_timeout=5)

    def check(url: str) -> str | None:
        store = Awaited(AsyncRedisStore(url)) if asynchronous else Opened(RedisStore(url))
        try:
            store.check()
        except StoreError as failed:
            return str(failed)
        finally:
            store.end()
        return None

    assert check(restricted.url) is None
    assert "grant it +@read" in str(check(with_user(restricted.url, "+@read", "+@connection")))
    assert "grant it +@read" in str(check(with_user(restricted.url, "+@read", "+@write", "+@connection")))
    assert check(with_user(restricted.url, "+@read", "+@write", "+eval", "+@connection")) is None
    assert "user or password" in str(check(restricted.url.replace("redis://", "redis://app:wrong@")))
    admin.config_set("maxmemory", 1)
    assert "raise maxmemory" in str(check(restricted.url))
    admin.config_set("maxmemory", 0)
    admin.replicaof("127.0.0.1", "1")
    assert "use the primary" in str(check(restricted.url))
    admin.replicaof("NO", "ONE")
    admin.config_set("min-replicas-to-write", 1)
    assert "too few replicas" in str(check(restricted.url))
    admin.close()


def test_a_fault_without_a_known_remedy_is_named_by_its_class() -> None:
    assert str(redis_error(ValueError("secret"))).endswith(
        "(ValueError): requests are rejected until Redis works again"
    )


def test_connections_that_are_all_in_use_are_told_from_a_server_that_is_down() -> None:
    assert "all connections were in use" in str(redis_error(redis.ConnectionError("No connection available.")))
    assert "cannot be reached" in str(redis_error(redis.ConnectionError("Error 111 connecting to localhost:1.")))
