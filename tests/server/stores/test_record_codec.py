"""Secrets in a store: encrypted under a cipher, bound to their record and field, and replaced under a new key."""

import json
import secrets
from collections.abc import Callable, Generator, Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import select, update

from oauthone.errors import StoreError
from oauthone.server import Client, IssuedToken, PendingAuthorization
from oauthone.server.stores import _schema as schema
from oauthone.server.stores.redis import RedisStore
from oauthone.server.stores.sqlalchemy import SQLAlchemyStore

from ..services import PostgresServer, RedisServer
from ..setting import NOW, Clock
from .backends import Opened, clear, open_store
from .conftest import service_for
from .failures import SECRET


def test_secrets_are_stored_encrypted_under_a_cipher(tmp_path: Path, redis_server: RedisServer) -> None:
    """Neither the file nor Redis contains them. Everything else is readable for repairs."""
    canary = "canary-secret"
    cipher = Fernet(Fernet.generate_key())
    redis = RedisStore(redis_server.url, prefix="at-rest:", cipher=cipher, clock=Clock())
    redis._redis.flushall()
    sql = SQLAlchemyStore(f"sqlite:///{tmp_path / 'store.db'}", cipher=cipher, clock=Clock())
    sql.create_all()
    for store in (redis, sql):
        store.add_client(Client.create("cli", canary, name="Readable"))
        store.save_pending(PendingAuthorization("pen", canary, "cli", None, NOW + 600))
        store.approve_pending("pen", canary, "ann", {})
        store.save_token(IssuedToken("tok", canary, "cli"))
        assert store.find_credentials("cli", "tok").token_secret == canary
    in_redis = b"".join(redis._redis.get(f"at-rest:{key}") for key in ("client:cli", "token:tok"))
    in_redis += b"".join(redis._redis.hvals("at-rest:pending:pen"))
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
def test_a_record_that_changes_during_reencryption_stays_changed(keyed: Any) -> None:
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

    encrypting = keyed(Meanwhile())
    assert encrypting.reencrypt() == 0
    assert store.find_client("c").client_secret == "new"
    assert encrypting.reencrypt() == 1
    assert encrypting.find_client("c").client_secret == "new"
    store.close()


def test_a_secret_is_not_taken_for_an_encrypted_one(sqlite: Any, redis: RedisStore) -> None:
    for store in (sqlite, redis):
        with pytest.raises(StoreError, match="a secret that starts with 'encrypted:'"):
            store.add_client(Client.create("c", "encrypted:x"))


def test_redis_reports_a_missing_or_superfluous_cipher(redis: RedisStore, redis_server: RedisServer) -> None:
    encrypted = RedisStore(redis_server.url, prefix="particular:", cipher=Fernet(Fernet.generate_key()), clock=Clock())
    redis.add_client(Client.create("plain", "s"))
    encrypted.add_client(Client.create("encrypted", "s"))
    with pytest.raises(StoreError, match="not encrypted, but this store has a cipher"):
        encrypted.find_client("plain")
    with pytest.raises(StoreError, match="encrypted, but this store has no cipher"):
        redis.find_credentials("encrypted", None)
    encrypted.close()


CIPHER = Fernet(Fernet.generate_key())
#: The places of secrets: the kind of record, its identifier, the field.
PLACES = [
    ("client", "a", "client_secret"),
    ("client", "b", "client_secret"),
    ("pending", "a", "token_secret"),
    ("pending", "b", "token_secret"),
    ("pending", "b", "verifier"),
    ("token", "a", "token_secret"),
    ("token", "b", "token_secret"),
]
TABLES = {"client": schema.clients, "pending": schema.pending_authorizations, "token": schema.tokens}


class InSql:
    """Reads and writes a database directly, without its store."""

    def __init__(self, store: SQLAlchemyStore) -> None:
        self.store = store

    def get(self, kind: str, identifier: str, field: str) -> str:
        table = TABLES[kind]
        (key,) = table.primary_key
        with self.store._engine.begin() as connection:
            return str(connection.execute(select(table.c[field]).where(key == identifier)).scalar_one())

    def put(self, kind: str, identifier: str, field: str, text: str) -> None:
        table = TABLES[kind]
        (key,) = table.primary_key
        with self.store._engine.begin() as connection:
            connection.execute(update(table).where(key == identifier).values({field: text}))


class InRedis:
    """Reads and writes Redis directly, without its store."""

    def __init__(self, store: RedisStore) -> None:
        self.store = store

    def get(self, kind: str, identifier: str, field: str) -> str:
        return str(json.loads(self.text(kind, identifier))[field])

    def put(self, kind: str, identifier: str, field: str, text: str) -> None:
        changed = json.dumps({**json.loads(self.text(kind, identifier)), field: text})
        key = f"oauthone:{kind}:{identifier}"
        if kind == "pending":
            self.store._redis.hset(key, "decided", changed)
        else:
            self.store._redis.set(key, changed)

    def text(self, kind: str, identifier: str) -> str:
        key = f"oauthone:{kind}:{identifier}"
        found: Any = self.store._redis.hget(key, "decided") if kind == "pending" else self.store._redis.get(key)
        return str(found.decode())


