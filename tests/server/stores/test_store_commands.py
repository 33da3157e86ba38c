"""What the generators of the stores leave behind."""

from typing import Any

import pytest

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import VerificationError
from oauthone.server import Client, IssuedToken, Provider, Verifier
from oauthone.server.stores.redis import RedisStore

from ..setting import Clock, signed
from .backends import count


def test_forged_requests_leave_nothing_in_redis_or_sqlite(redis: RedisStore, sqlite: Any) -> None:
    """Requests of unknown clients, with unknown tokens and with wrong signatures, to all endpoints."""
    for store in (redis, sqlite):
        store.add_client(Client.create("client", "secret"))
        store.save_token(IssuedToken("t", "ts", "client"))
        verifier, provider = Verifier(store, clock=Clock()), Provider(store, clock=Clock())
        for client_id in ("client", "nobody"):
            for token in ("t", "u", None):
                secret = token and "guess"
                sent = signed(Signer(client_id, "guess", token=token, token_secret=secret, clock=Clock()), verifier="v")
                with pytest.raises(VerificationError):
                    verifier.verify(*sent)
                assert provider.temporary_credentials(IncomingRequest.from_url(*sent)).status in (400, 401)
                assert provider.token_credentials(IncomingRequest.from_url(*sent)).status in (400, 401)
    assert sorted(redis._redis.keys()) == [
        b"particular:client:client",
        b"particular:token:t",
        b"particular:{client:client}:tokens",
    ]
    assert [count(sqlite, table) for table in ("clients", "tokens", "nonces", "pending")] == [1, 1, 0, 0]
