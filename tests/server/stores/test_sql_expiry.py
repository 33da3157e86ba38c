"""Expired rows are deleted a batch at a time, by requests and by hand."""

import sqlite3
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from oauthone.server import Client, IssuedToken, PendingAuthorization
from oauthone.server.stores.sqlalchemy import SQLAlchemyStore

from ..services import PostgresServer
from ..setting import NOW, Clock
from .backends import clear, count

DAY = 24 * 3600


def test_each_new_nonce_deletes_a_batch_of_expired_ones(sqlite: Any) -> None:
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


def test_purging_by_hand_leaves_records_that_still_count(sqlite: Any) -> None:
    for number in range(7):
        sqlite.use_nonce("c", "t", NOW, f"old{number}")
    sqlite.save_pending(PendingAuthorization("old", "s", "c", None, NOW + 100))
    sqlite.use_nonce("c", "t", NOW + 200, "new")
    assert sqlite.purge() == 0
    sqlite.clock.now = NOW + 361
    assert sqlite.purge() == 8
    assert (count(sqlite, "nonces"), count(sqlite, "pending")) == (1, 0)


def test_expired_tokens_are_deleted_a_month_later_or_after_the_time_passed(sqlite: Any) -> None:
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
