"""`oauthone.server`: verifiers, providers, stores of one's own and the glue of frameworks."""

from collections.abc import Mapping
from typing import assert_type

from flask import Flask

from oauthone import Placement
from oauthone.server import (
    AsyncProvider,
    AsyncTokenManagement,
    AsyncVerifier,
    Client,
    Credentials,
    EndpointResponse,
    IncomingRequest,
    IssuedToken,
    MemoryStore,
    PendingAuthorization,
    ProtectorOptions,
    Provider,
    Refusal,
    TokenManagement,
    Verified,
    Verifier,
)
from oauthone.server.fastapi import RequireSignature
from oauthone.server.flask import signature_required
from oauthone.server.starlette import signature_authentication
from oauthone.server.stores.redis import AsyncRedisStore, RedisStore
from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore, SQLAlchemyStore

URL = "https://api.example/photos"


class OwnStore:
    """A plain store for a `Verifier`."""

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        return None

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        return True


class OwnAsyncStore:
    """A store for an `AsyncVerifier`."""

    async def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        return None

    async def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        return True


class ForgetfulStore:
    """It lacks ``use_nonce``."""

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        return None


def right(request: IncomingRequest, headers: Mapping[str, str], app: Flask) -> None:
    verifier = Verifier(OwnStore(), token="optional", body_hash="required", signature_methods=["HMAC-SHA256"])
    verified = verifier.verify("GET", URL, headers)
    assert_type(verified, Verified)
    assert_type(verifier.verify(request), Verified)
    assert_type(verified.user, str | None)
    assert_type(verified.placement, Placement)
    assert_type(Client.create("id", "secret"), Client)
    provider = Provider(MemoryStore(), verifier=verifier, token_lifetime=None)
    assert_type(provider.temporary_credentials(request), EndpointResponse)
    assert_type(provider.token_credentials(request).status, int)
    assert_type(provider.pending("token"), tuple[PendingAuthorization, Client])

    @app.get("/photos")
    @signature_required(verifier, scope="photos")
    def photos() -> str:
        return "…"

    photos()


async def right_in_async(request: IncomingRequest) -> None:
    verifier = AsyncVerifier(OwnAsyncStore())
    assert_type(await verifier.verify(request), Verified)
    assert_type(await AsyncVerifier(MemoryStore()).verify(request), Verified)
    assert_type(await AsyncProvider(MemoryStore()).temporary_credentials(request), EndpointResponse)
    signature_authentication(verifier, explain=True, on_refusal=print)
    options: ProtectorOptions = {"max_body": 1000, "scope": "photos"}
    RequireSignature(verifier, **options)


def revocation(memory: MemoryStore, redis: RedisStore, sql: SQLAlchemyStore) -> None:
    stores: tuple[TokenManagement, ...] = (memory, redis, sql)
    for store in stores:
        assert_type(store.revoke_token("token"), bool)
        assert_type(store.tokens_of("user"), list[IssuedToken])
        assert_type(store.revoke_tokens(client_id="id"), int)


async def revocation_in_async(redis: AsyncRedisStore, sql: AsyncSQLAlchemyStore) -> None:
    stores: tuple[AsyncTokenManagement, ...] = (redis, sql)
    for store in stores:
        assert_type(await store.revoke_tokens(user="user"), int)


def wrong_revocation(memory: MemoryStore) -> None:
    own: TokenManagement = OwnStore()  # type: ignore[assignment]
    own.revoke_tokens("user")  # type: ignore[call-arg]
    waiting: AsyncTokenManagement = memory  # type: ignore[assignment]
    del waiting


def wrong(request: IncomingRequest, refusal: Refusal) -> None:
    Verifier(ForgetfulStore())  # type: ignore[arg-type]
    Verifier(OwnAsyncStore())  # type: ignore[arg-type]
    Verifier(OwnStore(), token="maybe")  # type: ignore[arg-type]
    Verifier(OwnStore(), body_hash="auto")  # type: ignore[arg-type]
    Verifier(OwnStore(), windw=5)  # type: ignore[call-arg]
    Provider(OwnStore())  # type: ignore[arg-type]
    signature_required(AsyncVerifier(OwnAsyncStore()))  # type: ignore[arg-type]
    signature_authentication(Verifier(OwnStore()))  # type: ignore[arg-type]
    signature_required(Verifier(OwnStore()), max_body="1 MiB")  # type: ignore[arg-type]
    signature_required(Verifier(OwnStore()), max_bdy=1)  # type: ignore[call-arg]
    RequireSignature(AsyncVerifier(OwnAsyncStore()), scope=("photos",))  # type: ignore[arg-type]
    RequireSignature(Verifier(OwnStore()))  # type: ignore[arg-type]
    refusal.reason = ""  # type: ignore[misc]
