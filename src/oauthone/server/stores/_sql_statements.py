"""What to execute in an SQL database for each method of a store.

Each method is a generator that yields statements and gets their rows. Every statement is a transaction of its own: what
has to be atomic is one statement.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from math import inf
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Executable,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from oauthone.core.verified import Credentials
from oauthone.server._records import Client, IssuedToken, PendingAuthorization, credentials_of
from oauthone.server._storable import is_storable
from oauthone.server.stores import _schema as schema
from oauthone.server.stores._nonces import forgotten, nonce_digest, oldest_kept
from oauthone.server.stores._record_codec import SECRETS, Cipher, Fields, Place
from oauthone.server.stores._schema import clients, horizon, nonces, tokens
from oauthone.server.stores._sql_nonces import find_nonce, insert_horizon, insert_unless_known
from oauthone.server.stores._sql_transactions import Done

Result = TypeVar("Result")
Record = TypeVar("Record")
_NOTHING: Mapping[str, str] = {}


Steps: TypeAlias = Generator[Executable, Done, Result]

_CLIENT = [clients.c[name] for name in Client._fields]
_PENDING = [schema.pending.c[name] for name in PendingAuthorization._fields]
_TOKEN = [tokens.c[name] for name in IssuedToken._fields]


class Statements:
    """What to execute for each of a store's methods."""

    def __init__(self, window: int, cipher: Cipher | None, purge_batch: int, clock: Callable[[], float]) -> None:
        self._window = window
        self._fields = Fields(cipher)
        self._batch = purge_batch
        self._clock = clock
        self._purged_at = -inf

    def add_client(self, client: Client) -> Steps[None]:
        fields = self._fields.of(client)
        done = yield update(clients).where(clients.c.client_id == client.client_id).values(fields)
        if not done.changed:
            yield insert(clients).values(fields)

    def remove_client(self, client_id: str) -> Steps[bool]:
        if not is_storable(client_id):
            return False
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
        if timestamp < oldest_kept(self._window, now):
            raise forgotten(self._window)
        added = yield from self._add_nonce(nonce_digest(client_id, token, timestamp, nonce), timestamp)
        if added:
            yield from self._purge_if_due(now)
        return added

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

    def count_verifier_attempt(self, token: str) -> Steps[int]:
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
        yield self._raise_horizon(now)
        for statement in [
            *self._expired(now),
            self._gone(tokens, tokens.c.token, tokens.c.expires <= now - tokens_after),
        ]:
            count = self._batch
            while count >= self._batch:
                count = (yield statement).changed
                removed += count
        return removed

    def reencrypt(self) -> Steps[int]:
        """Each table in the order of its keys. What somebody else changes meanwhile is left: that is written anew."""
        renewed = 0
        for kind, table in (("client", clients), ("pending", schema.pending), ("token", tokens)):
            (key,), secrets = table.primary_key, [column for column in table.c if column.key in SECRETS]
            last, rows = None, 1
            while rows:
                page = select(key, *secrets).order_by(key).limit(self._batch)
                found = yield page if last is None else page.where(key > last)
                rows = len(found.rows)
                for last, *values in found.rows:
                    held = {column: value for column, value in zip(secrets, values, strict=True) if value is not None}
                    unchanged = and_(key == last, *[column == value for column, value in held.items()])
                    anew = {
                        column.key: self._fields.renewed(value, Place(kind, last, column.key))
                        for column, value in held.items()
                    }
                    renewed += (yield update(table).where(unchanged).values(anew)).changed
        return renewed

    def _add_nonce(self, digest: str, timestamp: int) -> Steps[bool]:
        """Whether it is new. In new tables the first try adds nothing, for they have no horizon yet."""
        for _ in range(2):
            try:
                done = yield insert_unless_known(digest, timestamp)
            except IntegrityError:  # Another process was quicker.
                return False
            if done.changed:
                return True
            if (yield find_nonce(digest)).rows:
                return False
            with suppress(IntegrityError):  # Another process was quicker.
                yield insert_horizon()
        raise forgotten(self._window)

    def _raise_horizon(self, now: float) -> Executable:
        """Refuse from now on what is about to be deleted: the seconds of the nonces that are too old, and no others.

        So it does not matter whose clock says so, nor whether that clock goes back afterwards.
        """
        newest = select(func.max(nonces.c.timestamp) + 1).where(self._too_old(now)).scalar_subquery()
        return update(horizon).where(horizon.c.timestamp < newest).values(timestamp=newest)

    def _purge_if_due(self, now: float) -> Steps[None]:
        """One batch now and then, and one with each nonce while there is more: as many go as come."""
        if 0 <= now - self._purged_at < max(1, self._window // 10):
            return
        self._purged_at = now
        for statement in [self._raise_horizon(now), *self._expired(now)]:
            try:
                done = yield statement
            except SQLAlchemyError:
                return  # The nonce is stored, which is what counts; the next purge comes.
            if done.changed >= self._batch:
                self._purged_at = -inf

    def _too_old(self, now: float) -> ColumnElement[bool]:
        return nonces.c.timestamp < oldest_kept(self._window, now)

    def _expired(self, now: float) -> list[Executable]:
        """Statements that delete a batch each: of nonces only those that lie before the horizon."""
        before = select(horizon.c.timestamp).scalar_subquery()
        return [
            self._gone(nonces, nonces.c.digest, and_(self._too_old(now), nonces.c.timestamp < before)),
            self._gone(schema.pending, schema.pending.c.token, schema.pending.c.expires <= now),
        ]

    def _gone(self, table: Table, key: Column[Any], which: ColumnElement[bool]) -> Executable:
        some = select(key).where(which).limit(self._batch).with_for_update(skip_locked=True)
        return delete(table).where(key.in_(some))

    def _record(self, kind: type[Record], columns: list[Column[Any]], row: Sequence[Any]) -> Record | None:
        """The record in a row of these columns, the first of which is the key; None where there is none."""
        there = row and row[0] is not None
        fields = dict(zip([column.key for column in columns], row, strict=True)) if there else None
        return self._fields.read_or_pretend(kind, fields)


def _first(done: Done) -> Sequence[Any]:
    return tuple(done.rows[0]) if done.rows else ()
