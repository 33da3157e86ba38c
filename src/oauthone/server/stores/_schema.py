"""The tables of the SQL store in one ``MetaData``, which creates them or is passed to a migration tool.

The columns are the fields of `oauthone.server._records`.
"""

from oauthone.errors import missing_library

try:
    from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Integer, MetaData, String, Table, Text
except ModuleNotFoundError as missing:
    raise missing_library("sqlalchemy", "sqlalchemy") from missing

metadata = MetaData()

clients = Table(
    "oauthone_clients",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("client_secret", Text, nullable=False),
    Column("rsa_key", Text),
    Column("signature_methods", JSON, nullable=False),
    Column("name", Text, nullable=False),
    Column("callbacks", JSON, nullable=False),
)

pending_authorizations = Table(
    "oauthone_pending",
    metadata,
    Column("token", Text, primary_key=True),
    Column("token_secret", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("callback", Text),
    Column("expires", Float(53), nullable=False, index=True),
    Column("verifier", Text),
    Column("user_id", Text, key="user"),
    Column("extra", JSON, nullable=False),
    Column("verifier_attempts", Integer, nullable=False, default=0, server_default="0"),
)

tokens = Table(
    "oauthone_tokens",
    metadata,
    Column("token", Text, primary_key=True),
    Column("token_secret", Text, nullable=False),
    Column("client_id", Text, nullable=False, index=True),
    Column("user_id", Text, key="user", index=True),
    Column("expires", Float(53), index=True),
    Column("extra", JSON, nullable=False),
    Column("revoked", Boolean, nullable=False),
)

nonces = Table(
    "oauthone_nonces",
    metadata,
    Column("digest", String(32), primary_key=True),
    Column("timestamp", BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)

#: One row. The nonces of earlier timestamps may have been deleted, so the store refuses those timestamps.
horizon = Table(
    "oauthone_horizon",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("timestamp", BigInteger, nullable=False),
)
