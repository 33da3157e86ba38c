"""The work whose instructions `bench.gate` counts. ``python -m bench.gated GROUP WORK COUNT``: valgrind runs this.

A process prepares every work of its group, and does each often enough to be warm. Then it repeats one of them. Two
processes of the same group thus differ by nothing but what they repeat.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from oauthone import Signer
from oauthone.core.rsa import RsaPublicKey
from oauthone.server import AsyncVerifier, Credentials, Verifier

from . import cases
from .gated_calls import Call, call_asgi, call_wsgi, calls

Work = Callable[[], Any]

_KEYS = Path(__file__).parents[1] / "tests" / "vectors" / "keys"
_WARM = 40  # by then, CPython has adapted the code to the types that it meets


def core() -> dict[str, Work]:
    """Return signing and verification, without a framework."""
    return {
        "sign GET": _sign(cases.GET_3),
        "sign form": _sign(cases.FORM_10),
        "verify GET": _verify(cases.GET_3, _signer()),
        "verify form": _verify(cases.FORM_10, _signer()),
        "verify RSA": _verify(cases.GET_3, _rsa_signer()),
    }


def asgi() -> dict[str, Work]:
    """Return an ASGI resource, open and protected."""
    from oauthone.server.asgi import VerifyingMiddleware

    async def resource(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    return _called(call_asgi, resource, VerifyingMiddleware(resource, AsyncVerifier(Store())))


def wsgi() -> dict[str, Work]:
    """Return a WSGI resource, open and protected."""
    from oauthone.server.wsgi import VerifyingMiddleware

    def resource(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
        return [b"{}"]

    return _called(call_wsgi, resource, VerifyingMiddleware(resource, Verifier(Store())))


def flask() -> dict[str, Work]:
    """Return a view in Flask, open and protected."""
    from flask import Flask, Response

    from oauthone.server.flask import signature_required

    def view(rest: str) -> Response:
        return Response("{}", mimetype="application/json")

    def application(protect: Callable[[Any], Any]) -> Any:
        app = Flask(__name__)
        app.route("/<path:rest>")(protect(view))
        return app

    return _called(call_wsgi, application(lambda view: view), application(signature_required(Verifier(Store()))))


def django() -> dict[str, Work]:
    """Return a view in Django, open and protected."""
    import django
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse
    from django.urls import re_path

    from oauthone.server.django import signature_required

    def view(request: Any) -> HttpResponse:
        return HttpResponse(b"{}", content_type="application/json")

    def application(view: Any) -> Any:
        urls = (re_path("", view),)

        def app(environ: Any, start_response: Any) -> Any:
            settings.ROOT_URLCONF = urls  # the handler looks it up for each request
            return handler(environ, start_response)

        return app

    settings.configure(SECRET_KEY="for the benchmark", ALLOWED_HOSTS=["api.example.com"], MIDDLEWARE=[])
    django.setup()
    handler = WSGIHandler()
    return _called(call_wsgi, application(view), application(signature_required(Verifier(Store()))(view)))


def login() -> dict[str, Work]:
    """Return a login in Starlette, without a network, with other temporary credentials each time."""
    import httpx2

    from oauthone.login.starlette import OAuth

    numbers = count()

    def issue(request: httpx2.Request) -> httpx2.Response:
        issued = {"oauth_token": f"{next(numbers):032}", "oauth_token_secret": "t" * 32}
        return httpx2.Response(200, text=urlencode({**issued, "oauth_callback_confirmed": "true"}))

    app = OAuth(secret_key="a secret").register(
        "provider",
        client_id=cases.CLIENT_ID,
        client_secret=cases.CLIENT_SECRET,
        request_token_url="https://provider.example.com/request_token",
        access_token_url="https://provider.example.com/access_token",
        authorize_url="https://provider.example.com/authorize",
        client_kwargs={"transport": httpx2.MockTransport(issue)},
    )

    async def visit() -> None:
        session: dict[str, Any] = {}
        response = await app.authorize_redirect(_visit("/login", "", session), "https://client.example.com/callback")
        query = f"{urlsplit(response.headers['location']).query}&oauth_verifier=verifier"
        await app.authorize_access_token(_visit("/callback", query, session))

    loop = asyncio.new_event_loop()
    return {"log in": lambda: loop.run_until_complete(visit())}


GROUPS: dict[str, Callable[[], dict[str, Work]]] = {
    "core": core,
    "ASGI": asgi,
    "WSGI": wsgi,
    "Flask": flask,
    "Django": django,
    "login": login,
}


class Store:
    """One client with one token, for HMAC and RSA. No nonce was used before."""

    def __init__(self) -> None:
        self._credentials = Credentials(
            client_secret=cases.CLIENT_SECRET,
            rsa_key=RsaPublicKey((_KEYS / "mastercard-rsa2048.pub.pem").read_text()),
            signature_methods=("HMAC-SHA1", "RSA-SHA1"),
            token_secret=cases.TOKEN_SECRET,
        )

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        """Return the credentials, or None for another client or token."""
        return self._credentials if (client_id, token) == (cases.CLIENT_ID, cases.TOKEN) else None

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """Accept every nonce."""
        return True


def _signer(**options: Any) -> Signer:
    token = {"token": cases.TOKEN, "token_secret": cases.TOKEN_SECRET}
    return Signer(cases.CLIENT_ID, cases.CLIENT_SECRET, **token, **options)


def _rsa_signer() -> Signer:
    return _signer(signature_method="RSA-SHA1", rsa_key=(_KEYS / "mastercard-rsa2048.pem").read_text())


def _sign(case: cases.Case) -> Work:
    signer, method, url, headers, body = _signer(), case.method, case.url, case.headers, case.octets
    return lambda: signer.sign(method, url, headers, body)


def _signed(case: cases.Case, signer: Signer) -> dict[str, str]:
    signed = signer.sign(case.method, case.url, case.headers, case.octets)
    return {**case.headers, "Authorization": str(signed.authorization)}


def _verify(case: cases.Case, signer: Signer) -> Work:
    verifier, headers, body = Verifier(Store()), _signed(case, signer), case.octets
    return lambda: verifier.verify(case.method, case.url, headers, body)


def _called(call: Call, is_open: Any, is_protected: Any) -> dict[str, Work]:
    return {**calls(call, is_open, is_protected, _signed(cases.GET_3, _signer()))}


def _visit(path: str, query: str, session: dict[str, Any]) -> Any:
    from starlette.requests import Request

    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "https",
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"host", b"client.example.com")],
        "server": ("client.example.com", 443),
        "session": session,
    }
    return Request(scope)


def main() -> None:
    """Repeat one work of a group."""
    group, name, repetitions = sys.argv[1], sys.argv[2], int(sys.argv[3])
    works = GROUPS[group]()
    for work in works.values():
        for _ in range(_WARM):
            work()
    gc.collect()
    gc.disable()
    for _ in range(repetitions):
        works[name]()


if __name__ == "__main__":
    main()
