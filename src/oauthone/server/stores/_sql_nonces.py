"""Statements that add a nonce and look for one. If a nonce exists already, no statement fails."""

from sqlalchemy import Executable, exists, insert, literal, select

from oauthone.server.stores._schema import horizon, nonces


def insert_unless_known(digest: str, timestamp: int) -> Executable:
    """Insert a nonce if its timestamp is not before the horizon and it is unknown, in one statement.

    It inserts nothing without the row of the horizon. Of two that run at once, one may still fail with a duplicate key.

    Args:
        digest: the digest of the nonce.
        timestamp: the timestamp of the request, in seconds since 1970.
    """
    row = select(literal(digest, nonces.c.digest.type), literal(timestamp, nonces.c.timestamp.type))
    new = row.where(horizon.c.timestamp <= timestamp, ~exists(select(nonces.c.digest).where(nonces.c.digest == digest)))
    return insert(nonces).from_select(["digest", "timestamp"], new)


def find_nonce(digest: str) -> Executable:
    """Select the nonce with this digest."""
    return select(nonces.c.timestamp).where(nonces.c.digest == digest)


def insert_horizon() -> Executable:
    """Insert the row of the horizon, which new tables lack, unless it exists."""
    row = select(literal(1), literal(0)).where(~exists(select(horizon.c.id)))
    return insert(horizon).from_select(["id", "timestamp"], row)
