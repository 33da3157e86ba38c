"""ASGI: middleware that lets only signed requests through to the application, and the request in a scope."""

import sys
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from typing import Any, TypeAlias, Unpack
from urllib.parse import unquote_to_bytes

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import needs_body
from oauthone.core.verification_types import Verified
from oauthone.errors import VerificationError
from oauthone.server._protected_paths import is_ambiguous, path_readings, protects_path, rebuilt_path, require_paths
from oauthone.server._protector import AsyncResourceProtector, ProtectorOptions
from oauthone.server._responses import CACHE_CONTROL, VARY, EndpointResponse, private_headers
from oauthone.server._verifier import AsyncVerifier

__all__ = ["VerifyingMiddleware", "request_from_scope"]

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Where the application finds `Verified` in its scope.
VERIFIED = "oauthone.verified"

#: In how many pieces a body may arrive if the signature covers it.
MAX_PIECES = 16 * 1024

_VARY = (b"vary", VARY[1].encode("ascii"))
_CACHE_CONTROL = (b"cache-control", CACHE_CONTROL[1].encode("ascii"))


class VerifyingMiddleware:
    """Calls the application for signed requests, with ``scope["oauthone.verified"]``, and answers the others itself.

    A WebSocket on a protected path is closed: its messages cannot be signed.

    Args:
        app: the ASGI application.
        verifier: verifies the requests.
        paths: the paths that are protected, each with all below it, such as ``("/api",)``; None protects everything.
            They are compared with the whole path and with the path below ``root_path``, and match other spellings with
            more slashes or with dot segments too. An application that strips a prefix itself, such as Django with
            ``FORCE_SCRIPT_NAME``, needs its paths with that prefix too.
        protects: returns whether a scope is protected, for rules that ``paths`` cannot express. If ``path`` has an
            unusual spelling, it is called for the usual one as well, and one True is enough.
        options: see `oauthone.server.ProtectorOptions`.
    """

    def __init__(
        self,
        app: Application,
        verifier: AsyncVerifier,
        *,
        paths: Collection[str] | None = None,
        protects: Callable[[Scope], bool] | None = None,
        **options: Unpack[ProtectorOptions],
    ) -> None:
        self._app = app
        self._protector = AsyncResourceProtector(verifier, **options)
        self._paths = require_paths(paths, protects)
        self._protects = protects

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or not self._is_protected(scope):
            return await self._app(scope, receive, send)
        protector = self._protector
        if scope["type"] != "http":
            protector.note_refusal(_no_websocket(), request_from_scope({"headers": (), **scope, "method": "GET"}))
            return await send({"type": "websocket.close", "code": 1008})
        request = request_from_scope(scope)
        if needs_body(request, protector.verifier.policy):
            request.body, receive = await read_body(receive, protector.max_body)
        outcome = await protector.validate_request(request)
        if not isinstance(outcome, Verified):
            return await _send_response(outcome, send, is_head=request.method == "HEAD")
        await self._app({**scope, VERIFIED: outcome}, receive, send_privately(send))

    def _is_protected(self, scope: Scope) -> bool:
        if self._paths is not None:
            return self._lies_below(self._paths, scope)
        if self._protects is None or self._protects(scope):
            return True
        whole: str = scope["path"]
        return is_ambiguous(whole) or any(self._protects({**scope, "path": one}) for one in path_readings(whole))

    def _lies_below(self, paths: tuple[str, ...], scope: Scope) -> bool:
        whole: str = scope["path"]
        if protects_path(paths, whole or "/"):
            return True
        roots = scope.get("root_path", ""), getattr(self._app, "root_path", "")
        below = [whole.removeprefix(root.rstrip("/")) for root in roots if root and isinstance(root, str)]
        return any(protects_path(paths, path or "/") for path in below)


def _no_websocket() -> VerificationError:
    return VerificationError(403, "permission_denied", "the messages of a WebSocket cannot be signed")


