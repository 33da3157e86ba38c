"""`SqlStatements`: the SQL statements of each method of a store.

Each method is a generator that yields statements and receives their rows. Every statement is its own transaction, so a
change that has to be atomic is one statement.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from sqlalchemy import Column, Executable, and_, delete, exists, false, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from oauthone.core.verification_types import Credentials
from oauthone.server._records import Client, IssuedToken, PendingAuthorization, credentials_of
from oauthone.server._settings_checks import require_count, require_number
from oauthone.server._storable import is_storable
from oauthone.server.stores._nonce_digest import nonce_digest, nonce_too_old_error, oldest_kept
from oauthone.server.stores._record_codec import SECRETS, Cipher, Place, RecordCodec
from oauthone.server.stores._schema import clients, horizon, metadata, nonces, pending_authorizations, tokens
from oauthone.server.stores._sql_expiry import Expiry, Statements
from oauthone.server.stores._sql_transactions import Done

Record = TypeVar("Record")

_CLIENT = [clients.c[name] for name in Client._fields]
_PENDING = [pending_authorizations.c[name] for name in PendingAuthorization._fields]
_TOKEN = [tokens.c[name] for name in IssuedToken._fields]


class SqlStatements:
    """The statements of each method of a store.

    Args:
        window: for how many seconds nonces are kept.
        cipher: encrypts secrets; None stores them as they are.
        purge_batch: how many expired rows one statement deletes at most.
        clock: returns the seconds since 1970.
    """

    def __init__(self, window: int, cipher: Cipher | None, purge_batch: int, clock: Callable[[], float]) -> None:
        require_number("window", window, 0)
        require_count("purge_batch", purge_batch, 1)
        self._window = window
        self._codec = RecordCodec(cipher)
        self._batch = purge_batch
        self._clock = clock
        self.expiry = Expiry(window, purge_batch, clock)

    def add_client(self, client: Client) -> Statements[None]:
        fields = self._codec.encode(client)
        done = yield update(clients).where(clients.c.client_id == client.client_id).values(fields)
        if not done.changed:
            yield insert(clients).values(fields)

    def remove_client(self, client_id: str) -> Statements[bool]:
        if not is_storable(client_id):
            return False
        done = yield delete(clients).where(clients.c.client_id == client_id)
        return bool(done.changed)

    def find_client(self, client_id: str) -> Statements[Client | None]:
        if not is_storable(client_id):
            return None
        found = yield select(*_CLIENT).where(clients.c.client_id == client_id)
        return self._record(Client, _CLIENT, _first(found))

    def find_credentials(self, client_id: str, token: str | None) -> Statements[Credentials | None]:
        """Client and token in one statement, which finds a token only if it was issued to this client.

        An unknown client or token takes as long as a known one.
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

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> Statements[bool]:
        now = self._clock()
        if timestamp < oldest_kept(self._window, now):
            raise nonce_too_old_error(self._window)
        added = yield from self._add_nonce(nonce_digest(client_id, token, timestamp, nonce), timestamp)
        if added:
            yield from self.expiry.purge_if_due(now)
        return added

    def save_pending(self, pending: PendingAuthorization) -> Statements[None]:
        yield insert(pending_authorizations).values(self._codec.encode(pending))

    def approve_pending(self, token: str, verifier: str, user: str, extra: Mapping[str, str]) -> Statements[bool]:
        if not is_storable(token):
            return False
        decision = PendingAuthorization(token, "", "", None, 0, verifier, user, extra)
        fields = self._codec.encode(decision)
        done = yield (
            update(pending_authorizations)
            .where(pending_authorizations.c.token == token, pending_authorizations.c.verifier.is_(None))
            .values({name: fields[name] for name in ("verifier", "user", "extra")})
        )
        return bool(done.changed)

    def find_pending(self, token: str) -> Statements[PendingAuthorization | None]:
        if not is_storable(token):
            return None
        found = yield select(*_PENDING).where(pending_authorizations.c.token == token)
        return self._record(PendingAuthorization, _PENDING, _first(found))

    def take_pending(self, token: str) -> Statements[PendingAuthorization | None]:
        if not is_storable(token):
            return None
        taken = yield delete(pending_authorizations).where(pending_authorizations.c.token == token).returning(*_PENDING)
        return self._record(PendingAuthorization, _PENDING, _first(taken))

    def count_verifier_attempt(self, token: str) -> Statements[int]:
        if not is_storable(token):
            return 1
        counted = yield (
            update(pending_authorizations)
            .where(pending_authorizations.c.token == token)
            .values(verifier_attempts=pending_authorizations.c.verifier_attempts + 1)
            .returning(pending_authorizations.c.verifier_attempts)
        )
        return int(counted.rows[0][0]) if counted.rows else 1

    def save_token(self, issued: IssuedToken) -> Statements[None]:
        """Inserting is one statement, and so is replacing, in which a token that was revoked stays revoked."""
        fields = self._codec.encode(issued)
        try:
            yield insert(tokens).values(fields)
        except IntegrityError:
            kept = {**fields, "revoked": True if issued.revoked else tokens.c.revoked}
            done = yield update(tokens).where(tokens.c.token == issued.token).values(kept)
            if not done.changed:
                raise

    def revoke_token(self, token: str) -> Statements[bool]:
        if not is_storable(token):
            return False
        done = yield update(tokens).where(tokens.c.token == token).values(revoked=True)
        return bool(done.changed)

    def tokens_of(self, user: str) -> Statements[list[IssuedToken]]:
        if not is_storable(user):
            return []
        found = yield select(*_TOKEN).where(tokens.c.user == user).order_by(tokens.c.token)
        issued = [self._record(IssuedToken, _TOKEN, tuple(row)) for row in found.rows]
        return [one for one in issued if one is not None]

    def revoke_tokens(self, user: str | None, client_id: str | None) -> Statements[int]:
        if not (is_storable(user) and is_storable(client_id)):
            return 0
        owner = {tokens.c.user: user, tokens.c.client_id: client_id}
        owned = [column == value for column, value in owner.items() if value is not None]
        done = yield update(tokens).where(*owned, tokens.c.revoked.is_(False)).values(revoked=True)
        return done.changed

    def check(self) -> Statements[None]:
        """Read every column of every table, and begin to write: a replica refuses that, as does a read-only file."""
        for table in metadata.sorted_tables:
            yield select(table).where(false())
        yield delete(nonces).where(false())

    def reencrypt(self) -> Statements[int]:
        """Each table in the order of its keys. A row that somebody changes meanwhile is skipped: it is new already."""
        reencrypted = 0
        for kind, table in (("client", clients), ("pending", pending_authorizations), ("token", tokens)):
            (key,), secrets = table.primary_key, [column for column in table.c if column.key in SECRETS]
            last, rows = None, 1
            while rows:
                page = select(key, *secrets).order_by(key).limit(self._batch)
                found = yield page if last is None else page.where(key > last)
                rows = len(found.rows)
                for last, *values in found.rows:
                    stored = {column: value for column, value in zip(secrets, values, strict=True) if value is not None}
                    unchanged = and_(key == last, *[column == value for column, value in stored.items()])
                    encrypted = {
                        column.key: self._codec.reencrypt(value, Place(kind, last, column.key))
                        for column, value in stored.items()
                    }
                    reencrypted += (yield update(table).where(unchanged).values(encrypted)).changed
        return reencrypted

    def _add_nonce(self, digest: str, timestamp: int) -> Statements[bool]:
        """Whether it is new. In new tables the first attempt adds nothing, as they have no horizon yet."""
        for _ in range(2):
            try:
                done = yield _insert_unless_known(digest, timestamp)
            except IntegrityError:  # another process was faster
                return False
            if done.changed:
                return True
            if (yield select(nonces.c.digest).where(nonces.c.digest == digest)).rows:
                return False
            with suppress(IntegrityError):  # another process was faster
                yield _insert_horizon()
        raise nonce_too_old_error(self._window)

    def _record(self, kind: type[Record], columns: list[Column[Any]], row: Sequence[Any]) -> Record | None:
        """The record in a row of these columns, the first of which is the key; None if the row is empty."""
        found = row and row[0] is not None
        fields = dict(zip([column.key for column in columns], row, strict=True)) if found else None
        return self._codec.decode_or_dummy(kind, fields)


def _first(done: Done) -> Sequence[Any]:
    return tuple(done.rows[0]) if done.rows else ()


def _insert_unless_known(digest: str, timestamp: int) -> Executable:
    """Insert a nonce if its timestamp is not before the horizon and it is unknown, in one statement.

    It inserts nothing without the row of the horizon. Of two that run at once, one may still fail with a duplicate key.

    Args:
        digest: the digest of the nonce.
        timestamp: the timestamp of the request, in seconds since 1970.
    """
    row = select(literal(digest, nonces.c.digest.type), literal(timestamp, nonces.c.timestamp.type))
    new = row.where(horizon.c.timestamp <= timestamp, ~exists(select(nonces.c.digest).where(nonces.c.digest == digest)))
    return insert(nonces).from_select(["digest", "timestamp"], new)


def _insert_horizon() -> Executable:
    """Insert the row of the horizon, which new tables lack, unless it exists."""
    row = select(literal(1), literal(0)).where(~exists(select(horizon.c.id)))
    return insert(horizon).from_select(["id", "timestamp"], row)
