"""A store in an SQL database, through SQLAlchemy 2: `SQLAlchemyStore` and `AsyncSQLAlchemyStore`.

Each method is a generator that yields statements and gets their rows; the two classes differ in how they execute them.
Every statement is a transaction of its own: what has to be atomic is one statement.
"""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from math import ceil
from typing import Any, NamedTuple, TypeAlias, TypeVar

from oauthone.core.drive import arun, run
from oauthone.core.verified import Credentials
from oauthone.errors import missing_library
from oauthone.server.records import Client, IssuedToken, PendingAuthorization, credentials_of
from oauthone.server.stores.causes import database_error
from oauthone.server.stores.fields import SECRETS, Cipher, Fields, is_storable
from oauthone.server.stores.methods import RETENTION, AsyncStoreMethods, StoreMethods, refuse_nobody
from oauthone.server.stores.nonces import nonce_digest, seconds_to_keep

try:
    from sqlalchemy import Column, Executable, Table, and_, create_engine, delete, event, insert, select, update
    from sqlalchemy.engine import URL, Connection, Engine, make_url
    from sqlalchemy.exc import IntegrityError, SQLAlchemyError
    from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
except ModuleNotFoundError as missing:
    raise missing_library("sqlalchemy", "sqlalchemy") from missing

from oauthone.server.stores import schema
from oauthone.server.stores.schema import clients, metadata, nonces, tokens

__all__ = ["AsyncSQLAlchemyStore", "SQLAlchemyStore", "metadata"]

Result = TypeVar("Result")
Record = TypeVar("Record")
_NOTHING: Mapping[str, str] = {}


class _Done(NamedTuple):
    """What came of a statement."""

    rows: Sequence[Any]
    changed: int


Steps: TypeAlias = Generator[Executable, _Done, Result]

_CLIENT = [clients.c[name] for name in Client._fields]
_PENDING = [schema.pending.c[name] for name in PendingAuthorization._fields]
_TOKEN = [tokens.c[name] for name in IssuedToken._fields]


