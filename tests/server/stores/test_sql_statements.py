"""The statements of each method: how many there are, and none for text that no row can hold."""

from collections.abc import Generator
from typing import Any

import pytest
from sqlalchemy import Engine, Executable, create_engine, insert, select, update

from oauthone.core.drive import run
from oauthone.errors import StoreError
from oauthone.server import Client, IssuedToken, PendingAuthorization
from oauthone.server.stores._schema import horizon, metadata, nonces
from oauthone.server.stores._sql_statements import SqlStatements
from oauthone.server.stores._sql_transactions import Done, execute

from ..setting import NOW, Clock

ODD = "a\0b"


class Database:
    """A database of SQLite in memory, which counts the statements that it executes."""

    def __init__(self) -> None:
        self.engine: Engine = create_engine("sqlite://")
        metadata.create_all(self.engine)
        self.statements = SqlStatements(300, None, 100, Clock())
        self.executed: list[Executable] = []
        #: Called before each statement.
        self.before: Any = lambda statement: None

    def execute(self, statement: Executable) -> Done:
        self.before(statement)
        self.executed.append(statement)
        with self.engine.connect() as connection:
            return execute(connection, statement)

    def call(self, name: str, *arguments: Any) -> Any:
        """Run one method; ``executed`` then holds its statements."""
        self.executed.clear()
        return run(getattr(self.statements, name)(*arguments), self.execute)


@pytest.fixture
def database() -> Generator[Database, None, None]:
    made = Database()
    made.call("add_client", Client.create("c", "s"))
    made.call("save_token", IssuedToken("t", "ts", "c", "ann"))
    yield made
    made.engine.dispose()


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("remove_client", (ODD,), False),
        ("find_client", (ODD,), None),
        ("find_credentials", (ODD, "t"), None),
        ("approve_pending", (ODD, "v", "ann", {}), False),
        ("find_pending", (ODD,), None),
        ("take_pending", (ODD,), None),
        ("count_verifier_attempt", (ODD,), 1),
        ("revoke_token", (ODD,), False),
        ("tokens_of", (ODD,), []),
        ("revoke_tokens", (ODD, None), 0),
        ("revoke_tokens", (None, ODD), 0),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_text_that_no_row_can_hold_is_unknown_without_a_statement(
    database: Database, name: str, arguments: tuple[Any, ...], result: Any
) -> None:
    assert database.call(name, *arguments) == result
    assert database.executed == []


@pytest.mark.parametrize("client_id", ["c", "unknown"])
@pytest.mark.parametrize("token", ["t", "unknown", None, ODD])
def test_credentials_are_one_statement_whether_they_are_known_or_not(
    database: Database, client_id: str, token: str | None
) -> None:
    found = database.call("find_credentials", client_id, token)
    assert (found is None, len(database.executed)) == (client_id == "unknown", 1)
    assert found is None or (found.token_secret is not None) == (token == "t")


def test_a_token_that_exists_is_replaced_and_stays_revoked(database: Database) -> None:
    assert database.call("revoke_token", "t")
    database.call("save_token", IssuedToken("t", "other", "c", "bob"))
    (issued,) = database.call("tokens_of", "bob")
    assert (issued.token_secret, issued.revoked) == ("other", True)


def test_a_client_is_updated_or_inserted(database: Database) -> None:
    database.call("add_client", Client.create("c", "other"))
    assert len(database.executed) == 1
    database.call("add_client", Client.create("d", "s"))
    assert len(database.executed) == 2
    assert database.call("find_client", "c").client_secret == "other"


def test_only_the_first_decision_about_an_authorization_is_recorded(database: Database) -> None:
    database.call("save_pending", PendingAuthorization("p", "ps", "c", None, NOW + 600))
    assert [database.call("approve_pending", "p", "v", user, {}) for user in ("ann", "bob")] == [True, False]
    assert database.call("take_pending", "p").user == "ann"
    assert database.call("take_pending", "p") is None


def test_a_nonce_is_new_once_and_the_first_one_creates_the_horizon(database: Database) -> None:
    assert [database.call("use_nonce", "c", "t", NOW, "n") for _ in range(2)] == [True, False]
    with database.engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(select(horizon))] == [(1, 0)]


def test_a_nonce_before_the_horizon_is_an_error(database: Database) -> None:
    """It may have been used, and deleted since by another process."""
    database.call("use_nonce", "c", "t", NOW, "n")
    database.execute(update(horizon).values(timestamp=NOW + 1))
    with pytest.raises(StoreError, match="may have been forgotten"):
        database.call("use_nonce", "c", "t", NOW, "m")


def test_a_timestamp_outside_the_window_is_an_error_without_a_statement(database: Database) -> None:
    with pytest.raises(StoreError, match="may have been forgotten"):
        database.call("use_nonce", "c", "t", NOW - 361, "n")
    assert database.executed == []


def test_a_nonce_that_another_process_inserts_meanwhile_is_not_new(database: Database) -> None:
    database.call("use_nonce", "c", "t", NOW, "n")
    with database.engine.begin() as connection:
        (digest,) = connection.execute(select(nonces.c.digest)).scalars()
        connection.execute(nonces.delete())

    def be_faster(statement: Executable) -> None:
        database.before = lambda statement: None
        database.execute(insert(nonces).values(digest=digest, timestamp=NOW))

    database.before = be_faster
    assert database.call("use_nonce", "c", "t", NOW, "n") is False
