"""The applications of the load test: one resource, and one way to verify requests for it.

uvicorn --factory bench.load_application:NAME
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from authlib.oauth1.errors import OAuth1Error
from oauthlib.oauth1 import ResourceEndpoint

from oauthone.server import AsyncVerifier, Client, IssuedToken, MemoryStore
from oauthone.server.asgi import VerifyingMiddleware

from . import cases, verifying

_Verify = Callable[[str, str, dict[str, str]], bool]
_Application = Callable[[Any, Any, Callable[[Any], Awaitable[None]]], Awaitable[None]]


async def _resource(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


def unverified() -> _Application:
    """The resource without verification."""
    return _resource


def ours() -> _Application:
    """The resource behind our middleware, with clients, tokens and nonces in memory."""
    store = MemoryStore([Client.create(cases.CLIENT_ID, cases.CLIENT_SECRET)])
    store.save_token(IssuedToken(cases.TOKEN, cases.TOKEN_SECRET, cases.CLIENT_ID))
    return VerifyingMiddleware(_resource, AsyncVerifier(store))


def authlib() -> _Application:
    """The resource behind Authlib's protector, with nonces in a set."""

    class Protector(verifying._AuthlibProtector):
        seen: set[tuple[str, str, str, str]]

        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return _seen(self.seen, (request.client_id, request.token, request.timestamp, nonce))

    protector = Protector()
    protector.seen = set()

    def verify(method: str, url: str, headers: dict[str, str]) -> bool:
        try:
            protector.validate_request(method, url, None, headers)
        except OAuth1Error:
            return False
        return True

    return _guarded(verify)


def oauthlib() -> _Application:
    """The resource behind oauthlib's endpoint, with nonces in a set."""

    class Validator(verifying._OauthlibValidator):
        enforce_ssl = False
        seen: set[tuple[str, str, str, str]]

        def validate_timestamp_and_nonce(
            self, client_key: str, timestamp: str, nonce: str, request: Any, **options: Any
        ) -> bool:
            return not _seen(self.seen, (client_key, request.resource_owner_key, timestamp, nonce))

    validator = Validator()
    validator.seen = set()
    endpoint = ResourceEndpoint(validator)
    return _guarded(
        lambda method, url, headers: bool(endpoint.validate_protected_resource_request(url, method, None, headers)[0])
    )


def _seen(seen: set[tuple[str, str, str, str]], entry: tuple[str, str, str, str]) -> bool:
    if entry in seen:
        return True
    seen.add(entry)
    return False


def _guarded(verify: _Verify) -> _Application:
    async def application(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        if scope["type"] == "http":
            headers = {name.decode("latin-1").title(): value.decode("latin-1") for name, value in scope["headers"]}
            query = scope["query_string"].decode("ascii")
            url = f"{scope['scheme']}://{headers['Host']}{scope['raw_path'].decode('ascii')}" + (query and f"?{query}")
            if not verify(scope["method"], url, headers):
                await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"0")]})
                return await send({"type": "http.response.body", "body": b""})
        await _resource(scope, receive, send)

    return application
