"""Applications under WSGI that report what they saw of a request: with our middleware, and without it."""

from collections.abc import Callable
from typing import Any

from oauthone.server import Verifier

from .store import OneClient
from .views import BODY, is_form, listed, plain_pairs, view

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]

#: The keys under which servers pass the request line and the Host.
_SHOWN = (
    "REQUEST_METHOD",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "RAW_URI",
    "REQUEST_URI",
    "wsgi.url_scheme",
)


def verifier(**settings: Any) -> Verifier:
    """Return a verifier with its own store."""
    return Verifier(OneClient(), token="none", **settings)


def bare(environ: Any, start_response: Any) -> list[bytes]:
    """An application with PEP 3333 and the standard library alone."""
    length = -1 if environ.get("wsgi.input_terminated") else int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if is_form(environ.get("CONTENT_TYPE", "")) else b""
    headers = view(
        environ.get("oauthone.verified"),
        method=environ["REQUEST_METHOD"],
        hosts=[environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"],
        root=environ.get("SCRIPT_NAME", "").encode("latin-1").decode("utf-8", "replace"),
        path=environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace"),
        query=plain_pairs(environ.get("QUERY_STRING", "").encode("latin-1")),
        form=plain_pairs(body),
        shown=[str(environ.get(name)) for name in _SHOWN] + [environ.get("HTTP_HOST", "").lower()],
    )
    start_response("200 OK", list(headers.items()))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [BODY]


def wsgi(**settings: Any) -> Any:
    """The application behind the WSGI middleware."""
    from oauthone.server.wsgi import VerifyingMiddleware

    return VerifyingMiddleware(bare, verifier(**settings))


def flask(**settings: Any) -> Any:
    """Flask with the decorator."""
    from oauthone.server.flask import signature_required

    return _flask(signature_required(verifier(**settings)))


def open_flask() -> Any:
    """Flask without it."""
    return _flask(lambda view: view)


def _flask(protect: Callable[[Any], Any]) -> Any:
    from flask import Flask, Response, g, request

    app = Flask("app")
    app.url_map.merge_slashes = False

    @app.route("/", defaults={"rest": ""}, methods=METHODS, provide_automatic_options=False)
    @app.route("/<path:rest>", methods=METHODS, provide_automatic_options=False)
    @protect
    def seen(rest: str) -> Response:
        headers = view(
            g.get("verified"),
            method=request.method,
            hosts=[request.host],
            root=request.script_root,
            path=request.path,
            query=listed(request.args.items(multi=True)),
            form=listed(request.form.items(multi=True)),
        )
        return Response(BODY, headers=headers)

    return app.wsgi_app


def django_view(request: Any) -> Any:
    """Report what Django says about a request."""
    from django.http import HttpResponse

    headers = view(
        getattr(request, "verified", None),
        method=request.method,
        hosts=[request.get_host()],
        root=request.path.removesuffix(request.path_info),
        path=request.path_info,
        query=listed((name, value) for name, values in request.GET.lists() for value in values),
        form=listed((name, value) for name, values in request.POST.lists() for value in values),
    )
    return HttpResponse(b"" if request.method == "HEAD" else BODY, headers=headers)


def django_settings(verifier: Any, view: Any) -> dict[str, Any]:
    """Return settings in which each path leads to ``view``, behind our middleware."""
    from django.urls import re_path

    return {
        "ALLOWED_HOSTS": ["*"],
        "DEBUG": False,
        "LOGGING_CONFIG": None,
        "MIDDLEWARE": ["oauthone.server.django.verifying_middleware"],
        "OAUTHONE": {"VERIFIER": verifier},
        "ROOT_URLCONF": (re_path("", view),),
    }


def django() -> tuple[Any, Any]:
    """Django with our middleware and without it, in a separate process."""
    from django import setup
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler

    settings.configure(SECRET_KEY="for tests only", USE_TZ=True, **django_settings(verifier(), django_view))
    setup()
    protected = WSGIHandler()
    settings.MIDDLEWARE = []
    return protected, WSGIHandler()
