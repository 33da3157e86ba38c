"""Starlette: an authentication backend. FastAPI: a dependency. Both take an `AsyncVerifier`.

A backend cannot read bodies, and a dependency comes too late for a view with ``Form()`` parameters: for them a
middleware, `SignedBodyMiddleware`, reads the bodies that signatures cover.
"""

import json
from typing import Any, NamedTuple, cast

from oauthone.core.request import IncomingRequest
from oauthone.core.verified import Verified
from oauthone.errors import missing_library
from oauthone.server._protector import MAX_BODY, OnRefusal, ResourceProtector, scopes_of
from oauthone.server._responses import EndpointResponse
from oauthone.server._verifier import AsyncVerifier
from oauthone.server.asgi import Application, Receive, Scope, Send, privately, read_body, request_from_scope

try:
    from starlette.authentication import AuthCredentials, AuthenticationBackend, AuthenticationError, BaseUser
    from starlette.exceptions import HTTPException
    from starlette.middleware import Middleware
    from starlette.middleware.authentication import AuthenticationMiddleware
    from starlette.requests import HTTPConnection, Request
    from starlette.responses import Response
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "starlette") from missing

_KEPT = "oauthone.kept"


class _Kept(NamedTuple):
    """What `SignedBodyMiddleware` leaves in the scope of each request; no body where none is covered."""

    body: bytes
    requires_hash: bool
    max_body: int


class SignedBodyMiddleware:
    """ASGI middleware that reads the bodies that signatures cover, and leaves them to the application as well.

    Args:
        app: the ASGI application.
        verifier: the one that requests are verified with.
        max_body: how many octets are read.
    """

    def __init__(self, app: Application, *, verifier: AsyncVerifier, max_body: int = MAX_BODY) -> None:
        self._app = app
        self._policy = verifier.policy
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            body = b""
            if request_from_scope(scope).needs_body(self._policy):
                body, receive = await read_body(receive, self._max_body)
            scope = {**scope, _KEPT: _Kept(body, self._policy.body_hash == "required", self._max_body)}
        await self._app(scope, receive, send)


class PrivateCacheMiddleware:
    """ASGI middleware behind authentication: no shared cache may serve to others what a signed request was answered."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, privately(send) if isinstance(scope.get("user"), SignedUser) else send)


class SignedUser(BaseUser):
    """Who a verified request comes from.

    Attributes:
        verified: what was verified.
    """

    def __init__(self, verified: Verified) -> None:
        self.verified = verified

    @property
    def is_authenticated(self) -> bool:
        """True."""
        return True

    @property
    def identity(self) -> str:
        """The resource owner; the client where the request has no token."""
        return self.verified.user or self.verified.client_id

    @property
    def display_name(self) -> str:
        """`identity`."""
        return self.identity


class SignatureError(AuthenticationError):
    """A request that presents OAuth credentials is refused.

    Attributes:
        answer: what to answer.
    """

    def __init__(self, answer: EndpointResponse) -> None:
        super().__init__(f"refused with status {answer.status}")
        self.answer = answer


class SignatureRejected(HTTPException):
    """A request that a dependency refuses. It is answered like everywhere else, unless you have a handler for it.

    Where something else words the answer of an ``HTTPException``, its ``detail`` is the problem, or what a sandbox
    explains, or the words for the status where the store does not answer.

    Attributes:
        answer: what to answer.
    """

    def __init__(self, answer: EndpointResponse) -> None:
        headers = dict(answer.headers)
        is_explained = headers.pop("Content-Type") == "application/json"
        detail: Any = json.loads(answer.body) if is_explained else answer.body.decode("ascii") or None
        super().__init__(answer.status, detail, headers)
        self.answer = answer


class SignatureBackend(AuthenticationBackend):
    """A backend for Starlette's ``AuthenticationMiddleware``; `signature_authentication` puts it together.

    A request without OAuth credentials stays anonymous, so that ``@requires("authenticated")`` decides. The scopes of
    ``request.auth`` are ``authenticated`` and the words of the token's ``scope``; ``request.user`` is a `SignedUser`.

    Args:
        verifier: how requests are verified.
        explain: answer refused requests with the reason, the base string and the first difference: for sandboxes.
        max_body: how many octets of a body that the signature covers are read.
        on_refusal: told of each refused request and of each failure of the store, for logs.
    """

    def __init__(
        self,
        verifier: AsyncVerifier,
        *,
        explain: bool = False,
        max_body: int = MAX_BODY,
        on_refusal: OnRefusal | None = None,
    ) -> None:
        self._verifier = verifier
        self._admission = ResourceProtector(
            verifier, AsyncVerifier, explain=explain, max_body=max_body, on_refusal=on_refusal
        )

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser] | None:
        """See Starlette's ``AuthenticationBackend``."""
        if conn.scope["type"] != "http":
            return None
        request = request_from_scope(conn.scope)
        kept = _kept(conn, self._admission)
        if kept is None:
            raise RuntimeError(_NO_KEEPER)
        if request.needs_body(self._admission.policy):
            request = request.with_body(kept.body)
        if not request.has_credentials(self._admission.policy):
            return None
        outcome = await self._verifier.walk(self._admission.steps(request))
        if not isinstance(outcome, Verified):
            raise SignatureError(outcome)
        return AuthCredentials(["authenticated", *scopes_of(outcome)]), SignedUser(outcome)


