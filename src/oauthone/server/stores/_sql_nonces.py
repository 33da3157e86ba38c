"""Statements that add a nonce and look for one. A nonce that is there already is no error: there is nothing to undo."""

from sqlalchemy import Executable, exists, insert, literal, select

from oauthone.server.stores._schema import horizon, nonces


def insert_unless_known(digest: str, timestamp: int) -> Executable:
    """Looks at the horizon and at the nonces, and adds this one, in one statement.

    It adds nothing without the row of the horizon. Of two that run at once, one may still fail with a duplicate key.
    """
    row = select(literal(digest, nonces.c.digest.type), literal(timestamp, nonces.c.timestamp.type))
    new = row.where(horizon.c.timestamp <= timestamp, ~exists(select(nonces.c.digest).where(nonces.c.digest == digest)))
    return insert(nonces).from_select(["digest", "timestamp"], new)


def find_nonce(digest: str) -> Executable:
    """Selects the nonce with this digest."""
    return select(nonces.c.timestamp).where(nonces.c.digest == digest)


def insert_horizon() -> Executable:
    """Adds the row of the horizon unless it is there, as it is not in new tables."""
    row = select(literal(1), literal(0)).where(~exists(select(horizon.c.id)))
    return insert(horizon).from_select(["id", "timestamp"], row)
