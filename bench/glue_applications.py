"""The applications whose glue is measured: one resource in each framework, open and protected by our module.

The open one has everything that belongs to the framework: its router, its request and response. The protected one
differs only in what our module adds.

Each function imports its framework itself. So the instructions of one are counted without loading the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from oauthone.server import AsyncVerifier, Verifier

from .glue_calls import Answer, asgi_answer, wsgi_answer

Store = Any


class Place(NamedTuple):
    """One framework: its name, and the two applications."""

    name: str
    is_open: Answer
    is_protected: Answer


def check(place: Place, headers: dict[str, str]) -> None:
    """Check that only the protected resource looks at the signature."""
    forged = headers | {"Authorization": headers["Authorization"].replace('oauth_nonce="', 'oauth_nonce="0')}
    assert place.is_open(headers)() == place.is_protected(headers)() == 200, f"{place.name} rejects a signed request"
    assert place.is_open(forged)() == 200, f"{place.name}: the open resource is protected"
    assert place.is_protected(forged)() == 401, f"{place.name} accepts a forged request"


def _wsgi_resource(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
    return [b"{}"]


async def _asgi_resource(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


def _asgi(store: Store) -> Place:
    from oauthone.server.asgi import VerifyingMiddleware

    protected = VerifyingMiddleware(_asgi_resource, AsyncVerifier(store))
    return Place("ASGI", asgi_answer(_asgi_resource), asgi_answer(protected))


def _wsgi(store: Store) -> Place:
    from oauthone.server.wsgi import VerifyingMiddleware

    protected = VerifyingMiddleware(_wsgi_resource, Verifier(store))
    return Place("WSGI", wsgi_answer(_wsgi_resource), wsgi_answer(protected))


def _flask(store: Store) -> Place:
    from oauthone.server.flask import signature_required

    protected = _flask_with(signature_required(Verifier(store)))
    return Place("Flask", wsgi_answer(_flask_with(_unchanged)), wsgi_answer(protected))


def _flask_with(protect: Callable[[Any], Any]) -> Any:
    import flask

    app = flask.Flask("glue")

    def view(rest: str) -> flask.Response:
        return flask.Response("{}", mimetype="application/json")

    app.route("/<path:rest>")(protect(view))
    return app


def _unchanged(view: Any) -> Any:
    return view


def _django(store: Store) -> Place:
    from oauthone.server.django import signature_required

    return Place("Django", _django_with(_unchanged), _django_with(signature_required(Verifier(store))))


def _django_with(protect: Callable[[Any], Any]) -> Answer:
    import django
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse
    from django.urls import re_path

    if not settings.configured:
        settings.configure(SECRET_KEY="for the benchmark", ALLOWED_HOSTS=["api.example.com"], MIDDLEWARE=[])
        django.setup()

    def view(request: Any) -> HttpResponse:
        return HttpResponse(b"{}", content_type="application/json")

    urls = (re_path("", protect(view)),)
    answer = wsgi_answer(WSGIHandler())

    def with_urls(headers: Mapping[str, str]) -> Callable[[], int]:
        # The handler looks up the setting for each request. Both applications get it in the same way.
        run = answer(headers)

        def visit() -> int:
            settings.ROOT_URLCONF = urls
            return run()

        return visit

    return with_urls


#: The frameworks whose glue `bench.gate` counts too.
PLACES: dict[str, Callable[[Store], Place]] = {"ASGI": _asgi, "WSGI": _wsgi, "Flask": _flask, "Django": _django}
