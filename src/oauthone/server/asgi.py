"""ASGI: middleware behind which the application sees signed requests only, and the request that a server hands over."""

import sys
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import quote, unquote_to_bytes

from oauthone.core.request import READ_HEADERS, IncomingRequest
from oauthone.core.verified import Verified
from oauthone.server._protected_paths import is_no_path, path_readings, protects_path, require_paths
from oauthone.server._protector import (
    MAX_BODY,
    OnRefusal,
    ResourceProtector,
    server_authority,
)
from oauthone.server._responses import EndpointResponse
from oauthone.server._verifier import AsyncVerifier

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Where the application finds `Verified` in its scope.
VERIFIED = "oauthone.verified"

#: How many pieces a body that a signature covers may arrive in.
MAX_PIECES = 16 * 1024

# What a path may hold unescaped (RFC 3986 section 3.3): the best guess where a server hides how it was written.
_IN_PATH = "/:@!$&'()*+,;=~"
_READ = frozenset(name.encode("ascii") for name in READ_HEADERS)


class VerifyingMiddleware:
    """Verifies each request, hands the application ``scope["oauthone.verified"]``, and answers the others itself.

    A WebSocket is refused where requests are protected: nothing signs its messages.

    Args:
        app: the ASGI application.
        verifier: how requests are verified.
        paths: the paths that are protected, each with all below it, such as ``("/api",)``; None protects everything.
            They are compared with the whole path and with the path below ``root_path``, also where it is spelled with
            more slashes or with dot segments. An application that strips a prefix itself, such as Django with
            ``FORCE_SCRIPT_NAME``, needs its paths with that prefix too.
        protects: says of a scope whether it is protected, for what ``paths`` cannot say. Where ``path`` is spelled
            oddly it is also asked about the usual spelling, and one yes is enough.
        explain: answer refused requests with the reason, the base string and the first difference: for sandboxes.
        max_body: how many octets of a body that the signature covers are read; others are left to the application.
        on_refusal: told of each refused request and of each failure of the store, for logs.
    """

    def __init__(
        self,
        app: Application,
        verifier: AsyncVerifier,
        *,
        paths: Collection[str] | None = None,
        protects: Callable[[Scope], bool] | None = None,
        explain: bool = False,
        max_body: int = MAX_BODY,
        on_refusal: OnRefusal | None = None,
    ) -> None:
        self._app = app
        self._verifier = verifier
        self._paths = require_paths(paths, protects)
        self._protects = protects
        self._admission = ResourceProtector(
            verifier, AsyncVerifier, explain=explain, max_body=max_body, on_refusal=on_refusal
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or not self._is_protected(scope):
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        request = request_from_scope(scope)
        if request.needs_body(self._admission.policy):
            body, receive = await read_body(receive, self._admission.max_body)
            request = request.with_body(body)
        outcome = await self._verifier.walk(self._admission.steps(request))
        if not isinstance(outcome, Verified):
            return await _send_answer(outcome, send, is_head=request.method == "HEAD")
        await self._app({**scope, VERIFIED: outcome}, receive, privately(send))

    def _is_protected(self, scope: Scope) -> bool:
        whole: str = scope["path"]
        if self._paths is not None:
            roots = scope.get("root_path", ""), getattr(self._app, "root_path", "")
            below = [whole.removeprefix(root.rstrip("/")) for root in roots if isinstance(root, str)]
            return any(protects_path(self._paths, path or "/") for path in (whole, *below))
        if self._protects is None or self._protects(scope):
            return True
        return is_no_path(whole) or any(self._protects({**scope, "path": one}) for one in path_readings(whole))


def request_from_scope(scope: Mapping[str, Any]) -> IncomingRequest:
    """The request that an ASGI server hands over, without its body.

    The path comes from ``raw_path`` where the server says one, and must be what the application reads from ``path``
    and ``root_path``: else the request has a ``fault``. Where there is none, the path is rebuilt from ``path``.

    Args:
        scope: a scope of type ``http``.
    """
    read = [(name, value) for name, value in scope["headers"] if name.lower() in _READ]
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in read]
    query = scope.get("query_string", b"")
    query = query if isinstance(query, str) else query.decode("latin-1")  # text in a test client of Django
    path, fault = _target(scope, query)
    name, port = scope.get("server") or ("localhost", None)
    return IncomingRequest(
        scope["method"],
        scope.get("scheme", "http"),
        server_authority(name, port),
        path,
        query,
        headers,
        fault=fault,
        claimed_mount=_claimed_mount(scope),
    )


def _target(scope: Mapping[str, Any], query: str) -> tuple[str, str | None]:
    """The path as it arrived, and in words what the application reads differently, or None."""
    seen: str = scope["path"]
    raw: bytes | None = scope.get("raw_path")
    if raw is None:
        return quote(seen, safe=_IN_PATH), None
    octets, question_mark, raw_query = raw.partition(b"?")
    path = octets.decode("latin-1")
    if question_mark and raw_query.decode("latin-1") != query:
        return path, "the server hands the application another query than the one that arrived"
    text = path if b"%" not in octets and octets.isascii() else unquote_to_bytes(octets).decode("utf-8", "replace")
    if seen not in (text, path) and text != scope.get("root_path", "") + seen:
        return path, "the server hands the application another path than the one that arrived"
    return path, None


def _claimed_mount(scope: Mapping[str, Any]) -> str | None:
    """The ``root_path`` where a header may have set it: daphne takes it from ``Daphne-Root-Path``, of any client."""
    is_daphne = "daphne.http_protocol" in sys.modules and "spec_version" not in scope.get("asgi", {})
    return (scope.get("root_path") or None) if is_daphne else None


async def read_body(receive: Receive, limit: int) -> tuple[bytes, Receive]:
    """The body, and what the application receives it from again. Reading ends soon after ``limit``.

    A client can send many empty pieces, or a body one octet at a time: what counts is kept in one buffer, and a body
    in more than `MAX_PIECES` pieces counts as one that is longer than ``limit``.

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


async def _send_answer(answer: EndpointResponse, send: Send, *, is_head: bool) -> None:
    headers = answer.headers if is_head else (*answer.headers, ("Content-Length", str(len(answer.body))))
    octets = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": octets})
    await send({"type": "http.response.body", "body": answer.body})


def privately(send: Send) -> Send:
    """``send`` for the answer to a signed request, which no shared cache may serve to others."""

    async def send_privately(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ()), (b"vary", b"Authorization")]
            if all(name.lower() != b"cache-control" for name, _ in headers):
                headers.append((b"cache-control", b"private"))
            message = {**message, "headers": headers}
        await send(message)

    return send_privately