def request_from_scope(scope: Mapping[str, Any]) -> IncomingRequest:
    """The request that an ASGI server hands over, without its body.

    The path is read from ``raw_path``, and must be the one that the application reads from ``path`` and ``root_path``:
    otherwise the request has a ``fault``. If the server does not set ``raw_path``, the path is rebuilt from ``path``.

    Args:
        scope: a scope of type ``http``.
    """
    query = scope.get("query_string", b"")
    query = query if isinstance(query, str) else query.decode("latin-1")  # a string in Django's test client
    path, fault = _usual_path(scope), None
    if path is None:
        path, fault = _target(scope, query)
    server: tuple[str, object] = scope.get("server") or ("localhost", None)
    return IncomingRequest(
        scope["method"],
        scope.get("scheme", "http"),
        server,
        path,
        query,
        scope["headers"],
        has_octets=True,
        fault=fault,
        claimed_mount=_claimed_mount(scope),
    )


def head_of(scope: Mapping[str, Any]) -> tuple[object, ...]:
    """All that `request_from_scope` reads, copied: two scopes with equal heads are the same request.

    Args:
        scope: a scope of type ``http``.
    """
    return (
        scope["method"],
        scope.get("scheme"),
        tuple(scope.get("server") or ()),
        scope["path"],
        scope.get("raw_path"),
        scope.get("root_path"),
        scope.get("query_string"),
        [*map(tuple, scope["headers"])],
        _claimed_mount(scope),
    )


def _usual_path(scope: Mapping[str, Any]) -> str | None:
    """What `_target` returns for a path that the server hands over as it arrived, without a fault; None for others."""
    raw: bytes | None = scope.get("raw_path")
    if raw is None:
        return None
    path = raw.decode("latin-1")
    return path if path == scope["path"] and "?" not in path else None


def _target(scope: Mapping[str, Any], query: str) -> tuple[str, str | None]:
    """The path as it arrived, and what the application reads differently, in words, or None."""
    seen: str = scope["path"]
    raw: bytes | None = scope.get("raw_path")
    if raw is None:
        return rebuilt_path(seen), None
    octets, question_mark, raw_query = raw.partition(b"?")
    path = octets.decode("latin-1")
    if question_mark and raw_query.decode("latin-1") != query:
        return path, "the server hands the application another query than the one that arrived"
    text = path if b"%" not in octets and octets.isascii() else unquote_to_bytes(octets).decode("utf-8", "replace")
    if seen not in (text, path) and text != scope.get("root_path", "") + seen:
        return path, "the server hands the application another path than the one that arrived"
    return path, None


def _claimed_mount(scope: Mapping[str, Any]) -> str | None:
    """The ``root_path`` if a client may have set it: daphne reads it from the header ``Daphne-Root-Path``."""
    is_daphne = "daphne.http_protocol" in sys.modules and "spec_version" not in scope.get("asgi", {})
    return (scope.get("root_path") or None) if is_daphne else None


async def read_body(receive: Receive, limit: int) -> tuple[bytes, Receive]:
    """The body, and what the application receives it from again. Reading ends soon after ``limit``.

    A client can send many empty pieces, or a body one octet at a time. So all pieces are joined in one buffer, and a
    body in more than `MAX_PIECES` pieces counts as one that is longer than ``limit``.

    Args:
        receive: the application's.
        limit: how many octets are read.
    """
    body = bytearray()
    last: Message = {"type": "http.request", "more_body": True}
    pieces = 0
    while last.get("more_body") and len(body) <= limit:
        last = await receive()
        body += last.get("body", b"")
        pieces += 1
        if pieces > MAX_PIECES:
            break
    octets = bytes(body)
    again: list[Message] = [{"type": "http.request", "body": octets, "more_body": bool(last.get("more_body"))}]
    if last["type"] != "http.request":
        again.insert(0, last)

    async def receive_again() -> Message:
        return again.pop() if again else await receive()

    return (bytes(limit + 1) if pieces > MAX_PIECES else octets), receive_again


async def _send_response(response: EndpointResponse, send: Send, *, is_head: bool) -> None:
    headers = response.headers if is_head else (*response.headers, ("Content-Length", str(len(response.body))))
    octets = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": response.status, "headers": octets})
    await send({"type": "http.response.body", "body": response.body})


def send_privately(send: Send) -> Send:
    """``send`` for the response to a signed request, which no shared cache may serve to others."""
    # A coroutine function would put another coroutine around that of each message, and annotations would be evaluated
    # for each request.
    return lambda message: send(_as_private(message) if message["type"] == "http.response.start" else message)


def _as_private(message: Message) -> Message:
    return {**message, "headers": private_headers(message.get("headers", ()), _VARY, _CACHE_CONTROL)}
