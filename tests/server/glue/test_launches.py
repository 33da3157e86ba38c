"""LTI launches over sockets in each framework, with the request that the documentation says to pass."""

import http.client
from typing import Any
from urllib.parse import urlencode

import pytest

from oauthone import Signer
from oauthone.errors import VerificationError
from oauthone.server import (
    AsyncVerifier,
    Client,
    MemoryStore,
    Verifier,
    averify_launch,
    verify_launch,
)
from oauthone.server.asgi import request_from_scope
from oauthone.server.wsgi import request_from_environ

from .surfaces import ASGI, WSGI, Options, Surface, served, urls

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FIELDS = {
    "lti_message_type": "basic-lti-launch-request",
    "lti_version": "LTI-1p0",
    "resource_link_id": "1",
    "lis_person_name_full": "Zoë & Söhne + 1",
    "resource_link_description": "a\r\nb",
    "custom_empty": "",
}
QUERY = "?q=a%20b+c&q=%C3%A9&%5B%5D=%2F&empty=&bare"


def flask(store: Any, settings: Options, options: Options) -> Any:
    import flask

    app, verifier = flask.Flask("tool"), Verifier(store, **settings)

    @app.post("/<path:rest>")
    def view(rest: str) -> Any:
        request = flask.request
        try:
            launch = verify_launch(verifier, request_from_environ(request.environ).with_body(request.get_data()))
        except VerificationError as refused:
            return refused.problem, refused.status
        return launch.parameters["lis_person_name_full"]

    return app


def django(store: Any, settings: Options, options: Options) -> Any:
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse
    from django.views.decorators.csrf import csrf_exempt

    from oauthone.server.django import incoming_request

    verifier = Verifier(store, **settings)

    @csrf_exempt
    def view(request: Any) -> Any:
        try:
            launch = verify_launch(verifier, incoming_request(request))
        except VerificationError as refused:
            return HttpResponse(refused.problem, status=refused.status)
        return HttpResponse(launch.parameters["lis_person_name_full"])

    return WSGIHandler, {"ROOT_URLCONF": urls(view)}


def django_async(store: Any, settings: Options, options: Options) -> Any:
    from django.core.handlers.asgi import ASGIHandler
    from django.http import HttpResponse

    from oauthone.server.django import incoming_request

    verifier = AsyncVerifier(store, **settings)

    async def view(request: Any) -> Any:
        try:
            launch = await averify_launch(verifier, incoming_request(request))
        except VerificationError as refused:
            return HttpResponse(refused.problem, status=refused.status)
        return HttpResponse(launch.parameters["lis_person_name_full"])

    view.csrf_exempt = True  # type: ignore[attr-defined]  # Django 4.2's decorator takes plain views only
    return ASGIHandler, {"ROOT_URLCONF": urls(view)}


def starlette(store: Any, settings: Options, options: Options) -> Any:
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    verifier = AsyncVerifier(store, **settings)

    async def view(request: Any) -> Any:
        try:
            launch = await averify_launch(verifier, request_from_scope(request.scope).with_body(await request.body()))
        except VerificationError as refused:
            return PlainTextResponse(refused.problem, refused.status)
        return PlainTextResponse(launch.parameters["lis_person_name_full"])

    return Starlette(routes=[Route("/{rest:path}", view, methods=["POST"])])


def post(port: int, target: str, body: bytes) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request("POST", target, body, FORM)
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8")
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("kind", "surface"),
    [(WSGI, flask), (WSGI, django), (ASGI, django_async), (ASGI, starlette)],
    ids=["flask", "django", "django-async", "starlette"],
)
def test_a_launch_is_verified_in_every_framework(
    kind: dict[str, Surface], surface: Surface, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is accepted once, with the query of its URL, and never changed."""
    name = f"{surface.__name__}-launch"
    monkeypatch.setitem(kind, name, surface)
    store = MemoryStore([Client.create("school", "secret")])
    with served(name, store, {"token": "none"}, {}) as port:
        url = f"http://127.0.0.1:{port}/launch{QUERY}"
        signed = Signer("school", "secret", signature_type="BODY").sign("POST", url, FORM, urlencode(FIELDS).encode())
        body = signed.body
        assert post(port, f"/launch{QUERY}", body.replace(b"1&lis", b"2&lis")) == (401, "signature_invalid")
        assert post(port, f"/launch{QUERY}&more=1", body) == (401, "signature_invalid")
        assert post(port, f"/launch{QUERY}", body) == (200, FIELDS["lis_person_name_full"])
        assert post(port, f"/launch{QUERY}", body) == (401, "nonce_used")


@pytest.mark.parametrize("path", ["/a%2Fb", "/launch/%7Eu", "/l%28x%29", "/l;v=1", "/caf%c3%a9", "/@me/'q'"])
@pytest.mark.parametrize(
    ("kind", "surface"),
    [(WSGI, flask), (ASGI, django_async), (ASGI, starlette)],
    ids=["flask", "django-async", "starlette"],
)
def test_a_launch_is_verified_however_its_path_is_spelled(
    path: str, kind: dict[str, Surface], surface: Surface, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{surface.__name__.replace('_', '-')}-paths"
    monkeypatch.setitem(kind, name, surface)
    with served(name, MemoryStore([Client.create("school", "secret")]), {"token": "none"}, {}) as port:
        url = f"http://127.0.0.1:{port}{path}"
        signed = Signer("school", "secret", signature_type="BODY").sign("POST", url, FORM, urlencode(FIELDS).encode())
        assert post(port, path, signed.body) == (200, FIELDS["lis_person_name_full"])
