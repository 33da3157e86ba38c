"""The applications of the glue benchmark: one resource in each framework, open and protected by our module.

The open one has everything that belongs to the framework: its router, its request and response, and what calls an
authentication backend or a dependency. The protected one differs only in what our module adds.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import django
import flask
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import re_path
from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.authentication import AuthCredentials, AuthenticationBackend, SimpleUser
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oauthone.server import AsyncVerifier, Verifier, asgi, wsgi
from oauthone.server import django as our_django
from oauthone.server import flask as our_flask
from oauthone.server.fastapi import RequireSignature
from oauthone.server.starlette import signature_authentication

from . import cases

Store = Any
#: Answers the request with these headers, and returns the status of the response.
Answer = Callable[[Mapping[str, str]], Callable[[], int]]


class Place(NamedTuple):
    """One framework: its name, and the two applications."""

    name: str
    is_open: Answer
    is_protected: Answer


def places(store: Store) -> list[Place]:
    """Return every framework that has a module of ours."""
    return [
        Place("ASGI", asgi_answer(_asgi_resource), asgi_answer(_protected_asgi(store))),
        Place("WSGI", wsgi_answer(_wsgi_resource), wsgi_answer(_protected_wsgi(store))),
        Place("Flask", wsgi_answer(_flask(None)), wsgi_answer(_flask(store))),
        Place("Django", _django(None), _django(store)),
        Place("Starlette", asgi_answer(_starlette(None)), asgi_answer(_starlette(store))),
        Place("FastAPI", asgi_answer(_fastapi(None)), asgi_answer(_fastapi(store))),
    ]


def _wsgi_resource(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
    return [b"{}"]


async def _asgi_resource(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


def _protected_asgi(store: Store) -> Any:
    return asgi.VerifyingMiddleware(_asgi_resource, AsyncVerifier(store))


def _protected_wsgi(store: Store) -> Any:
    return wsgi.VerifyingMiddleware(_wsgi_resource, Verifier(store))


def _flask(store: Store | None) -> Any:
    app = flask.Flask("glue")

    def view(rest: str) -> flask.Response:
        return flask.Response("{}", mimetype="application/json")

    app.route("/<path:rest>")(view if store is None else our_flask.signature_required(Verifier(store))(view))
    return app


def _django(store: Store | None) -> Answer:
    if not settings.configured:
        settings.configure(SECRET_KEY="for the benchmark", ALLOWED_HOSTS=["api.example.com"], MIDDLEWARE=[])
        django.setup()

    def view(request: Any) -> HttpResponse:
        return HttpResponse(b"{}", content_type="application/json")

    urls = (re_path("", view if store is None else our_django.signature_required(Verifier(store))(view)),)
    answer = wsgi_answer(WSGIHandler())

    def with_urls(headers: Mapping[str, str]) -> Callable[[], int]:
        # The handler looks up the setting for each request. Both applications get it in the same way.
        run = answer(headers)

        def visit() -> int:
            settings.ROOT_URLCONF = urls
            return run()

        return visit

    return with_urls


def _starlette(store: Store | None) -> Any:
    async def view(request: Any) -> Response:
        assert request.user.is_authenticated
        return Response(b"{}", media_type="application/json")

    class Anyone(AuthenticationBackend):
        async def authenticate(self, conn: Any) -> Any:
            return AuthCredentials(["authenticated"]), SimpleUser("anyone")

    around = [Middleware(AuthenticationMiddleware, backend=Anyone())]
    if store is not None:
        around = signature_authentication(AsyncVerifier(store))
    return Starlette(
        routes=[Route("/{rest:path}", view)],
        middleware=around,
        exception_handlers={AssertionError: lambda request, error: Response(status_code=401)},
    )


def _fastapi(store: Store | None) -> Any:
    async def anyone(request: Request, response: Response) -> None:
        """Require nothing."""

    app = FastAPI()
    dependency = Depends(anyone if store is None else RequireSignature(AsyncVerifier(store)))

    async def view(verified: Any = dependency) -> dict[str, Any]:
        return {}

    app.add_api_route("/{rest:path}", view)
    return app


def wsgi_answer(app: Any) -> Answer:
    """Call a WSGI application as gunicorn does."""

    def answer(headers: Mapping[str, str]) -> Callable[[], int]:
        environ = _environ(headers)
        statuses: list[str] = []

        def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
            statuses[:] = [status]

        def visit() -> int:
            body = app({**environ, "wsgi.input": BytesIO()}, start_response)
            for _ in body:
                pass
            if hasattr(body, "close"):
                body.close()
            return int(statuses[0][:3])

        return visit

    return answer


def asgi_answer(app: Any) -> Answer:
    """Call an ASGI application as uvicorn does; it must not wait for anything."""

    def answer(headers: Mapping[str, str]) -> Callable[[], int]:
        scope = _scope(headers)
        statuses: list[int] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses[:] = [message["status"]]

        def visit() -> int:
            _run_at_once(app({**scope, "state": {}}, receive, send))
            return statuses[0]

        return visit

    return answer


def _run_at_once(call: Coroutine[Any, Any, None]) -> None:
    try:
        call.send(None)
    except StopIteration:
        return
    raise RuntimeError("the application waits for something, so its time cannot be measured here")


def _environ(headers: Mapping[str, str]) -> dict[str, Any]:
    parts = urlsplit(cases.GET_3.url)
    return {
        "wsgi.errors": None,
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "wsgi.url_scheme": parts.scheme,
        "SERVER_SOFTWARE": "gunicorn",
        "REQUEST_METHOD": "GET",
        "QUERY_STRING": parts.query,
        "RAW_URI": f"{parts.path}?{parts.query}",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.1",
        "REMOTE_PORT": "50000",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "PATH_INFO": parts.path,
        "SCRIPT_NAME": "",
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }


def _scope(headers: Mapping[str, str]) -> dict[str, Any]:
    parts = urlsplit(cases.GET_3.url)
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("192.0.2.1", 50000),
        "scheme": parts.scheme,
        "method": "GET",
        "root_path": "",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
