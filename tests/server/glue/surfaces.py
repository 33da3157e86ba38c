"""Each framework's module around the same small application, served on loopback.

The application responds with ``{"client", "user", "body"}``: the verified values, and the body as it read it
afterwards. In Flask and FastAPI it reads a form with the framework's own function.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from oauthone.server import AsyncVerifier, Verified, Verifier
from oauthone.testing.serving import Server

Options = dict[str, Any]
Surface = Callable[[Any, Options, Options], Any]


def said(verified: Verified, body: bytes) -> bytes:
    """Return the application's response."""
    return json.dumps({"client": verified.client_id, "user": verified.user, "body": body.decode("latin-1")}).encode()


def wsgi(store: Any, settings: Options, options: Options) -> Any:
    from oauthone.server.wsgi import VerifyingMiddleware

    def app(environ: Any, start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("200 OK", [("Content-Type", "application/json")])
        return [said(environ["oauthone.verified"], body)]

    return VerifyingMiddleware(app, Verifier(store, **settings), **options)


def flask(store: Any, settings: Options, options: Options) -> Any:
    from flask import Flask, g, request

    from oauthone.server.flask import signature_required

    app = Flask("app")

    @app.route("/", defaults={"rest": ""}, methods=["GET", "POST"])
    @app.route("/<path:rest>", methods=["GET", "POST"])
    @signature_required(Verifier(store, **settings), **options)
    def view(rest: str) -> Any:
        if request.form:
            return said(g.verified, "&".join(f"{k}={v}" for k, v in request.form.items()).encode("latin-1"))
        return said(g.verified, request.get_data())

    return app


def flask_async(store: Any, settings: Options, options: Options) -> Any:
    from flask import Flask, g, request

    from oauthone.server.flask import signature_required

    app = Flask("app")

    @app.route("/", defaults={"rest": ""}, methods=["GET", "POST"])
    @app.route("/<path:rest>", methods=["GET", "POST"])
    @signature_required(Verifier(store, **settings), **options)
    async def view(rest: str) -> Any:
        return said(g.verified, request.get_data())

    return app


def django(store: Any, settings: Options, options: Options) -> Any:
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse
    from django.views.decorators.csrf import csrf_exempt

    from oauthone.server.django import signature_required

    @csrf_exempt
    @signature_required(Verifier(store, **settings), **options)
    def view(request: Any) -> Any:
        if request.POST:
            return HttpResponse(said(request.verified, "&".join(f"{k}={v}" for k, v in request.POST.items()).encode()))
        return HttpResponse(said(request.verified, request.body))

    return WSGIHandler, {"ROOT_URLCONF": urls(view)}


def django_async(store: Any, settings: Options, options: Options) -> Any:
    from django.core.handlers.asgi import ASGIHandler
    from django.http import HttpResponse

    from oauthone.server.django import signature_required

    @signature_required(AsyncVerifier(store, **settings), **options)
    async def view(request: Any) -> Any:
        return HttpResponse(said(request.verified, request.body))

    view.csrf_exempt = True  # Django 4.2's decorator accepts synchronous views only
    return ASGIHandler, {"ROOT_URLCONF": urls(view)}


def django_middleware(store: Any, settings: Options, options: Options) -> Any:
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse

    def view(request: Any) -> Any:
        return HttpResponse(said(request.verified, request.body))

    return WSGIHandler, {"ROOT_URLCONF": urls(view), **_django_middleware(Verifier(store, **settings), options)}


def django_middleware_async(store: Any, settings: Options, options: Options) -> Any:
    from django.core.handlers.asgi import ASGIHandler
    from django.http import HttpResponse

    async def view(request: Any) -> Any:
        return HttpResponse(said(request.verified, request.body))

    return ASGIHandler, {"ROOT_URLCONF": urls(view), **_django_middleware(AsyncVerifier(store, **settings), options)}


def _django_middleware(verifier: Any, options: Options) -> Options:
    chosen = {"VERIFIER": verifier, **{name.upper(): value for name, value in options.items()}}
    return {"MIDDLEWARE": ["oauthone.server.django.verifying_middleware"], "OAUTHONE": chosen}


def urls(view: Any) -> tuple[Any, ...]:
    """Return a URL configuration in which every path leads to ``view``."""
    from django.urls import re_path

    return (re_path("", view),)


def asgi(store: Any, settings: Options, options: Options) -> Any:
    from oauthone.server.asgi import VerifyingMiddleware

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": said(scope["oauthone.verified"], body)})

    async def with_lifespan(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            return await app(scope, receive, send)
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    return VerifyingMiddleware(with_lifespan, AsyncVerifier(store, **settings), **options)


def starlette(store: Any, settings: Options, options: Options) -> Any:
    from starlette.applications import Starlette
    from starlette.authentication import requires
    from starlette.responses import Response
    from starlette.routing import Route

    from oauthone.server.starlette import signature_authentication

    @requires("authenticated", status_code=401)
    async def view(request: Any) -> Any:
        return Response(said(request.user.verified, await request.body()))

    return Starlette(
        routes=[Route("/{rest:path}", view, methods=["GET", "POST"])],
        middleware=signature_authentication(AsyncVerifier(store, **settings), **options),
    )


def fastapi(store: Any, settings: Options, options: Options) -> Any:
    from oauthone.server.starlette import SignedBodyMiddleware

    app = fastapi_alone(store, settings, options)
    keeping = {name: value for name, value in options.items() if name == "max_body"}
    app.add_middleware(SignedBodyMiddleware, verifier=AsyncVerifier(store, **settings), **keeping)
    return app


def fastapi_alone(store: Any, settings: Options, options: Options) -> Any:
    from fastapi import Depends, FastAPI, Request, Response

    from oauthone.server.fastapi import RequireSignature

    app = FastAPI()
    signed = Depends(RequireSignature(AsyncVerifier(store, **settings), **options))

    async def view(request: Request, answer: Response, verified: Verified = signed) -> Any:
        answer = Response(said(verified, await request.body()), headers=dict(answer.headers))
        return answer

    app.add_api_route("/{rest:path}", view, methods=["GET", "POST"], response_model=None)
    return app


WSGI: dict[str, Surface] = {
    "wsgi": wsgi,
    "flask": flask,
    "flask-async": flask_async,
    "django": django,
    "django-middleware": django_middleware,
}
ASGI: dict[str, Surface] = {
    "asgi": asgi,
    "starlette": starlette,
    "fastapi": fastapi,
    "fastapi-alone": fastapi_alone,
    "django-async": django_async,
    "django-middleware-async": django_middleware_async,
}


@contextmanager
def served(name: str, store: Any, settings: Options, options: Options) -> Iterator[int]:
    """Yield the port of a surface. WSGI is served by wsgiref or by Flask's own server, ASGI by the box's."""
    made = {**WSGI, **ASGI}[name](store, settings, options)
    if name.startswith("django"):
        with _django_settings(made[1]):
            yield from _serve(name, made[0]())
    else:
        yield from _serve(name, made)


def _serve(name: str, app: Any) -> Iterator[int]:
    if name in ASGI:
        server = Server(app, ports=(0,), tls=False)
        server.start()
        try:
            yield server.ports[0]
        finally:
            server.stop()
    elif name.startswith("flask"):
        from werkzeug.serving import make_server as make_flask_server

        yield from _in_thread(make_flask_server("127.0.0.1", 0, app, threaded=True, request_handler=_quiet_werkzeug()))
    else:
        yield from _in_thread(make_server("127.0.0.1", 0, app, server_class=_Threading, handler_class=_Quiet))


def _in_thread(server: Any) -> Iterator[int]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _django_settings(overrides: Options) -> Iterator[None]:
    import django
    from django.conf import settings
    from django.test.utils import override_settings

    if not settings.configured:
        settings.configure(SECRET_KEY="for tests only", USE_TZ=True)
        django.setup()
    fixed = {"ALLOWED_HOSTS": ["*"], "MIDDLEWARE": [], "DEBUG": False, "LOGGING_CONFIG": None}
    with override_settings(**{**fixed, **overrides}):
        yield


class _Threading(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        pass


def _quiet_werkzeug() -> Any:
    from werkzeug.serving import WSGIRequestHandler as WerkzeugHandler

    class Quiet(WerkzeugHandler):
        def log(self, *arguments: Any) -> None:
            pass

    return Quiet
