"""FastAPI: a dependency that takes an `AsyncVerifier`.

FastAPI reads the body of a view with ``Form()`` parameters before it calls dependencies. Such views need the middleware
`oauthone.server.starlette.SignedBodyMiddleware` too, which reads the bodies that signatures cover.
"""

import json
from typing import Any, Unpack

from oauthone.core.parsed_request import needs_body
from oauthone.core.verification_types import Verified
from oauthone.errors import missing_library
from oauthone.server._protector import AsyncResourceProtector, ProtectorOptions
from oauthone.server._responses import CACHE_CONTROL, EndpointResponse
from oauthone.server._signed_body import NO_MIDDLEWARE, find_signed_body, signed_request
from oauthone.server._verifier import AsyncVerifier
from oauthone.server.asgi import request_from_scope
from oauthone.server.starlette import as_response, read_request_body

try:
    from starlette.exceptions import HTTPException
    from starlette.requests import HTTPConnection, Request
    from starlette.responses import Response
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "starlette") from missing

__all__ = ["RequireSignature", "SignatureRejected"]


class SignatureRejected(HTTPException):
    """A dependency rejects a request. Its response is the one of the other frameworks, unless you handle this error.

    If another handler answers this ``HTTPException``, its ``detail`` is the problem; or the explanation, in a sandbox;
    or the phrase for the status, if the store failed.

    Attributes:
        response: the response to send.
    """

    def __init__(self, response: EndpointResponse) -> None:
        headers = dict(response.headers)
        is_explained = headers.pop("Content-Type") == "application/json"
        text = response.body.decode("ascii")  # empty for HEAD
        detail: Any = json.loads(text) if text and is_explained else text or None
        super().__init__(response.status, detail, headers)
        self.response = response


class RequireSignature:
    """A FastAPI dependency: ``verified: Annotated[Verified, Depends(RequireSignature(verifier))]``.

    Args:
        verifier: verifies the requests.
        options: see `oauthone.server.ProtectorOptions`.
    """

    def __init__(self, verifier: AsyncVerifier, **options: Unpack[ProtectorOptions]) -> None:
        self._protector = AsyncResourceProtector(verifier, **options)

    async def __call__(self, request: Request, response: Response) -> Verified:
        """What was verified.

        Raises:
            SignatureRejected: the request is rejected.
            RuntimeError: `SignedBodyMiddleware` is missing, or has other settings.
        """
        signed_body = find_signed_body(request.scope, self._protector)
        # FastAPI has read the form of a view with Form() parameters, and its octets are gone.
        if signed_body is None and getattr(request, "_form", None) is not None and not hasattr(request, "_body"):
            raise RuntimeError(NO_MIDDLEWARE)
        policy = self._protector.verifier.policy
        if signed_body is not None:
            incoming = signed_request(request.scope, signed_body, policy)
        else:
            incoming = request_from_scope(request.scope)
            if needs_body(incoming, policy):
                incoming.body = await read_request_body(request, self._protector.max_body)
        outcome = await self._protector.validate_request(incoming)
        if not isinstance(outcome, Verified):
            _handle_rejections(request)
            raise SignatureRejected(outcome)
        response.headers.setdefault(*CACHE_CONTROL)
        response.headers.add_vary_header("Authorization")
        return outcome


def _handle_rejections(conn: HTTPConnection) -> None:
    """Keep FastAPI from wrapping the response in JSON. Starlette looks for handlers after an error was raised."""
    handlers: tuple[dict[Any, Any], dict[Any, Any]] = conn.scope.get("starlette.exception_handlers", ({}, {}))
    handlers[0].setdefault(SignatureRejected, _handle_rejection)


async def _handle_rejection(request: Request, rejected: SignatureRejected) -> Response:
    return as_response(rejected.response)
