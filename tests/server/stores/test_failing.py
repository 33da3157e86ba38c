"""A store that is down, full, damaged or slow raises an error, and never answers, hangs, or reveals a secret."""

import gc
import socket
import time
import traceback
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import redis
import redis.asyncio
from cryptography.fernet import Fernet
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from oauthone.errors import ConfigurationError, StoreError
from oauthone.server import Client, IssuedToken, PendingAuthorization
from oauthone.server.stores._nonce_digest import nonce_digest
from oauthone.server.stores._sql_engines import engine_options
from oauthone.server.stores.redis import AsyncRedisStore, RedisStore
from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore, SQLAlchemyStore

from ..needed import skip_without
from ..services import PostgresServer, RedisClusterServers, RedisServer, free_port
from ..setting import NOW, Clock
from .backends import Awaited, Opened, clear, open_cluster_store

SECRET = "canary-secret"
CALLS: list[tuple[str, tuple[Any, ...]]] = [
    ("add_client", (Client.create("c", SECRET),)),
    ("remove_client", ("c",)),
    ("find_client", ("c",)),
    ("find_credentials", ("c", None)),
    ("find_credentials", ("c", "t")),
    ("use_nonce", ("c", "t", NOW, "n")),
    ("save_pending", (PendingAuthorization("t", SECRET, "c", None, NOW + 600),)),
    ("approve_pending", ("t", SECRET, "ann", {})),
    ("find_pending", ("t",)),
    ("take_pending", ("t",)),
    ("count_verifier_attempt", ("t",)),
    ("save_token", (IssuedToken("t", SECRET, "c"),)),
    ("revoke_token", ("t",)),
    ("tokens_of", ("ann",)),
    ("revoke_all_of", ("ann",)),
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
    """Makes stores that connect to a port, and closes them."""
    made: list[Opened] = []

    def make(port: int) -> Opened:
        made.append(MAKERS[request.param](port))
        return made[-1]

    yield make
    for one in made:
        one.end()
    gc.collect()  # so garbage of a driver is reported here, not in another test


@pytest.fixture
def silent_port() -> Generator[int, None, None]:
    """A server that accepts connections and never replies."""
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


def assert_hides(error: BaseException) -> None:
    """Assert that the error, its causes, and the values that a traceback shows outside of tests contain no secret."""
    told = "".join(traceback.format_exception(error))
    assert error.__context__ is None or error.__suppress_context__
    cause: BaseException | None = error
    while cause is not None:
        told += f"{cause} {cause!r} {cause.args} {vars(cause)}"
        cause = cause.__cause__
        assert cause is None or "sql" not in type(cause).__module__ or cause.__traceback__ is None
    assert SECRET not in told


def assert_fails(store: Opened, name: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(StoreError, match=r"(operation|command) failed \(\w+\): requests are rejected until") as caught:
        getattr(store, name)(*arguments)
    assert_hides(caught.value)


@pytest.mark.parametrize(("name", "arguments"), CALLS, ids=[name for name, _ in CALLS])
def test_a_store_that_is_down_is_an_error(
    maker: Callable[[int], Opened], name: str, arguments: tuple[Any, ...]
) -> None:
    assert_fails(maker(free_port()), name, arguments)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_store_that_never_answers_is_an_error_too(maker: Callable[[int], Opened], silent_port: int) -> None:
    """Without a timeout this would never end. (A driver may leave its socket to the garbage collector.)"""
    store = maker(silent_port)
    assert_fails(store, "find_credentials", ("c", "t"))
    assert_fails(store, "use_nonce", ("c", "t", NOW, "n"))


def test_a_redis_that_is_full_accepts_nothing_more_and_forgets_nothing() -> None:
    skip_without(RedisServer)
    with RedisServer("--maxmemory", "16mb", "--maxmemory-policy", "noeviction") as server:
        store = RedisStore(server.url, clock=Clock(), timeout=20)
        now = int(time.time())
        accepted = [number for number in range(100) if store.use_nonce("client", "t", now, str(number))]

        def fill() -> None:
            for number in range(10_000):
                store._redis.set(f"filler:{number}", "x" * 100_000)

        with pytest.raises(redis.exceptions.OutOfMemoryError):
            fill()

        def accept_more() -> None:
            for number in range(100, 10_000):
                if store.use_nonce("client", "t", now, str(number)):
                    accepted.append(number)

        with pytest.raises(StoreError, match="OutOfMemory"):
            accept_more()
        assert len(accepted) >= 100
        assert sum(1 for _ in store._redis.scan_iter("oauthone:nonce:*")) == len(accepted)
        store.close()


@pytest.fixture(scope="module")
def mortal_cluster() -> Generator[RedisClusterServers, None, None]:
    """A cluster whose nodes soon detect that another one is down."""
    skip_without(RedisClusterServers)
    with RedisClusterServers("--cluster-node-timeout", "500") as cluster:
        yield cluster


@pytest.fixture(params=[False, True], ids=["cluster", "cluster-async"])
def clustered(
    request: pytest.FixtureRequest, mortal_cluster: RedisClusterServers
) -> Generator[tuple[RedisClusterServers, Opened], None, None]:
    """That cluster, complete and empty, and a store in it."""
    mortal_cluster.revive()
    store = open_cluster_store(mortal_cluster.port, request.param, 0.5, clock=Clock())
    yield mortal_cluster, store
    store.end()


def nonces_by_node(cluster: RedisClusterServers, lost: RedisServer) -> tuple[list[Any], list[Any]]:
    """Return arguments of ``use_nonce`` for nonces on the other nodes, and for some on the lost node."""
    now = int(time.time())
    calls = [("c", "t", now, f"n{number}") for number in range(30)]
    on_lost = [cluster.node_of(f"oauthone:nonce:{nonce_digest(*call)}") is lost for call in calls]
    assert 0 < sum(on_lost) < len(calls)
    return [c for c, on in zip(calls, on_lost, strict=True) if not on], [
        c for c, on in zip(calls, on_lost, strict=True) if on
    ]


def used(store: Opened, calls: list[Any]) -> set[bool | None]:
    """Return the results of ``use_nonce``, one call at a time; None for a `StoreError`."""
    return {store.at_once("use_nonce", [call], (StoreError,))[0] for call in calls}


def test_a_node_that_was_killed_is_an_error_and_the_others_go_on(clustered: tuple[RedisClusterServers, Opened]) -> None:
    """Before and after the others detect it. When it is back, it serves; the page about stores says what it lost."""
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
    used(store, there[:1])  # may still use a broken connection
    assert (used(store, elsewhere), used(store, there[1:]), used(store, there)) == ({False}, {True}, {False})


def test_of_many_requests_at_once_none_passes_whose_node_is_gone(clustered: tuple[RedisClusterServers, Opened]) -> None:
    """An error in the cluster's client is the usual error."""
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
    """Broken connections are replaced; the page about stores says what it lost."""
    skip_without(RedisServer)
    now = int(time.time())
    with RedisServer() as server:
        store = RedisStore(server.url, clock=Clock(), timeout=0.5)
        assert store.use_nonce("c", "t", now, "n")
        server.kill()
        with pytest.raises(StoreError):
            store.use_nonce("c", "t", now, "m")
        server.start()
        assert store.use_nonce("c", "t", now, "m")
        assert not store.use_nonce("c", "t", now, "m")
        store.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # see above
@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_postgresql_that_came_back_is_used_again(asynchronous: bool) -> None:
    """It lost nothing."""
    skip_without(PostgresServer)
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


def failure(store: Opened, name: str, *arguments: Any) -> StoreError:
    """Return the exception of a method, after checking that it shows no secret."""
    with pytest.raises(StoreError) as caught:
        getattr(store, name)(*arguments)
    assert_hides(caught.value)
    return caught.value


def test_tables_that_are_missing_are_an_error_that_names_the_cure(tmp_path: Path) -> None:
    for store in (
        Opened(SQLAlchemyStore(f"sqlite:///{tmp_path / 'empty.db'}", clock=Clock())),
        Awaited(AsyncSQLAlchemyStore(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}", clock=Clock())),
    ):
        for name, arguments in CALLS:
            error = failure(store, name, *arguments)
            assert "a table is missing: call create_all() once, or run the migration" in str(error)
            assert "no such table" in str(error.__cause__)
        store.end()


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the connection of a thread that ended
def test_a_database_in_memory_that_another_thread_made_is_an_error_that_says_so() -> None:
    # This thread can then close the connections of both.
    engine = create_engine("sqlite://", connect_args={"check_same_thread": False})
    store = Opened(SQLAlchemyStore(engine, clock=Clock()))
    store.create_all()
    assert store.find_client("c") is None
    with ThreadPoolExecutor(1) as threads:
        said = threads.submit(failure, store, "find_client", "c").result()
    assert "with sqlite://, each thread has its own database" in str(said)
    store.end()
    gc.collect()


def test_a_database_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    plain = Opened(SQLAlchemyStore(f"sqlite:///{tmp_path}/no/such/folder.db"))
    awaited = Awaited(AsyncSQLAlchemyStore(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder.db"))
    for store in (plain, awaited):
        assert_fails(store, "create_all", ())
        assert "check that the folder exists" in str(failure(store, "create_all"))
        store.end()


def test_tables_of_another_release_are_an_error_that_says_so(tmp_path: Path) -> None:
    store = Opened(SQLAlchemyStore(f"sqlite:///{tmp_path / 'store.db'}", clock=Clock()))
    store.create_all()
    with store.store._engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE oauthone_clients DROP COLUMN name")
    assert "run the migration" in str(failure(store, "find_client", "c"))
    store.end()


@pytest.fixture(params=["pg8000", "asyncpg"])
def connecting(request: pytest.FixtureRequest, postgres_server: PostgresServer) -> Generator[Any, None, None]:
    """Opens stores in PostgreSQL, with parts of the URL changed; the last one uses a custom engine."""
    made: list[Opened] = []

    def connect(own: bool = False, **changes: Any) -> Opened:
        url = make_url(postgres_server.url(request.param)).set(**changes)
        if request.param == "pg8000":
            made.append(Opened(SQLAlchemyStore(create_engine(url) if own else url, timeout=5, clock=Clock())))
        else:
            engine = create_async_engine(url) if own else url
            made.append(Awaited(AsyncSQLAlchemyStore(engine, timeout=5, clock=Clock())))
        return made[-1]

    yield connect
    for one in made:
        one.end()
    gc.collect()


def test_postgresql_that_refuses_says_why(connecting: Any, postgres_server: PostgresServer) -> None:
    clear(postgres_server.url("pg8000"))
    reasons: list[tuple[dict[str, Any], str]] = [
        ({}, "a table is missing: call create_all() once"),
        ({"username": "nobody", "password": SECRET}, "it rejects this user or password"),
        ({"database": "nowhere", "password": SECRET}, "a database of this name does not exist"),
        ({"port": free_port(), "password": SECRET}, "it cannot be reached"),
    ]
    for changes, reason in reasons:
        error = failure(connecting(**changes), "save_token", IssuedToken("t", SECRET, "c"))
        assert reason in str(error)
        assert error.__cause__ is not None


@pytest.mark.parametrize("own", [False, True], ids=["URL", "engine"])
def test_a_row_that_a_database_quotes_is_not_quoted_further(connecting: Any, own: bool) -> None:
    """PostgreSQL's error quotes the failed row, and SQLAlchemy's the parameters, unless it is told not to."""
    store = connecting(own)
    store.create_all()
    incomplete: Any = None
    error = failure(store, "save_token", IssuedToken("t", SECRET, incomplete))
    assert "a value is missing" in str(error)
    assert error.__cause__ is None
    store.save_pending(PendingAuthorization("t", SECRET, "c", None, NOW + 600))
    error = failure(store, "save_pending", PendingAuthorization("t", SECRET, "c", None, NOW + 600))
    assert "a row with this key exists already" in str(error)
    assert store.take_pending("t").token_secret == SECRET


def test_what_nobody_foresaw_is_an_error_without_a_cause(tmp_path: Path) -> None:
    store = Opened(SQLAlchemyStore(create_engine(f"sqlite:///{tmp_path / 'store.db'}"), clock=Clock()))
    store.create_all()
    odd: Any = {"scope": object()}
    error = failure(store, "save_token", IssuedToken("t", SECRET, "c", extra=odd))
    assert str(error).endswith("requests are rejected until it succeeds again")
    assert error.__cause__ is None
    store.end()


def test_connections_that_are_all_in_use_are_an_error_that_says_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    store = Opened(SQLAlchemyStore(create_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.01), clock=Clock()))
    store.create_all()
    with store.store._engine.connect():
        assert "all connections were in use" in str(failure(store, "find_client", "c"))
    store.end()


@pytest.mark.parametrize(
    ("url", "arguments"),
    [
        ("sqlite:///x.db", {"timeout": 2.5}),
        ("sqlite+aiosqlite:///x.db", {"timeout": 2.5}),
        ("postgresql+pg8000://h/d", {"timeout": 2.5}),
        ("postgresql+asyncpg://h/d", {"timeout": 2.5, "command_timeout": 2.5}),
        ("postgresql+psycopg://h/d", {"connect_timeout": 3}),
        ("postgresql+psycopg2://h/d", {"connect_timeout": 3}),
        ("mysql+pymysql://h/d", {}),
    ],
)
def test_each_driver_is_told_in_its_own_words_how_long_to_wait(url: str, arguments: dict[str, Any]) -> None:
    """An unknown option would keep a driver from connecting."""
    options = engine_options(make_url(url), 2.5)
    assert options["connect_args"] == arguments
    assert options["hide_parameters"] is True


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
    """Without a key they are strings with which no signature matches. In both cases no request is accepted."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    right, wrong = Fernet(Fernet.generate_key()), Fernet(Fernet.generate_key())
    for make in (
        lambda cipher: SQLAlchemyStore(url, cipher=cipher),
        lambda cipher: RedisStore(redis_server.url, prefix="keys:", cipher=cipher),
    ):
        first, second = make(right), make(wrong)
        if isinstance(first, SQLAlchemyStore):
            first.create_all()
        first.add_client(Client.create("c", SECRET))
        assert first.find_client("c") == Client.create("c", SECRET)
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
