"""Applications under ASGI that report what they saw of a request: with our middleware, and without it."""

from typing import Any

from oauthone.server import AsyncVerifier

from .store import OneClient
from .views import BODY, is_form, listed, plain_pairs, view
from .wsgi_applications import METHODS, django_settings, django_view

#: The key under which a server passes the request line.
_SHOWN = ("method", "root_path", "path", "raw_path", "query_string", "scheme")


def verifier(**settings: Any) -> AsyncVerifier:
    """Return a verifier with its own store."""
    return AsyncVerifier(OneClient(), token="none", **settings)


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """An application with ASGI and the standard library alone."""
    if scope["type"] == "lifespan":
        return await _lifespan(receive, send)
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    body, more = b"", True
    while more and is_form(dict(headers).get("content-type", "")):
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    hosts = [value for name, value in headers if name == "host"]
    server = ":".join(map(str, scope.get("server") or ("unknown",)))
    answer = view(
        scope.get("oauthone.verified"),
        method=scope["method"],
        hosts=hosts or [server],
        root=scope.get("root_path", ""),
        path=scope["path"],
        query=plain_pairs(scope["query_string"]),
        form=plain_pairs(body),
        shown=[str(scope.get(name)) for name in _SHOWN] + [host.lower() for host in hosts],
    )
    octets = [(name.lower().encode(), value.encode()) for name, value in answer.items()]
    await send({"type": "http.response.start", "status": 200, "headers": octets})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else BODY})


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def asgi(**settings: Any) -> Any:
    """The application behind the ASGI middleware."""
    from oauthone.server.asgi import VerifyingMiddleware

    return VerifyingMiddleware(bare, verifier(**settings))


async def _seen(request: Any, verified: Any) -> Any:
    from starlette.responses import Response

    form = await request.form()
    headers = view(
        verified,
        method=request.method,
        hosts=[request.url.netloc],
        root=request.scope.get("root_path", ""),
        path=request.scope["path"],
        query=listed(request.query_params.multi_items()),
        form=listed(form.multi_items()),
    )
    return Response(b"" if request.method == "HEAD" else BODY, headers=headers)


def starlette() -> Any:
    """Starlette with the authentication backend; an anonymous request gets a 401."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from oauthone.server.starlette import signature_authentication

    async def everything(scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        if request.user.is_authenticated:
            response = await _seen(request, request.user.verified)
        else:
            response = Response(status_code=401)
        await response(scope, receive, send)

    app = Starlette(middleware=signature_authentication(verifier()))
    app.router.default = everything
    return app


def open_starlette() -> Any:
    """Starlette without our backend."""
    from starlette.requests import Request

    async def everything(scope: Any, receive: Any, send: Any) -> None:
        await (await _seen(Request(scope, receive), None))(scope, receive, send)

    return everything


def fastapi() -> Any:
    """FastAPI with the dependency, and with the middleware that keeps bodies for it."""
    from fastapi import Depends, FastAPI, Request

    from oauthone.server.fastapi import RequireSignature
    from oauthone.server.starlette import SignedBodyMiddleware

    checked = verifier()
    app = FastAPI(openapi_url=None)
    signed = Depends(RequireSignature(checked))

    async def seen(request: Request, verified: Any = signed) -> Any:
        return await _seen(request, verified)

    app.add_api_route("/{rest:path}", seen, methods=METHODS, response_model=None)
    app.add_middleware(SignedBodyMiddleware, verifier=checked)
    return app


async def django_async_view(request: Any) -> Any:
    """Report what Django says about a request."""
    return django_view(request)


def django() -> tuple[Any, Any]:
    """Django with our middleware and without it, in a separate process."""
    from django import setup
    from django.conf import settings
    from django.core.handlers.asgi import ASGIHandler

    settings.configure(SECRET_KEY="for tests only", USE_TZ=True, **django_settings(verifier(), django_async_view))
    setup()
    protected = ASGIHandler()
    settings.MIDDLEWARE = []
    return protected, ASGIHandler()