class _Statements:
    """What to execute for each of a store's methods."""

    def __init__(self, window: int, cipher: Cipher | None, purge_batch: int, clock: Callable[[], float]) -> None:
        self._window = window
        self._fields = Fields(cipher)
        self._batch = purge_batch
        self._clock = clock
        self._purge_at = 0.0

    def add_client(self, client: Client) -> Steps[None]:
        fields = self._fields.of(client)
        done = yield update(clients).where(clients.c.client_id == client.client_id).values(fields)
        if not done.changed:
            yield insert(clients).values(fields)

    def remove_client(self, client_id: str) -> Steps[bool]:
        done = yield delete(clients).where(clients.c.client_id == client_id)
        return bool(done.changed)

    def find_client(self, client_id: str) -> Steps[Client | None]:
        if not is_storable(client_id):
            return None
        found = yield select(*_CLIENT).where(clients.c.client_id == client_id)
        return self._record(Client, _CLIENT, _first(found))

    def find_credentials(self, client_id: str, token: str | None) -> Steps[Credentials | None]:
        """Client and token in one go: of a token that was issued to another client nothing is read.

        Whichever of them is unknown costs what a known one costs.
        """
        if not is_storable(client_id):
            return None
        if token is None or not is_storable(token):
            client = yield from self.find_client(client_id)
            return None if client is None else client.credentials()
        its = and_(tokens.c.client_id == clients.c.client_id, tokens.c.token == token)
        found = (
            yield select(*_CLIENT, *_TOKEN)
            .select_from(clients.outerjoin(tokens, its))
            .where(clients.c.client_id == client_id)
        )
        row = _first(found)
        client = self._record(Client, _CLIENT, row[: len(_CLIENT)])
        issued = self._record(IssuedToken, _TOKEN, row[len(_CLIENT) :])
        return None if client is None else credentials_of(client, issued, self._clock())

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> Steps[bool]:
        now = self._clock()
        keep = seconds_to_keep(timestamp, self._window, now)
        digest = nonce_digest(client_id, token, timestamp, nonce)
        try:
            yield insert(nonces).values(digest=digest, expires=int(now) + keep)
        except IntegrityError:
            return False
        yield from self._purge_if_due(now)
        return True

    def save_pending(self, pending: PendingAuthorization) -> Steps[None]:
        yield insert(schema.pending).values(self._fields.of(pending))

    def approve_pending(self, token: str, verifier: str, user: str, extra: Mapping[str, str] = _NOTHING) -> Steps[bool]:
        if not is_storable(token):
            return False
        decision = PendingAuthorization(token, "", "", None, 0, verifier, user, extra)
        fields = self._fields.of(decision)
        done = yield (
            update(schema.pending)
            .where(schema.pending.c.token == token, schema.pending.c.verifier.is_(None))
            .values({name: fields[name] for name in ("verifier", "user", "extra")})
        )
        return bool(done.changed)

    def find_pending(self, token: str) -> Steps[PendingAuthorization | None]:
        if not is_storable(token):
            return None
        found = yield select(*_PENDING).where(schema.pending.c.token == token)
        return self._record(PendingAuthorization, _PENDING, _first(found))

    def take_pending(self, token: str) -> Steps[PendingAuthorization | None]:
        if not is_storable(token):
            return None
        taken = yield delete(schema.pending).where(schema.pending.c.token == token).returning(*_PENDING)
        return self._record(PendingAuthorization, _PENDING, _first(taken))

    def count_try(self, token: str) -> Steps[int]:
        if not is_storable(token):
            return 1
        counted = yield (
            update(schema.pending)
            .where(schema.pending.c.token == token)
            .values(tries=schema.pending.c.tries + 1)
            .returning(schema.pending.c.tries)
        )
        return int(counted.rows[0][0]) if counted.rows else 1

    def save_token(self, issued: IssuedToken) -> Steps[None]:
        """A new one is one statement; so is replacing one, in which what was revoked meanwhile stays so."""
        fields = self._fields.of(issued)
        try:
            yield insert(tokens).values(fields)
        except IntegrityError:
            kept = {**fields, "revoked": True if issued.revoked else tokens.c.revoked}
            done = yield update(tokens).where(tokens.c.token == issued.token).values(kept)
            if not done.changed:
                raise

    def revoke_token(self, token: str) -> Steps[bool]:
        if not is_storable(token):
            return False
        done = yield update(tokens).where(tokens.c.token == token).values(revoked=True)
        return bool(done.changed)

    def tokens_of(self, user: str) -> Steps[list[IssuedToken]]:
        if not is_storable(user):
            return []
        found = yield select(*_TOKEN).where(tokens.c.user == user).order_by(tokens.c.token)
        issued = [self._record(IssuedToken, _TOKEN, tuple(row)) for row in found.rows]
        return [one for one in issued if one is not None]

    def revoke_tokens(self, user: str | None, client_id: str | None) -> Steps[int]:
        if not (is_storable(user) and is_storable(client_id)):
            return 0
        whose = {tokens.c.user: user, tokens.c.client_id: client_id}
        meant = [column == value for column, value in whose.items() if value is not None]
        done = yield update(tokens).where(*meant, tokens.c.revoked.is_(False)).values(revoked=True)
        return done.changed

    def purge(self, tokens_after: float) -> Steps[int]:
        """Delete what expired, a batch at a time, until there is no more."""
        now, removed = self._clock(), 0
        for statement in [*self._expired(now), self._gone(tokens, tokens.c.token, now - tokens_after)]:
            count = self._batch
            while count >= self._batch:
                count = (yield statement).changed
                removed += count
        return removed

    def reencrypt(self) -> Steps[int]:
        """Each table in the order of its keys. What somebody else changes meanwhile is left: that is written anew."""
        renewed = 0
        for table in (clients, schema.pending, tokens):
            (key,), secrets = table.primary_key, [column for column in table.c if column.key in SECRETS]
            last, rows = None, 1
            while rows:
                page = select(key, *secrets).order_by(key).limit(self._batch)
                found = yield page if last is None else page.where(key > last)
                rows = len(found.rows)
                for last, *values in found.rows:
                    held = {column: value for column, value in zip(secrets, values, strict=True) if value is not None}
                    unchanged = and_(key == last, *[column == value for column, value in held.items()])
                    anew = {column.key: self._fields.renewed(value) for column, value in held.items()}
                    renewed += (yield update(table).where(unchanged).values(anew)).changed
        return renewed

    def _purge_if_due(self, now: float) -> Steps[None]:
        """One batch now and then, and one with each nonce while there is more: as many go as come."""
        if now < self._purge_at:
            return
        self._purge_at = now + max(1, self._window // 10)
        for statement in self._expired(now):
            try:
                done = yield statement
            except SQLAlchemyError:
                return  # The nonce is stored, which is what counts; the next purge comes.
            if done.changed >= self._batch:
                self._purge_at = now

    def _expired(self, now: float) -> list[Executable]:
        return [self._gone(nonces, nonces.c.digest, now), self._gone(schema.pending, schema.pending.c.token, now)]

    def _gone(self, table: Table, key: Column[Any], until: float) -> Executable:
        """Deletes a batch of what expired before."""
        some = select(key).where(table.c.expires <= until).limit(self._batch).with_for_update(skip_locked=True)
        return delete(table).where(key.in_(some))

    def _record(self, kind: type[Record], columns: list[Column[Any]], row: Sequence[Any]) -> Record | None:
        """The record in a row of these columns, the first of which is the key; None where there is none."""
        there = row and row[0] is not None
        fields = dict(zip([column.key for column in columns], row, strict=True)) if there else None
        return self._fields.read_or_pretend(kind, fields)


class SQLAlchemyStore(StoreMethods):
    """Clients, pending authorizations, tokens and nonces in SQLite or PostgreSQL.

    A database that is down is a `oauthone.errors.StoreError`, and nothing is accepted meanwhile.

    Args:
        engine: an ``Engine``, or a URL for one: ``"sqlite:///oauthone.db"`` needs no server,
            ``"postgresql+pg8000://…"`` (or ``psycopg``) has one. An engine of your own brings its own timeouts.
        window: how many seconds a timestamp may lie in past or future: at least the verifier's window.
        cipher: encrypts secrets at rest, such as a ``Fernet`` of ``cryptography``; None writes them as they are.
        timeout: how many seconds to wait for the database of a URL. Through psycopg and psycopg2 that counts for
            connecting only, in whole seconds; a driver that is none of those named here has timeouts of its own.
        purge_batch: how many expired rows one statement deletes at most.
        clock: returns the seconds since 1970.
    """

    def __init__(
        self,
        engine: str | URL | Engine,
        *,
        window: int = 300,
        cipher: Cipher | None = None,
        timeout: float = 5.0,
        purge_batch: int = 500,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not isinstance(engine, Engine):
            engine = create_engine(engine, **_engine_options(make_url(engine), timeout))
            _prepare(engine)
        self._engine = engine
        steps = _Statements(window, cipher, purge_batch, clock)
        super().__init__(steps)
        self._statements = steps

    def create_all(self) -> None:
        """Create the tables that are not there yet."""
        self._guarded(lambda: metadata.create_all(self._engine))

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def tokens_of(self, user: str) -> list[IssuedToken]:
        """Every token of this user, also those that expired or were revoked, in the order of their identifiers."""
        return self._ask(self._statements.tokens_of(user))

    def revoke_tokens(self, *, user: str | None = None, client_id: str | None = None) -> int:
        """Let no further request pass with any token of this user, of this client, or of this user for this client.

        Returns:
            How many tokens were revoked that were not before.

        Raises:
            ValueError: neither is named.
        """
        refuse_nobody(user, client_id)
        return self._ask(self._statements.revoke_tokens(user, client_id))

    def purge(self, *, tokens_after: float = RETENTION) -> int:
        """Delete what expired, in batches; returns how many. Safe at any time.

        Args:
            tokens_after: how many seconds after they expired tokens go too; until then their client is told that they
                expired. 30 days, as in Redis. Nonces and pending authorizations go at once.
        """
        return self._ask(self._statements.purge(tokens_after))

    def reencrypt(self) -> int:
        """Encrypt every secret anew with the first key of the cipher; returns how many rows were written.

        It reads what any key of the cipher can, and what was never encrypted. So a cipher can be added, and an old key
        of a ``MultiFernet`` be left out afterwards. Servers may run meanwhile if they have that cipher; until it is
        through, they fail for what is not encrypted yet. What fails can be repeated.

        Raises:
            StoreError: a secret that none of the keys reads, or no cipher at all for one that is encrypted.
        """
        return self._ask(self._statements.reencrypt())

    def _ask(self, steps: Generator[Any, Any, Result]) -> Result:
        return self._guarded(lambda: run(steps, self._execute))

    def _guarded(self, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except (SQLAlchemyError, OSError) as failed:
            error = database_error(failed)
        # Raised out here, for the error that was caught quotes the values it was given.
        raise error

    def _execute(self, statement: Executable) -> _Done:
        with self._engine.begin() as connection:
            return _execute(connection, statement)


class AsyncSQLAlchemyStore(AsyncStoreMethods):
    """`SQLAlchemyStore` whose methods are coroutines. It belongs to the event loop in which it is first used.

    Args:
        engine: an ``AsyncEngine``, or a URL for one: ``"sqlite+aiosqlite:///oauthone.db"``,
            ``"postgresql+asyncpg://…"``.
        window: see `SQLAlchemyStore`, as for the others.
        cipher: encrypts secrets at rest.
        timeout: how many seconds to wait for the database of a URL.
        purge_batch: how many expired rows one statement deletes at most.
        clock: returns the seconds since 1970.
    """

    def __init__(
        self,
        engine: str | URL | AsyncEngine,
        *,
        window: int = 300,
        cipher: Cipher | None = None,
        timeout: float = 5.0,
        purge_batch: int = 500,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not isinstance(engine, AsyncEngine):
            engine = create_async_engine(engine, **_engine_options(make_url(engine), timeout))
            _prepare(engine.sync_engine)
        self._engine = engine
        steps = _Statements(window, cipher, purge_batch, clock)
        super().__init__(steps)
        self._statements = steps

    async def create_all(self) -> None:
        """See `SQLAlchemyStore.create_all`."""

        def create(connection: Connection) -> _Done:
            metadata.create_all(connection)
            return _Done((), 0)

        await self._guarded(create)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._engine.dispose()

    async def tokens_of(self, user: str) -> list[IssuedToken]:
        """See `SQLAlchemyStore.tokens_of`."""
        return await self._ask(self._statements.tokens_of(user))

    async def revoke_tokens(self, *, user: str | None = None, client_id: str | None = None) -> int:
        """See `SQLAlchemyStore.revoke_tokens`."""
        refuse_nobody(user, client_id)
        return await self._ask(self._statements.revoke_tokens(user, client_id))

    async def purge(self, *, tokens_after: float = RETENTION) -> int:
        """See `SQLAlchemyStore.purge`."""
        return await self._ask(self._statements.purge(tokens_after))

    async def reencrypt(self) -> int:
        """See `SQLAlchemyStore.reencrypt`."""
        return await self._ask(self._statements.reencrypt())

    async def _ask(self, steps: Generator[Any, Any, Result]) -> Result:
        try:
            return await arun(steps, self._execute)
        except (SQLAlchemyError, OSError) as failed:
            error = database_error(failed)
        # Raised out here, for the error that was caught quotes the values it was given.
        raise error

    async def _guarded(self, work: Callable[[Connection], _Done]) -> None:
        try:
            async with self._engine.begin() as connection:
                await connection.run_sync(work)
            return
        except (SQLAlchemyError, OSError) as failed:
            error = database_error(failed)
        raise error

    async def _execute(self, statement: Executable) -> _Done:
        async with self._engine.begin() as connection:
            return await connection.run_sync(_execute, statement)


def _first(done: _Done) -> Sequence[Any]:
    return tuple(done.rows[0]) if done.rows else ()


def _execute(connection: Connection, statement: Executable) -> _Done:
    result = connection.execute(statement)
    return _Done(result.all() if result.returns_rows else (), result.rowcount)


def _whole_seconds(timeout: float) -> int:
    return max(1, ceil(timeout))


#: By what name each driver wants to know how long it may wait, and as what. Others are told nothing.
_WAITS: dict[str, dict[str, Callable[[float], float]]] = {
    "pysqlite": {"timeout": float},
    "aiosqlite": {"timeout": float},
    "pg8000": {"timeout": float},
    "asyncpg": {"timeout": float, "command_timeout": float},
    "psycopg": {"connect_timeout": _whole_seconds},
    "psycopg_async": {"connect_timeout": _whole_seconds},
    "psycopg2": {"connect_timeout": _whole_seconds},
}


def _engine_options(url: URL, timeout: float) -> dict[str, Any]:
    """Timeouts for everything that waits, and no values of parameters in errors."""
    arguments = {name: kind(timeout) for name, kind in _WAITS.get(url.get_driver_name(), {}).items()}
    options: dict[str, Any] = {"connect_args": arguments, "hide_parameters": True}
    if url.get_backend_name() != "sqlite":
        options["pool_timeout"] = timeout
    return options


def _prepare(engine: Engine) -> None:
    """SQLite lets others read while one writes only if it is told to."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()
