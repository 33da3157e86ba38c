"""The differences between the stores: how long Redis keeps keys, how SQL deletes rows, and what is encrypted."""

import secrets
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import StoreError, VerificationError
from oauthone.server import Client, IssuedToken, PendingAuthorization, Provider, Verifier
from oauthone.server.stores import _schema as schema
from oauthone.server.stores.redis import RedisStore
from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore, SQLAlchemyStore, metadata

from ..services import PostgresServer, RedisServer
from ..setting import NOW, Clock, signed
from .backends import Awaited, Opened, clear, open_store
from .conftest import service_for, ttls

DAY = 24 * 3600


@pytest.fixture
def sqlite(tmp_path: Path) -> Any:
    clock = Clock()
    store = SQLAlchemyStore(f"sqlite:///{tmp_path / 'store.db'}", purge_batch=3, clock=clock)
    store.create_all()
    store.clock = clock
    yield store
    store.close()


def count(store: SQLAlchemyStore, table: str) -> int:
    with store._engine.connect() as connection:
        return int(connection.execute(text(f"select count(*) from oauthone_{table}")).scalar_one())


@pytest.mark.parametrize(("age", "keep"), [(300, 61), (0, 361), (-300, 661)])
def test_redis_keeps_a_nonce_until_no_clock_of_any_machine_takes_its_timestamp(
    redis: RedisStore, age: int, keep: int
) -> None:
    redis.use_nonce("client", "t", int(time.time()) - age, "n")
    (key,) = redis._redis.keys()
    assert keep - 5 <= redis._redis.ttl(key) <= keep
    assert len(key) == len("particular:nonce:") + 32


def test_nothing_that_ends_stays_in_redis_for_ever(redis: RedisStore) -> None:
    redis.save_pending(PendingAuthorization("t", "s", "c", None, NOW + 600))
    redis.approve_pending("t", "v", "ann", {})
    redis.count_verifier_attempt("t")
    redis.save_token(IssuedToken("short", "s", "c", "ann", expires=NOW + 100))
    redis.save_token(IssuedToken("long", "s", "c"))
    redis.save_token(IssuedToken("gone", "s", "c", "ann"))
    redis.revoke_token("gone")
    ttl = ttls(redis)
    assert ttl.pop("token:long") == ttl.pop("{client:c}:tokens") == ttl.pop("{client:c}:ends") == -1
    assert 590 < ttl.pop("pending:t") <= 600
    assert all(30 * DAY - 10 < ttl.pop(f"token:{name}") <= 30 * DAY + 100 for name in ("gone", "short"))
    assert all(31 * DAY - 10 < ttl.pop(f"{{user:ann}}:{name}") <= 31 * DAY + 100 for name in ("tokens", "ends"))
    assert ttl == {}


def test_the_keys_of_one_store_are_not_those_of_another(redis: RedisStore, redis_server: RedisServer) -> None:
    other = RedisStore(redis_server.url, prefix="other:", clock=Clock())
    now = int(time.time())
    assert redis.use_nonce("c", "t", now, "n")
    assert other.use_nonce("c", "t", now, "n")
    other.close()


def test_forged_requests_leave_nothing_in_redis_or_sqlite(redis: RedisStore, sqlite: Any) -> None:
    """Requests of unknown clients, with unknown tokens and with wrong signatures, to all endpoints."""
    for store in (redis, sqlite):
        store.add_client(Client.create("client", "secret"))
        store.save_token(IssuedToken("t", "ts", "client"))
        verifier, provider = Verifier(store, clock=Clock()), Provider(store, clock=Clock())
        for client_id in ("client", "nobody"):
            for token in ("t", "u", None):
                secret = token and "guess"
                sent = signed(Signer(client_id, "guess", token=token, token_secret=secret, clock=Clock()), verifier="v")
                with pytest.raises(VerificationError):
                    verifier.verify(*sent)
                assert provider.temporary_credentials(IncomingRequest.from_url(*sent)).status in (400, 401)
                assert provider.token_credentials(IncomingRequest.from_url(*sent)).status in (400, 401)
    assert sorted(redis._redis.keys()) == [
        b"particular:client:client",
        b"particular:token:t",
        b"particular:{client:client}:tokens",
    ]
    assert [count(sqlite, table) for table in ("clients", "tokens", "nonces", "pending")] == [1, 1, 0, 0]


