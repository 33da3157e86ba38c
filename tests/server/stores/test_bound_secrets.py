"""An encrypted secret is valid only in its own record and field. An unencrypted secret is rejected."""

import json
from collections.abc import Callable, Generator, Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, update

from oauthone.errors import StoreError
from oauthone.server import Client, IssuedToken, PendingAuthorization
from oauthone.server.stores import _schema as schema
from oauthone.server.stores.redis import RedisStore
from oauthone.server.stores.sqlalchemy import SQLAlchemyStore

from ..services import PostgresServer, RedisServer
from ..setting import NOW, Clock
from .backends import clear

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


def sealed_by_earlier_release(secret: str) -> str:
    return "sealed:" + CIPHER.encrypt(secret.encode()).decode()


def test_what_an_earlier_release_encrypted_is_bound_by_one_call(tmp_path: Path) -> None:
    """Until then it is rejected, because it could be a copy from any place."""
    store = make_sqlite(tmp_path)
    store.create_all()
    lying = InSql(store)
    store.add_client(Client.create("a", "new"))
    store.save_token(IssuedToken("a", "new", "a"))
    lying.put("client", "a", "client_secret", sealed_by_earlier_release("old"))
    lying.put("token", "a", "token_secret", sealed_by_earlier_release("old t"))
    with pytest.raises(StoreError, match=r"not bound to its record: call reencrypt\(\) once"):
        store.find_client("a")
    assert store.reencrypt() == 2
    assert store.find_credentials("a", "a") == Client.create("a", "old").credentials("old t")
    lying.put("client", "a", "client_secret", lying.get("token", "a", "token_secret"))
    with pytest.raises(StoreError, match="encrypted for another record or field"):
        store.reencrypt()
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


def test_records_of_ones_own_classes_are_bound_like_those_that_they_are_derived_from(tmp_path: Path) -> None:
    class Named(Client):
        pass

    store = make_sqlite(tmp_path)
    store.create_all()
    store.add_client(Named("a", "s"))
    assert store.find_client("a") == Client("a", "s")
    store.close()
