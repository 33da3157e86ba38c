"""Starlette: an authentication backend. FastAPI: a dependency. Both take an `AsyncVerifier`.

Neither can read a body before the application does, so a middleware, `KeepBody`, reads those that signatures cover.
"""

from collections.abc import Sequence
from typing import Any, cast

from oauthone.core.verification import Verified
from oauthone.errors import missing_library
from oauthone.server.admission import MAX_BODY, Admission, OnRefusal
from oauthone.server.answers import Answer
from oauthone.server.arrival import Arrival, from_scope
from oauthone.server.asgi import Application, Receive, Scope, Send, privately, read_body
from oauthone.server.verifier import AsyncVerifier

try:
    from starlette.authentication import AuthCredentials, AuthenticationBackend, AuthenticationError, BaseUser
    from starlette.exceptions import HTTPException
    from starlette.middleware import Middleware
    from starlette.middleware.authentication import AuthenticationMiddleware
    from starlette.requests import HTTPConnection, Request
    from starlette.responses import Response
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "starlette") from missing

_BODY = "oauthone.body"


class KeepBody:
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
        if scope["type"] == "http" and from_scope(scope).needs_body(self._policy):
            body, receive = await read_body(receive, self._max_body)
            scope = {**scope, _BODY: body}
        await self._app(scope, receive, send)


class KeepPrivate:
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

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"refused with status {answer.status}")
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
        self._admission = Admission(verifier, explain=explain, max_body=max_body, on_refusal=on_refusal)

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser] | None:
        """See Starlette's ``AuthenticationBackend``."""
        if conn.scope["type"] != "http":
            return None
        arrival = from_scope(conn.scope)
        body = _kept_body(conn, arrival, self._admission)
        if not arrival.presents_credentials(body):
            return None
        outcome = await self._verifier.walk(self._admission.steps(arrival, body))
        if isinstance(outcome, Answer):
            raise SignatureError(outcome)
        return AuthCredentials(["authenticated", *_scopes(outcome)]), SignedUser(outcome)


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
        Middleware(cast("Any", KeepBody), verifier=verifier, max_body=max_body),
        Middleware(AuthenticationMiddleware, backend=backend, on_error=refuse),
        Middleware(cast("Any", KeepPrivate)),
    ]


class SignedRequest:
    """A FastAPI dependency: ``verified: Annotated[Verified, Depends(SignedRequest(verifier))]``.

    Args:
        verifier: how requests are verified.
        explain: answer refused requests with the reason, the base string and the first difference: for sandboxes.
        max_body: how many octets of a body that the signature covers are taken.
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
        self._admission = Admission(verifier, explain=explain, max_body=max_body, on_refusal=on_refusal)

    async def __call__(self, request: Request, response: Response) -> Verified:
        """What was verified.

        Raises:
            HTTPException: the request is refused.
        """
        arrival = from_scope(request.scope)
        body = _kept_body(request, arrival, self._admission)
        outcome = await self._verifier.walk(self._admission.steps(arrival, body))
        if isinstance(outcome, Answer):
            headers = {name: value for name, value in outcome.headers if name != "Content-Type"}
            raise HTTPException(outcome.status, outcome.body.decode("ascii"), headers)
        response.headers.setdefault("Cache-Control", "private")
        response.headers.add_vary_header("Authorization")
        return outcome


def _kept_body(conn: HTTPConnection, arrival: Arrival, admission: Admission) -> bytes:
    if not arrival.needs_body(admission.policy):
        return b""
    body: bytes | None = conn.scope.get(_BODY)
    if body is None:
        raise RuntimeError("a signature that covers the body needs the middleware oauthone.server.starlette.KeepBody")
    return body


def _scopes(verified: Verified) -> Sequence[str]:
    return str(verified.credentials.extra.get("scope", "")).split()


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    for name, value in answer.headers:
        response.headers[name] = value
    return response