def test_expired_nonces_go_a_batch_at_a_time_with_those_that_come(sqlite: Any) -> None:
    """As many as fit into a batch; those that still count stay."""
    for number in range(10):
        assert sqlite.use_nonce("c", "t", NOW, f"old{number}")
    sqlite.save_pending(PendingAuthorization("old", "s", "c", None, NOW + 100))
    sqlite.save_pending(PendingAuthorization("new", "s", "c", None, NOW + 900))
    sqlite.clock.now = NOW + 361
    counts = []
    for number in range(5):
        assert sqlite.use_nonce("c", "t", NOW + 361, f"new{number}")
        counts.append(count(sqlite, "nonces"))
    assert counts == [8, 6, 4, 4, 5]
    assert count(sqlite, "pending") == 1
    assert all(not sqlite.use_nonce("c", "t", NOW + 361, f"new{number}") for number in range(5))


def test_a_purge_that_fails_does_not_fail_the_request(sqlite: Any) -> None:
    """Its nonce is stored. If the request were rejected now, its client would retry in vain."""

    @event.listens_for(sqlite._engine, "before_cursor_execute")
    def _(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("DELETE FROM oauthone_nonces"):
            raise OperationalError(statement, None, sqlite3.OperationalError("locked"))

    assert sqlite.use_nonce("c", "t", NOW, "n") is True
    assert sqlite.use_nonce("c", "t", NOW, "n") is False


def test_purging_by_hand_leaves_what_counts(sqlite: Any) -> None:
    for number in range(7):
        sqlite.use_nonce("c", "t", NOW, f"old{number}")
    sqlite.save_pending(PendingAuthorization("old", "s", "c", None, NOW + 100))
    sqlite.use_nonce("c", "t", NOW + 200, "new")
    assert sqlite.purge() == 0
    sqlite.clock.now = NOW + 361
    assert sqlite.purge() == 8
    assert (count(sqlite, "nonces"), count(sqlite, "pending")) == (1, 0)


def test_tokens_that_expired_go_a_month_later_or_when_it_is_said(sqlite: Any) -> None:
    """Until then their client learns that they expired. A token without an expiry stays, and so does a revoked one."""
    sqlite.add_client(Client.create("c", "s"))
    for number in range(7):
        sqlite.save_token(IssuedToken(f"t{number}", "s", "c", expires=NOW + 10 * number))
    sqlite.save_token(IssuedToken("lasting", "s", "c"))
    sqlite.revoke_token("lasting")
    sqlite.clock.now = NOW + 20
    assert sqlite.purge() == 0
    assert sqlite.find_credentials("c", "t0").token_problem == "token_expired"
    assert sqlite.purge(tokens_after=10) == 2
    sqlite.clock.now = NOW + 30 * DAY + 60
    assert sqlite.purge() == 5
    assert count(sqlite, "tokens") == 1
    assert sqlite.find_credentials("c", "lasting").token_problem == "token_revoked"


def test_two_machines_purge_postgresql_at_once(postgres_server: PostgresServer) -> None:
    clear(postgres_server.url("pg8000"))
    clock = Clock()
    stores = [SQLAlchemyStore(postgres_server.url("pg8000"), purge_batch=3, clock=clock) for _ in range(2)]
    stores[0].create_all()
    for number in range(10):
        stores[0].use_nonce("c", "t", NOW, str(number))
    clock.now = NOW + 361
    statement = stores[0]._statements.expiry.delete_batches(clock.now)[0]
    stores[0]._execute(stores[0]._statements.expiry.raise_horizon(clock.now))
    with stores[0]._engine.begin() as first:
        assert first.execute(statement).rowcount == 3
        assert stores[1].purge() == 7
    assert stores[0].purge() == 0
    for store in stores:
        store.close()


def test_secrets_lie_encrypted_where_a_cipher_is_given(tmp_path: Path, redis_server: RedisServer) -> None:
    """Neither the file nor Redis contains them. Everything else is readable for repairs."""
    canary = "canary-secret"
    cipher = Fernet(Fernet.generate_key())
    redis = RedisStore(redis_server.url, prefix="sealed:", cipher=cipher, clock=Clock())
    redis._redis.flushall()
    sql = SQLAlchemyStore(f"sqlite:///{tmp_path / 'store.db'}", cipher=cipher, clock=Clock())
    sql.create_all()
    for store in (redis, sql):
        store.add_client(Client.create("cli", canary, name="Readable"))
        store.save_pending(PendingAuthorization("pen", canary, "cli", None, NOW + 600))
        store.approve_pending("pen", canary, "ann", {})
        store.save_token(IssuedToken("tok", canary, "cli"))
        assert store.find_credentials("cli", "tok").token_secret == canary
    in_redis = b"".join(redis._redis.get(f"sealed:{key}") for key in ("client:cli", "token:tok"))
    in_redis += b"".join(redis._redis.hvals("sealed:pending:pen"))
    redis.close()
    sql.close()
    in_file = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for octets in (in_redis, in_file):
        assert canary.encode() not in octets
        assert b"Readable" in octets


def test_a_key_can_be_replaced_while_the_old_one_still_reads(tmp_path: Path) -> None:
    old, new = Fernet(Fernet.generate_key()), Fernet(Fernet.generate_key())
    url = f"sqlite:///{tmp_path / 'store.db'}"
    first = SQLAlchemyStore(url, cipher=old)
    first.create_all()
    first.add_client(Client.create("c", "s"))
    both = SQLAlchemyStore(url, cipher=MultiFernet([new, old]))
    client = both.find_client("c")
    assert client is not None
    both.add_client(client)
    only_new = SQLAlchemyStore(url, cipher=new)
    assert only_new.find_client("c") == Client.create("c", "s")
    for store in (first, both, only_new):
        store.close()


@pytest.fixture
def keyed(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Opens the same store with one cipher or another, a few rows at a time, and closes the one before."""
    kind: str = request.param
    service = service_for(kind, request)
    if kind.startswith(("redis", "cluster")):
        options: dict[str, Any] = {"prefix": f"[*]{secrets.token_hex(4)}?\\:", "clock": Clock()}
        opened = [open_store(kind, service, tmp_path, **options)]

        def open_again(last: Opened, cipher: Any) -> Opened:
            return open_store(kind, service, tmp_path, cipher=cipher, **options)
    else:
        opened = [open_store(kind, service, tmp_path, clock=Clock())]
        url = opened[0].store._engine.url

        def open_again(last: Opened, cipher: Any) -> Opened:
            return type(last)(type(last.store)(url, cipher=cipher, purge_batch=2, clock=Clock()))

    def open_with(cipher: Any) -> Opened:
        last = opened.pop()
        last.end()
        opened.append(open_again(last, cipher))
        return opened[-1]

    yield open_with
    opened.pop().end()


SQL = ["sqlite", "sqlite-async", "postgresql", "postgresql-async"]


def fill(store: Opened) -> None:
    """Add five records of each kind, and a client with nothing to encrypt."""
    for number in range(5):
        store.add_client(Client.create(f"c{number}", f"cs{number}"))
        store.save_pending(PendingAuthorization(f"p{number}", f"ps{number}", "c0", None, NOW + 600))
        store.save_token(IssuedToken(f"t{number}", f"ts{number}", "c0"))
    store.approve_pending("p0", "code", "ann", {})


def assert_filled(store: Opened) -> None:
    for number in range(5):
        assert store.find_client(f"c{number}").client_secret == f"cs{number}"
        assert store.find_pending(f"p{number}").token_secret == f"ps{number}"
        assert store.find_credentials("c0", f"t{number}").token_secret == f"ts{number}"
    assert [store.find_pending(f"p{number}").verifier for number in (0, 1)] == ["code", None]


@pytest.mark.parametrize("keyed", [*SQL, "redis", "redis-async", "cluster", "cluster-async"], indirect=True)
def test_a_cipher_can_be_added_and_its_key_be_retired(keyed: Any) -> None:
    """It takes one call each time. Then the old key, or no key, can read nothing."""
    old, new = Fernet(Fernet.generate_key()), Fernet(Fernet.generate_key())
    fill(keyed(None))
    first = keyed(old)
    for read in (lambda: first.find_client("c0"), lambda: first.find_credentials("c0", "t1")):
        with pytest.raises(StoreError, match=r"not encrypted, but this store has a cipher: call reencrypt\(\) once"):
            read()
    assert first.reencrypt() == 15
    assert_filled(first)
    with pytest.raises(StoreError, match="it is encrypted, but this store has no cipher: pass the one") as caught:
        keyed(None).find_credentials("c0", "t1")
    assert caught.value.__context__ is None
    assert keyed(MultiFernet([new, old])).reencrypt() == 15
    assert_filled(keyed(new))
    for cipher in (old, None):
        with pytest.raises(StoreError, match="a stored secret cannot be read"):
            keyed(cipher).reencrypt()
        with pytest.raises(StoreError, match="a stored Client cannot be read"):
            keyed(cipher).find_client("c0")
    assert_filled(keyed(new))


@pytest.mark.parametrize("keyed", SQL, indirect=True)
def test_what_is_changed_while_it_is_encrypted_anew_stays_changed(keyed: Any) -> None:
    """A client that is replaced between the read and the write keeps its new secret."""
    cipher = Fernet(Fernet.generate_key())
    there = keyed(None)
    there.add_client(Client.create("c", "old"))
    url = there.store._engine.url
    plain = str(url.drivername).replace("sqlite+aiosqlite", "sqlite").replace("asyncpg", "pg8000")
    store = SQLAlchemyStore(url.set(drivername=plain), clock=Clock())

    class Meanwhile:
        """Replaces the client just before it is written."""

        def encrypt(self, data: bytes) -> bytes:
            if b"old" in data:
                store.add_client(Client.create("c", "new"))
            return cipher.encrypt(data)

        def decrypt(self, token: bytes) -> bytes:
            return cipher.decrypt(token)

    sealing = keyed(Meanwhile())
    assert sealing.reencrypt() == 0
    assert store.find_client("c").client_secret == "new"
    assert sealing.reencrypt() == 1
    assert sealing.find_client("c").client_secret == "new"
    store.close()


def test_a_secret_is_not_taken_for_an_encrypted_one(sqlite: Any, redis: RedisStore) -> None:
    for store in (sqlite, redis):
        with pytest.raises(StoreError, match="a secret that starts with 'sealed:'"):
            store.add_client(Client.create("c", "sealed:x"))


def test_redis_says_too_whether_there_is_a_cipher_too_few_or_too_many(
    redis: RedisStore, redis_server: RedisServer
) -> None:
    sealed = RedisStore(redis_server.url, prefix="particular:", cipher=Fernet(Fernet.generate_key()), clock=Clock())
    redis.add_client(Client.create("plain", "s"))
    sealed.add_client(Client.create("sealed", "s"))
    with pytest.raises(StoreError, match="not encrypted, but this store has a cipher"):
        sealed.find_client("plain")
    with pytest.raises(StoreError, match="encrypted, but this store has no cipher"):
        redis.find_credentials("sealed", None)
    sealed.close()


def test_an_engine_of_ones_own_is_taken_as_it_is(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'own.db'}")
    metadata.create_all(engine)
    store = SQLAlchemyStore(engine, clock=Clock())
    assert store.use_nonce("c", "t", NOW, "n")
    store.close()


def test_the_tables_are_those_that_the_page_about_stores_lists() -> None:
    """Each column, its type, whether it may be NULL, and its index."""
    page = (Path(__file__).parents[3] / "docs" / "stores.md").read_text(encoding="utf-8")
    told, table = list[tuple[str, ...]](), ""
    for line in page.partition("| table | column | type | |\n")[2].partition("\n\n")[0].splitlines()[1:]:
        name, column, kind, rest = [cell.strip().strip("`") for cell in line.strip()[1:-1].split("|")]
        table = name or table
        notes = {note.strip() for note in rest.split(";")}
        told.append((table, column, kind, str("or NULL" in notes), str("index" in notes), str("primary key" in notes)))
    assert told == [
        (
            table.name,
            column.name,
            str(column.type.compile(dialect=create_engine("sqlite://").dialect)),
            str(bool(column.nullable)),
            str(bool(column.index)),
            str(column.primary_key),
        )
        for table in (schema.clients, schema.pending_authorizations, schema.tokens, schema.nonces, schema.horizon)
        for column in table.c
    ]


def test_sqlite_lets_many_read_while_one_writes(sqlite: Any) -> None:
    with sqlite._engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"


def test_an_engine_of_ones_own_for_coroutines_is_taken_as_it_is(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'own.db'}"
    store = Awaited(AsyncSQLAlchemyStore(create_async_engine(url), clock=Clock()))
    store.create_all()
    assert store.use_nonce("c", "t", NOW, "n")
    assert store.purge() == 0
    store.end()