def refuse(conn: HTTPConnection, error: AuthenticationError) -> Response:
    """What ``AuthenticationMiddleware`` answers: its ``on_error``."""
    return _response(error.answer) if isinstance(error, SignatureError) else Response(status_code=400)


def signature_authentication(verifier: AsyncVerifier, *, max_body: int = MAX_BODY, **options: Any) -> list[Middleware]:
    """The middleware that makes ``request.user`` who signed: ``Starlette(middleware=signature_authentication(…))``.

    Args:
        verifier: how requests are verified.
        max_body: how many octets of a body that the signature covers are read.
        options: those of `SignatureBackend`.
    """
    backend = SignatureBackend(verifier, max_body=max_body, **options)
    return [
        Middleware(cast("Any", SignedBodyMiddleware), verifier=verifier, max_body=max_body),
        Middleware(AuthenticationMiddleware, backend=backend, on_error=refuse),
        Middleware(cast("Any", PrivateCacheMiddleware)),
    ]


class RequireSignature:
    """A FastAPI dependency: ``verified: Annotated[Verified, Depends(RequireSignature(verifier))]``.

    Args:
        verifier: how requests are verified.
        explain: answer refused requests with the reason, the base string and the first difference: for sandboxes.
        max_body: how many octets of a body that the signature covers are taken.
        on_refusal: told of each refused request and of each failure of the store, for logs.
        scope: words, all of which the token's ``scope`` must have; else a 403.
    """

    def __init__(
        self,
        verifier: AsyncVerifier,
        *,
        explain: bool = False,
        max_body: int = MAX_BODY,
        on_refusal: OnRefusal | None = None,
        scope: str = "",
    ) -> None:
        self._verifier = verifier
        self._admission = ResourceProtector(
            verifier, AsyncVerifier, explain=explain, max_body=max_body, on_refusal=on_refusal, scope=scope
        )

    async def __call__(self, request: Request, response: Response) -> Verified:
        """What was verified.

        Raises:
            SignatureRejected: the request is refused.
            RuntimeError: `SignedBodyMiddleware` is missing, or was told otherwise.
        """
        arrived = request_from_scope(request.scope)
        kept = _kept(request, self._admission)
        # FastAPI has read the form of a view with Form() parameters, whatever came: nobody can read it again.
        if kept is None and getattr(request, "_form", None) is not None and not hasattr(request, "_body"):
            raise RuntimeError(_NO_KEEPER)
        if arrived.needs_body(self._admission.policy):
            body = await _body_of(request, self._admission.max_body) if kept is None else kept.body
            arrived = arrived.with_body(body)
        outcome = await self._verifier.walk(self._admission.steps(arrived))
        if not isinstance(outcome, Verified):
            _answer_refusals(request)
            raise SignatureRejected(outcome)
        response.headers.setdefault("Cache-Control", "private")
        response.headers.add_vary_header("Authorization")
        return outcome


_NO_KEEPER = (
    "add the middleware oauthone.server.starlette.SignedBodyMiddleware, with the verifier and at least the max_body "
    "that requests are verified with: without it nobody can verify the forms that come in here"
)


def _kept(conn: HTTPConnection, admission: ResourceProtector) -> _Kept | None:
    """What `SignedBodyMiddleware` kept, told the same as ``admission``; None where there is none.

    Raises:
        RuntimeError: it was told otherwise.
    """
    kept: _Kept | None = conn.scope.get(_KEPT)
    if kept is not None:
        requires_hash = admission.policy.body_hash == "required"
        if kept.max_body < admission.max_body or (requires_hash and not kept.requires_hash):
            raise RuntimeError(_NO_KEEPER)
    return kept


async def incoming_request(request: Request, *, max_body: int = MAX_BODY) -> IncomingRequest:
    """Starlette's request as it arrived, with its body, for `averify_launch` and an `AsyncProvider`'s endpoints.

    Args:
        request: Starlette's or FastAPI's.
        max_body: how many octets of the body are read; a longer one is cut there and so refused.
    """
    return request_from_scope(request.scope).with_body(await _body_of(request, max_body))


async def _body_of(request: Request, limit: int) -> bytes:
    """The body, left to the view as well. Reading ends soon after ``limit``, or where the client goes away."""
    kept: bytes | None = getattr(request, "_body", None)
    if kept is not None:
        return kept
    if getattr(request, "_stream_consumed", False):
        return await request.body()  # Starlette's own error: to wait for more would be to wait for ever
    # Not request.stream(), which keeps empty pieces to itself, and they are counted too.
    body, receive_again = await read_body(request.receive, limit)
    setattr(request, "_body", (await receive_again())["body"])  # noqa: B010 - where Request.body() keeps what it read
    return body


def _answer_refusals(conn: HTTPConnection) -> None:
    """See to it that FastAPI puts no JSON around the answer. Starlette looks for handlers once something was raised."""
    handlers: tuple[dict[Any, Any], dict[Any, Any]] = conn.scope.get("starlette.exception_handlers", ({}, {}))
    handlers[0].setdefault(SignatureRejected, _answer_refusal)


async def _answer_refusal(request: Request, refused: SignatureRejected) -> Response:
    return _response(refused.answer)


def _response(answer: EndpointResponse) -> Response:
    response = Response(answer.body, answer.status)
    for name, value in answer.headers:
        response.headers[name] = value
    return response
