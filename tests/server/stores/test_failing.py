"""A store that is down, full, damaged or slow: an error that says so, never an answer, never a hang, never a secret."""

import gc
import socket
from collections.abc import Callable, Generator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import redis
import redis.asyncio
from cryptography.fernet import Fernet

from oauthone.errors import StoreError
from oauthone.server import IssuedToken, PendingAuthorization, registered_client
from oauthone.server.stores.nonces import nonce_digest
from oauthone.server.stores.redis import AsyncRedisStore, RedisStore
from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore, SQLAlchemyStore

from ..services import PostgresServer, RedisClusterServers, RedisServer, free_port
from ..setting import NOW, Clock
from .backends import Awaited, Opened, open_cluster_store

SECRET = "canary-secret"
CALLS: list[tuple[str, tuple[Any, ...]]] = [
    ("add_client", (registered_client("c", SECRET),)),
    ("remove_client", ("c",)),
    ("find_client", ("c",)),
    ("find_credentials", ("c", None)),
    ("find_credentials", ("c", "t")),
    ("use_nonce", ("c", "t", NOW, "n")),
    ("save_pending", (PendingAuthorization("t", SECRET, "c", None, NOW + 600),)),
    ("approve_pending", ("t", SECRET, "ann", {})),
    ("find_pending", ("t",)),
    ("take_pending", ("t",)),
    ("count_try", ("t",)),
    ("save_token", (IssuedToken("t", SECRET, "c"),)),
    ("revoke_token", ("t",)),
]

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
    """Makes stores that ask a port, and closes them."""
    made: list[Opened] = []

    def make(port: int) -> Opened:
        made.append(MAKERS[request.param](port))
        return made[-1]

    yield make
    for one in made:
        one.end()
    gc.collect()  # what a driver left to the collector shows here, not in another test


@pytest.fixture
def silent_port() -> Generator[int, None, None]:
    """A server that accepts connections and never says a word."""
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


