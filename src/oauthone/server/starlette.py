"""Starlette: an authentication backend that takes an `AsyncVerifier`.

A backend cannot read bodies. So a middleware, `SignedBodyMiddleware`, reads the bodies that signatures cover.
"""

from typing import Unpack

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import has_credentials, needs_body
from oauthone.core.verification_types import Verified
from oauthone.errors import missing_library
from oauthone.server._protector import DEFAULT_MAX_BODY, AsyncResourceProtector, ProtectorOptions, scopes_of
from oauthone.server._responses import EndpointResponse
from oauthone.server._settings_checks import require_count
from oauthone.server._signed_body import NO_MIDDLEWARE, SIGNED_BODY, SignedBody, find_signed_body, signed_request
from oauthone.server._verifier import AsyncVerifier
from oauthone.server.asgi import (
    Application,
    Receive,
    Scope,
    Send,
    head_of,
    read_body,
    request_from_scope,
    send_privately,
)

try:
    from starlette.authentication import AuthCredentials, AuthenticationBackend, AuthenticationError, BaseUser
    from starlette.middleware import Middleware
    from starlette.middleware.authentication import AuthenticationMiddleware
    from starlette.requests import HTTPConnection, Request
    from starlette.responses import Response
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "starlette") from missing

__all__ = [
    "PrivateCacheMiddleware",
    "SignatureBackend",
    "SignatureError",
    "SignedBodyMiddleware",
    "SignedUser",
    "incoming_request",
    "on_auth_error",
    "signature_authentication",
]


class SignedBodyMiddleware:
    """ASGI middleware that reads the bodies that signatures cover; the application can read them again.

    Args:
        app: the ASGI application.
        verifier: the one that requests are verified with.
        max_body: how many octets are read.
    """

    def __init__(self, app: Application, *, verifier: AsyncVerifier, max_body: int = DEFAULT_MAX_BODY) -> None:
        require_count("max_body", max_body, 0)
        self._app = app
        self._policy = verifier.policy
        self._requires_hash = verifier.policy.body_hash == "required"
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            incoming = request_from_scope(scope)
            if needs_body(incoming, self._policy):
                incoming.body, receive = await read_body(receive, self._max_body)
            signed_body = SignedBody(head_of(scope), incoming, self._requires_hash, self._max_body)
            scope = {**scope, SIGNED_BODY: signed_body}
        await self._app(scope, receive, send)


class PrivateCacheMiddleware:
    """ASGI middleware behind authentication: shared caches may not serve responses to signed requests to others.

    Args:
        app: the ASGI application.
    """

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send_privately(send) if isinstance(scope.get("user"), SignedUser) else send)


class SignedUser(BaseUser):
    """The sender of a verified request.

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
        """The resource owner; the client if the request has no token."""
        return self.verified.user or self.verified.client_id

    @property
    def display_name(self) -> str:
        """`identity`."""
        return self.identity


class SignatureError(AuthenticationError):
    """A request with OAuth credentials is rejected.

    Attributes:
        response: the response to send.
    """

    def __init__(self, response: EndpointResponse) -> None:
        super().__init__(f"rejected with status {response.status}")
        self.response = response


class SignatureBackend(AuthenticationBackend):
    """A backend for Starlette's ``AuthenticationMiddleware``; `signature_authentication` puts it together.

    A request without OAuth credentials stays anonymous, so that ``@requires("authenticated")`` decides. The scopes of
    ``request.auth`` are ``authenticated`` and the words of the token's ``scope``; ``request.user`` is a `SignedUser`.

    Args:
        verifier: verifies the requests.
        options: see `oauthone.server.ProtectorOptions`.
    """

    def __init__(self, verifier: AsyncVerifier, **options: Unpack[ProtectorOptions]) -> None:
        self._protector = AsyncResourceProtector(verifier, **options)

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser] | None:
        """See Starlette's ``AuthenticationBackend``."""
        if conn.scope["type"] != "http":
            return None
        policy = self._protector.verifier.policy
        signed_body = find_signed_body(conn.scope, self._protector)
        if signed_body is None:
            raise RuntimeError(NO_MIDDLEWARE)
        incoming = signed_request(conn.scope, signed_body, policy)
        if not has_credentials(incoming, policy):
            return None
        outcome = await self._protector.validate_request(incoming)
        if not isinstance(outcome, Verified):
            raise SignatureError(outcome)
        return AuthCredentials(["authenticated", *scopes_of(outcome)]), SignedUser(outcome)


def on_auth_error(conn: HTTPConnection, error: AuthenticationError) -> Response:
    """The response of ``AuthenticationMiddleware`` to an error: pass it as ``on_error``."""
    return as_response(error.response) if isinstance(error, SignatureError) else Response(status_code=400)


def signature_authentication(verifier: AsyncVerifier, **options: Unpack[ProtectorOptions]) -> list[Middleware]:
    """The middleware that sets ``request.user``: ``Starlette(middleware=signature_authentication(…))``.

    Args:
        verifier: verifies the requests.
        options: see `oauthone.server.ProtectorOptions`.
    """
    max_body = options.get("max_body", DEFAULT_MAX_BODY)
    return [
        Middleware(SignedBodyMiddleware, verifier=verifier, max_body=max_body),
        Middleware(AuthenticationMiddleware, backend=SignatureBackend(verifier, **options), on_error=on_auth_error),
        Middleware(PrivateCacheMiddleware),
    ]


async def incoming_request(request: Request, *, max_body: int = DEFAULT_MAX_BODY) -> IncomingRequest:
    """Starlette's request as it arrived, with its body, for `averify_launch` and an `AsyncProvider`'s endpoints.

    Args:
        request: Starlette's or FastAPI's.
        max_body: how many octets of the body are read; a longer one is cut there, and so rejected.
    """
    return request_from_scope(request.scope).with_body(await read_request_body(request, max_body))


async def read_request_body(request: Request, limit: int) -> bytes:
    """The body, which the view can read again. Reading ends soon after ``limit``, or when the client disconnects.

    Raises:
        RuntimeError: the body was read as a stream before.
    """
    body: bytes | None = getattr(request, "_body", None)
    if body is None:
        if getattr(request, "_stream_consumed", False):
            return await request.body()  # it raises Starlette's own error: waiting for more octets would never end
        # Not request.stream(), which skips empty pieces: they have to be counted too.
        body, receive_again = await read_body(request.receive, limit)
        setattr(request, "_body", (await receive_again())["body"])  # noqa: B010 - where Request.body() keeps it
    return body


def as_response(response: EndpointResponse) -> Response:
    """``response`` as one of Starlette's."""
    made = Response(response.body, response.status)
    for name, value in response.headers:
        made.headers[name] = value
    return made