def make_sqlite(folder: Path) -> SQLAlchemyStore:
    return SQLAlchemyStore(f"sqlite:///{folder / 'store.db'}", cipher=CIPHER, clock=Clock())


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def lying(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Any, None, None]:
    """A store with two records of each kind, and a way to change them directly."""
    store: Any
    if request.param == "redis":
        redis: RedisServer = request.getfixturevalue("redis_server")
        store = RedisStore(redis.url, cipher=CIPHER, clock=Clock())
        store._redis.flushall()
        made: Any = InRedis(store)
    else:
        url = f"sqlite:///{tmp_path / 'store.db'}"
        if request.param == "postgresql":
            postgres: PostgresServer = request.getfixturevalue("postgres_server")
            url = postgres.url("pg8000")
            clear(url)
        store = SQLAlchemyStore(url, cipher=CIPHER, clock=Clock())
        store.create_all()
        made = InSql(store)
    for name in "ab":
        store.add_client(Client.create(name, f"client secret {name}"))
        store.save_pending(PendingAuthorization(name, f"pending secret {name}", "a", None, NOW + 600))
        assert store.approve_pending(name, f"code {name}", "ann", {})
        store.save_token(IssuedToken(name, f"token secret {name}", name))
    yield made
    store.close()


def reader(store: Any, kind: str, identifier: str) -> Callable[[], Any]:
    """Reads a record through its store."""
    if kind == "client":
        return lambda: store.find_client(identifier).client_secret
    if kind == "pending":
        return lambda: store.find_pending(identifier)[1:6]
    return lambda: store.find_credentials(identifier, identifier).token_secret


def places_to_swap() -> Iterator[tuple[tuple[str, str, str], tuple[str, str, str]]]:
    yield from permutations(PLACES, 2)


def test_a_secret_that_was_copied_to_another_place_is_refused_there(lying: Any) -> None:
    """In another record, another kind or another field. Back in its place, it is valid."""
    for source, target in places_to_swap():
        own = lying.get(*target)
        read = reader(lying.store, *target[:2])
        right = read()
        lying.put(*target, lying.get(*source))
        with pytest.raises(StoreError, match="encrypted for another record or field") as caught:
            read()
        assert "secret a" not in repr(caught.value)
        assert caught.value.__context__ is None
        lying.put(*target, own)
        assert read() == right


@pytest.mark.parametrize("cipher", [None, CIPHER], ids=["plain", "encrypted"])
def test_a_whole_record_under_the_key_of_another_is_refused(cipher: Any, redis_server: RedisServer) -> None:
    """In Redis the key is not part of the record."""
    store = RedisStore(redis_server.url, cipher=cipher, clock=Clock())
    store._redis.flushall()
    for name in "ab":
        store.add_client(Client.create(name, f"s{name}"))
        store.save_token(IssuedToken(name, f"ts{name}", "a"))
    store._redis.copy("oauthone:client:a", "oauthone:client:b", replace=True)
    store._redis.copy("oauthone:token:b", "oauthone:token:a", replace=True)
    for call in (
        lambda: store.find_client("b"),
        lambda: store.find_credentials("a", "a"),
        lambda: store.revoke_token("a"),
    ):
        with pytest.raises(StoreError, match="under the key of another"):
            call()
    assert store.find_credentials("a", "b") == Client.create("a", "sa").credentials("tsb")
    store.close()


@pytest.mark.parametrize("secret", ["", "-----BEGIN PUBLIC KEY-----\ncanary", "ssh-rsa canary"])
def test_a_client_that_was_written_past_the_store_is_refused_if_all_could_sign_as_it(
    redis_server: RedisServer, tmp_path: Path, secret: str
) -> None:
    """It has no secret, or a public key as its secret. A client with a key needs none."""
    redis = RedisStore(redis_server.url, clock=Clock())
    redis._redis.flushall()
    sql = SQLAlchemyStore(f"sqlite:///{tmp_path / 'plain.db'}", clock=Clock())
    sql.create_all()
    for store, lying in ((redis, InRedis(redis)), (sql, InSql(sql))):
        store.add_client(Client.create("a", "right"))
        lying.put("client", "a", "client_secret", secret)
        for call in (lambda one=store: one.find_client("a"), lambda one=store: one.find_credentials("a", None)):
            with pytest.raises(StoreError, match=r"a stored Client cannot be read: .*client_secret") as caught:
                call()
            assert "canary" not in str(caught.value)
        lying.put("client", "a", "client_secret", "right")
        assert store.find_client("a") == Client.create("a", "right")
        store.close()


def test_records_of_derived_classes_are_bound_like_their_base_class(tmp_path: Path) -> None:
    class Named(Client):
        pass

    store = make_sqlite(tmp_path)
    store.create_all()
    store.add_client(Named("a", "s"))
    assert store.find_client("a") == Client("a", "s")
    store.close()


def test_secrets_under_another_key_are_an_error_without_secrets(redis_server: RedisServer, tmp_path: Path) -> None:
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