def assert_fails(store: Opened, name: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(StoreError, match=r"did not do what it was asked \(\w+\): nothing is accepted") as caught:
        getattr(store, name)(*arguments)
    assert SECRET not in repr(caught.value) + repr(caught.value.__cause__)


@pytest.mark.parametrize(("name", "arguments"), CALLS, ids=[name for name, _ in CALLS])
def test_a_store_that_is_down_is_an_error(
    maker: Callable[[int], Opened], name: str, arguments: tuple[Any, ...]
) -> None:
    assert_fails(maker(free_port()), name, arguments)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_store_that_never_answers_is_an_error_too(maker: Callable[[int], Opened], silent_port: int) -> None:
    """Without a timeout this would never end. (A driver that gives up may leave its socket to the collector.)"""
    store = maker(silent_port)
    assert_fails(store, "find_credentials", ("c", "t"))
    assert_fails(store, "use_nonce", ("c", "t", NOW, "n"))


def test_a_redis_that_is_full_accepts_nothing_more_and_forgets_nothing() -> None:
    if missing := RedisServer.missing():
        pytest.skip(missing)
    with RedisServer("--maxmemory", "16mb", "--maxmemory-policy", "noeviction") as server:
        store = RedisStore(server.url, clock=Clock(), timeout=20)
        accepted = [number for number in range(100) if store.use_nonce("client", "t", NOW, str(number))]

        def fill() -> None:
            for number in range(10_000):
                store._redis.set(f"filler:{number}", "x" * 100_000)

        with pytest.raises(redis.exceptions.OutOfMemoryError):
            fill()

        def accept_more() -> None:
            for number in range(100, 10_000):
                if store.use_nonce("client", "t", NOW, str(number)):
                    accepted.append(number)

        with pytest.raises(StoreError, match="OutOfMemory"):
            accept_more()
        assert len(accepted) >= 100
        assert sum(1 for _ in store._redis.scan_iter("oauthone:nonce:*")) == len(accepted)
        store.close()


@pytest.fixture(params=[False, True], ids=["cluster", "cluster-async"])
def clustered(request: pytest.FixtureRequest) -> Generator[tuple[RedisClusterServers, Opened], None, None]:
    """A cluster whose nodes soon miss each other, and a store in it."""
    if missing := RedisClusterServers.missing():
        pytest.skip(missing)
    with RedisClusterServers("--cluster-node-timeout", "500") as cluster:
        store = open_cluster_store(cluster.port, request.param, 0.5, clock=Clock())
        yield cluster, store
        store.end()


def nonces_by_node(cluster: RedisClusterServers, lost: RedisServer) -> tuple[list[Any], list[Any]]:
    """Arguments of ``use_nonce`` whose nonces other nodes keep, and some whose nonces the lost one keeps."""
    calls = [("c", "t", NOW, f"n{number}") for number in range(30)]
    on_lost = [cluster.node_of(f"oauthone:nonce:{nonce_digest(*call)}") is lost for call in calls]
    assert 0 < sum(on_lost) < len(calls)
    return [c for c, on in zip(calls, on_lost, strict=True) if not on], [
        c for c, on in zip(calls, on_lost, strict=True) if on
    ]


def used(store: Opened, calls: list[Any]) -> set[bool | None]:
    """What uses of nonces come to, one after the other; None for a `StoreError`."""
    return {store.at_once("use_nonce", [call], (StoreError,))[0] for call in calls}


def test_a_node_that_was_killed_is_an_error_and_the_others_go_on(clustered: tuple[RedisClusterServers, Opened]) -> None:
    """Both before and after they miss it. Back again, it serves; what it forgot is what the page about stores says."""
    cluster, store = clustered
    lost = cluster.nodes[1]
    elsewhere, there = nonces_by_node(cluster, lost)
    assert used(store, elsewhere[:5] + there[:2]) == {True}
    lost.kill()
    assert used(store, there) == {None}
    assert (used(store, elsewhere[:5]), used(store, elsewhere[5:10])) == ({False}, {True})
    cluster.wait_until_missed(lost)
    assert used(store, there) == {None}
    assert (used(store, elsewhere[:10]), used(store, elsewhere[10:])) == ({False}, {True})
    lost.start()
    cluster.wait_until_complete()
    used(store, there[:1])  # may still meet a connection that broke
    assert (used(store, elsewhere), used(store, there[1:]), used(store, there)) == ({False}, {True}, {False})


def test_of_many_requests_at_once_none_passes_whose_node_is_gone(clustered: tuple[RedisClusterServers, Opened]) -> None:
    """And what goes wrong in the client of a cluster meanwhile is the error that it always is."""
    cluster, store = clustered
    elsewhere, there = nonces_by_node(cluster, cluster.nodes[1])
    cluster.nodes[1].kill()
    for _ in range(3):
        outcome = store.at_once("use_nonce", [*elsewhere, *there], (StoreError,))
        assert set(outcome[len(elsewhere) :]) == {None}
    assert None not in used(store, elsewhere)


def test_a_node_that_hangs_is_an_error_and_the_others_go_on(clustered: tuple[RedisClusterServers, Opened]) -> None:
    """Without a timeout this would never end."""
    cluster, store = clustered
    elsewhere, there = nonces_by_node(cluster, cluster.nodes[1])
    cluster.nodes[1].pause()
    assert used(store, there[:2]) == {None}
    assert used(store, elsewhere[:2]) == {True}


def test_a_redis_that_came_back_is_used_again() -> None:
    """Connections that broke are replaced; what it forgot is what the page about stores says."""
    if missing := RedisServer.missing():
        pytest.skip(missing)
    with RedisServer() as server:
        store = RedisStore(server.url, clock=Clock(), timeout=0.5)
        assert store.use_nonce("c", "t", NOW, "n")
        server.kill()
        with pytest.raises(StoreError):
            store.use_nonce("c", "t", NOW, "m")
        server.start()
        assert store.use_nonce("c", "t", NOW, "m")
        assert not store.use_nonce("c", "t", NOW, "m")
        store.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # see above
@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_postgresql_that_came_back_is_used_again(asynchronous: bool) -> None:
    """And it forgot nothing."""
    if missing := PostgresServer.missing():
        pytest.skip(missing)
    with PostgresServer() as server:
        store = (
            Awaited(AsyncSQLAlchemyStore(server.url("asyncpg"), clock=Clock()))
            if asynchronous
            else Opened(SQLAlchemyStore(server.url("pg8000"), clock=Clock()))
        )
        store.create_all()
        assert store.use_nonce("c", "t", NOW, "n")
        server.stop()
        for _ in range(2):
            with pytest.raises(StoreError):
                store.use_nonce("c", "t", NOW, "m")
        server.start()
        assert store.use_nonce("c", "t", NOW, "m")
        assert not store.use_nonce("c", "t", NOW, "n")
        store.end()
        gc.collect()


def test_tables_that_are_missing_are_an_error(tmp_path: Path) -> None:
    store = SQLAlchemyStore(f"sqlite:///{tmp_path / 'empty.db'}", clock=Clock())
    assert_fails(Opened(store), "use_nonce", ("c", "t", NOW, "n"))
    store.close()


def test_a_database_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    plain = Opened(SQLAlchemyStore(f"sqlite:///{tmp_path}/no/such/folder.db"))
    assert_fails(plain, "create_all", ())
    awaited = Awaited(AsyncSQLAlchemyStore(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder.db"))
    assert_fails(awaited, "create_all", ())
    plain.end()
    awaited.end()


def test_an_sqlite_that_another_process_keeps_locked_is_an_error(tmp_path: Path) -> None:
    store = SQLAlchemyStore(f"sqlite:///{tmp_path / 'store.db'}", clock=Clock(), timeout=0.05)
    store.create_all()
    with store._engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        assert_fails(Opened(store), "use_nonce", ("c", "t", NOW, "n"))
        other.rollback()
    assert store.use_nonce("c", "t", NOW, "n")
    store.close()


def test_secrets_under_another_key_are_an_error_that_quotes_none(redis_server: RedisServer, tmp_path: Path) -> None:
    """Under no key they are text that fits no signature: nothing is accepted either way."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    right, wrong = Fernet(Fernet.generate_key()), Fernet(Fernet.generate_key())
    for make in (
        lambda cipher: SQLAlchemyStore(url, cipher=cipher),
        lambda cipher: RedisStore(redis_server.url, prefix="keys:", cipher=cipher),
    ):
        first, second = make(right), make(wrong)
        if isinstance(first, SQLAlchemyStore):
            first.create_all()
        first.add_client(registered_client("c", SECRET))
        assert first.find_client("c") == registered_client("c", SECRET)
        with pytest.raises(StoreError, match="a stored Client cannot be read: it is damaged, or encrypted") as caught:
            second.find_credentials("c", None)
        assert caught.value.__context__ is None
        first.close()
        second.close()


def test_a_damaged_record_is_an_error(redis_server: RedisServer) -> None:
    store = RedisStore(redis_server.url, prefix="damaged:")
    for text in ("", "{", "[]", '{"client_id": "c"', '{"colour": "red"}'):
        store._redis.set("damaged:client:c", text)
        with pytest.raises(StoreError, match="a stored Client cannot be read"):
            store.find_credentials("c", None)
    store.close()


def test_a_redis_client_without_a_timeout_is_refused() -> None:
    for kind, client in (
        (RedisStore, redis.Redis(socket_timeout=None)),
        (AsyncRedisStore, redis.asyncio.Redis(socket_timeout=None)),
    ):
        with pytest.raises(ValueError, match="give the Redis client a socket_timeout"):
            kind(client)
    RedisStore(redis.Redis(socket_timeout=1)).close()


def test_the_timeout_that_counts_is_the_one_of_the_connections() -> None:
    """A pool that says nothing of it has the default of its connections, which may be none."""

    class Patient(redis.Connection):
        def __init__(self, **options: Any) -> None:
            super().__init__(**{"socket_timeout": None, **options})

    for pool in (
        redis.ConnectionPool(connection_class=Patient),
        redis.BlockingConnectionPool(connection_class=Patient),
    ):
        with pytest.raises(ValueError, match="give the Redis client a socket_timeout"):
            RedisStore(redis.Redis(connection_pool=pool))
    RedisStore(redis.Redis(connection_pool=redis.ConnectionPool(connection_class=Patient, socket_timeout=1))).close()


def test_the_client_of_a_cluster_needs_a_timeout_too(redis_cluster: RedisClusterServers) -> None:
    plain = redis.RedisCluster("127.0.0.1", redis_cluster.port, socket_timeout=None)
    awaited = redis.asyncio.RedisCluster("127.0.0.1", redis_cluster.port, socket_timeout=None)
    for kind, client in ((RedisStore, plain), (AsyncRedisStore, awaited)):
        with pytest.raises(ValueError, match="give the Redis client a socket_timeout"):
            kind(client)
    plain.close()
