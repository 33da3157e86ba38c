"""Statements that delete expired rows, a batch at a time."""

from collections.abc import Callable, Generator
from math import inf
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Column, ColumnElement, Executable, Table, and_, delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from oauthone.server.stores._nonce_digest import oldest_kept
from oauthone.server.stores._schema import horizon, nonces, pending_authorizations, tokens
from oauthone.server.stores._sql_transactions import Done

Result = TypeVar("Result")
Statements: TypeAlias = Generator[Executable, Done, Result]


class Expiry:
    """Deletes the rows of nonces, pending authorizations and tokens that expired.

    Args:
        window: for how many seconds nonces are kept.
        batch: how many rows one statement deletes at most.
        clock: returns the seconds since 1970.
    """

    def __init__(self, window: int, batch: int, clock: Callable[[], float]) -> None:
        self._window = window
        self._batch = batch
        self._clock = clock
        self._purged_at = -inf

    def purge(self, tokens_after: float) -> Statements[int]:
        """Delete all expired rows, a batch at a time. Returns their number.

        Args:
            tokens_after: how many seconds after its expiry a token is deleted.
        """
        now, removed = self._clock(), 0
        yield self.raise_horizon(now)
        old_tokens = self._delete_expired(tokens, tokens.c.token, tokens.c.expires <= now - tokens_after)
        for statement in [*self.delete_batches(now), old_tokens]:
            count = self._batch
            while count >= self._batch:
                count = (yield statement).changed
                removed += count
        return removed

    def purge_if_due(self, now: float) -> Statements[None]:
        """Delete one batch from time to time, and one with each nonce while more are left: deletion keeps up."""
        if 0 <= now - self._purged_at < max(1, self._window // 10):
            return
        self._purged_at = now
        for statement in [self.raise_horizon(now), *self.delete_batches(now)]:
            try:
                done = yield statement
            except SQLAlchemyError:
                return  # The nonce is stored, and only that counts; the next nonce purges again.
            if done.changed >= self._batch:
                self._purged_at = -inf

    def raise_horizon(self, now: float) -> Executable:
        """Refuse from now on the timestamps whose nonces are about to be deleted, and no others.

        So it does not matter which clock decided that, nor whether that clock goes back later.
        """
        newest = select(func.max(nonces.c.timestamp) + 1).where(self._too_old(now)).scalar_subquery()
        return update(horizon).where(horizon.c.timestamp < newest).values(timestamp=newest)

    def delete_batches(self, now: float) -> list[Executable]:
        """Statements that each delete a batch. Of the nonces they delete only those before the horizon."""
        before_horizon = nonces.c.timestamp < select(horizon.c.timestamp).scalar_subquery()
        pending = pending_authorizations
        return [
            self._delete_expired(nonces, nonces.c.digest, and_(self._too_old(now), before_horizon)),
            self._delete_expired(pending, pending.c.token, pending.c.expires <= now),
        ]

    def _too_old(self, now: float) -> ColumnElement[bool]:
        return nonces.c.timestamp < oldest_kept(self._window, now)

    def _delete_expired(self, table: Table, key: Column[Any], expired: ColumnElement[bool]) -> Executable:
        # Rows that another process is deleting are skipped, so that the two do not wait for each other.
        batch = select(key).where(expired).limit(self._batch).with_for_update(skip_locked=True)
        return delete(table).where(key.in_(batch))
