"""The same resource as in `glue_applications`, in Starlette and FastAPI.

The open one has what calls an authentication backend or a dependency, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.authentication import AuthCredentials, AuthenticationBackend, SimpleUser
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oauthone.server import AsyncVerifier
from oauthone.server.fastapi import RequireSignature
from oauthone.server.starlette import signature_authentication

from .glue_applications import Place, Store
from .glue_calls import asgi_answer


def _starlette(store: Store) -> Place:
    is_open = _starlette_within([Middleware(AuthenticationMiddleware, backend=_Anyone())])
    protected = _starlette_within(signature_authentication(AsyncVerifier(store)))
    return Place("Starlette", asgi_answer(is_open), asgi_answer(protected))


class _Anyone(AuthenticationBackend):
    async def authenticate(self, conn: Any) -> Any:
        return AuthCredentials(["authenticated"]), SimpleUser("anyone")


def _starlette_within(around: list[Any]) -> Any:
    async def view(request: Any) -> Response:
        assert request.user.is_authenticated
        return Response(b"{}", media_type="application/json")

    return Starlette(
        routes=[Route("/{rest:path}", view)],
        middleware=around,
        exception_handlers={AssertionError: lambda request, error: Response(status_code=401)},
    )


def _fastapi(store: Store) -> Place:
    protected = _fastapi_requiring(RequireSignature(AsyncVerifier(store)))
    return Place("FastAPI", asgi_answer(_fastapi_requiring(_anyone)), asgi_answer(protected))


async def _anyone(request: Request, response: Response) -> None:
    """Require nothing."""


def _fastapi_requiring(required: Any) -> Any:
    app, dependency = FastAPI(), Depends(required)

    async def view(verified: Any = dependency) -> dict[str, Any]:
        return {}

    app.add_api_route("/{rest:path}", view)
    return app


PLACES: dict[str, Callable[[Store], Place]] = {"Starlette": _starlette, "FastAPI": _fastapi}
