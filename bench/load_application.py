"""The applications of the load test: one resource, and one way to verify requests for it.

Behind uvicorn (``uvicorn --factory bench.load_application:asgi_NAME``) it is a plain ASGI application; behind gunicorn
(``gunicorn 'bench.load_application:flask_NAME()'``) a view of Flask. All keep clients, tokens and nonces in memory, and
refuse a nonce that was used before.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import flask
from authlib.integrations.flask_oauth1 import ResourceProtector as AuthlibFlaskProtector
from authlib.oauth1.errors import OAuth1Error
from oauthlib.oauth1 import ResourceEndpoint

from oauthone.server import AsyncVerifier, Client, IssuedToken, MemoryStore, Verifier
from oauthone.server.asgi import VerifyingMiddleware
from oauthone.server.flask import signature_required

from . import cases, verifying

_Verify = Callable[[str, str, dict[str, str]], bool]
_Application = Callable[[Any, Any, Callable[[Any], Awaitable[None]]], Awaitable[None]]
_View = Callable[[str], flask.Response]


# --- behind uvicorn ---------------------------------------------------------------------------------------------------


async def _resource(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


def asgi_unverified() -> _Application:
    """The resource without verification."""
    return _resource


def asgi_ours() -> _Application:
    """The resource behind our middleware."""
    return VerifyingMiddleware(_resource, AsyncVerifier(_memory()))


def asgi_authlib() -> _Application:
    """The resource behind Authlib's protector. Authlib has no module for ASGI, so a few lines call it."""

    seen: set[tuple[str, ...]] = set()

    class Protector(verifying._AuthlibProtector):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return _is_used(seen, request.client_id, request.token, request.timestamp, nonce)

    protector = Protector()

    def verify(method: str, url: str, headers: dict[str, str]) -> bool:
        try:
            protector.validate_request(method, url, None, headers)
        except OAuth1Error:
            return False
        return True

    return _guarded(verify)


def asgi_oauthlib() -> _Application:
    """The resource behind oauthlib's endpoint, which the same few lines call."""
    endpoint = ResourceEndpoint(_Validator())
    return _guarded(
        lambda method, url, headers: bool(endpoint.validate_protected_resource_request(url, method, None, headers)[0])
    )


def _guarded(verify: _Verify) -> _Application:
    """The resource behind ``verify``. It reads no more headers than the peers need for the request of this test."""

    async def application(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        if scope["type"] == "http":
            found = dict(scope["headers"])
            headers = {"Authorization": found[b"authorization"].decode("latin-1")}
            target = f"{scope['raw_path'].decode('ascii')}?{scope['query_string'].decode('ascii')}"
            if not verify(scope["method"], f"{scope['scheme']}://{found[b'host'].decode('ascii')}{target}", headers):
                await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"0")]})
                return await send({"type": "http.response.body", "body": b""})
        await _resource(scope, receive, send)

    return application


# --- behind gunicorn, with Flask --------------------------------------------------------------------------------------


def flask_unverified() -> flask.Flask:
    """The view without verification."""
    return _flask(lambda view: view)


def flask_ours() -> flask.Flask:
    """The view below our decorator."""
    return _flask(signature_required(Verifier(_memory())))


def flask_authlib() -> flask.Flask:
    """The view below the decorator of Authlib's module for Flask, as its documentation shows it."""
    peer = verifying._AuthlibProtector()
    seen: set[tuple[str, ...]] = set()
    require_oauth = AuthlibFlaskProtector(
        query_client=peer.clients.get,
        query_token=lambda client_id, token: peer.tokens.get((client_id, token)),
        exists_nonce=lambda nonce, timestamp, client_id, token: _is_used(seen, client_id, token, timestamp, nonce),
    )
    app = _flask(require_oauth())
    require_oauth.init_app(app)
    return app


def flask_oauthlib() -> flask.Flask:
    """The view behind oauthlib's endpoint, called with Flask's request as its documentation shows it."""
    endpoint = ResourceEndpoint(_Validator())

    def protected(view: _View) -> _View:
        def verified(rest: str) -> flask.Response:
            request = flask.request
            is_valid, _ = endpoint.validate_protected_resource_request(
                request.url, request.method, request.get_data(as_text=True), dict(request.headers)
            )
            return view(rest) if is_valid else flask.Response(status=401)

        return verified

    return _flask(protected)


def _flask(protected: Callable[[_View], Any]) -> flask.Flask:
    app = flask.Flask("load")

    def view(rest: str) -> flask.Response:
        return flask.Response(b"{}", mimetype="application/json")

    app.add_url_rule("/<path:rest>", "view", protected(view))
    return app


# --- what they know ---------------------------------------------------------------------------------------------------


def _memory() -> MemoryStore:
    store = MemoryStore([Client.create(cases.CLIENT_ID, cases.CLIENT_SECRET)])
    store.save_token(IssuedToken(cases.TOKEN, cases.TOKEN_SECRET, cases.CLIENT_ID))
    return store


class _Validator(verifying._OauthlibValidator):
    enforce_ssl = False

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[tuple[str, ...]] = set()

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: str, nonce: str, request: Any, **options: Any
    ) -> bool:
        return not _is_used(self.seen, client_key, request.resource_owner_key, timestamp, nonce)


def _is_used(seen: set[tuple[str, ...]], *entry: str) -> bool:
    if entry in seen:
        return True
    seen.add(entry)
    return False
