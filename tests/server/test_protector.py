"""The protectors: the kind of their verifier and listener, and the order of their checks."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from oauthone.server import AsyncVerifier, MemoryStore, Verifier
from oauthone.server._responses import CACHE_CONTROL, VARY, private_headers

from .glue.scopes import call, configure_django, new_store, sign_form


def test_a_view_of_one_kind_needs_a_verifier_of_its_kind() -> None:
    from oauthone.server.django import signature_required

    async def later(request: Any) -> None: ...

    def now(request: Any) -> None: ...

    for verifier, view in ((Verifier(new_store()), later), (AsyncVerifier(new_store()), now)):
        with pytest.raises(TypeError, match="a plain view needs a Verifier"):
            signature_required(verifier)(view)


def test_a_cache_control_header_of_the_view_stays() -> None:
    chosen = ("Cache-control", "no-store")
    assert private_headers([chosen], VARY, CACHE_CONTROL) == [chosen, ("Vary", "Authorization")]


@pytest.mark.parametrize(
    ("chosen", "cache_control", "vary"),
    [
        ({}, "private", "Authorization"),
        ({"Cache-Control": "no-store"}, "no-store", "Authorization"),
        ({"Vary": "Cookie"}, "private", "Cookie, Authorization"),
        ({"Vary": "authorization"}, "private", "authorization"),
    ],
)
def test_caching_headers_of_the_view_stay_in_flask_and_django(
    chosen: dict[str, str], cache_control: str, vary: str
) -> None:
    from django.http import HttpResponse
    from flask import Response

    from oauthone.server import django, flask

    configure_django()
    for glue, response in ((django, HttpResponse(headers=chosen)), (flask, Response(headers=chosen))):
        private_one = glue._set_private_headers(response)
        assert private_one.headers["Cache-Control"] == cache_control
        assert private_one.headers["Vary"] == vary


@pytest.mark.parametrize("explained", [False, True])
def test_a_verifier_of_the_wrong_kind_is_a_type_error_at_once(explained: bool) -> None:
    """A coroutine instead of a result would accept every request, and a result cannot be awaited."""
    from oauthone.server.asgi import VerifyingMiddleware as AsgiMiddleware
    from oauthone.server.fastapi import RequireSignature
    from oauthone.server.flask import signature_required
    from oauthone.server.starlette import SignatureBackend
    from oauthone.server.wsgi import VerifyingMiddleware as WsgiMiddleware

    plain, awaited, app = Verifier(MemoryStore()), AsyncVerifier(MemoryStore()), cast("Any", object())
    glues: list[tuple[Callable[..., object], object, str]] = [
        (signature_required, awaited, "of type Verifier here, not AsyncVerifier: pass Verifier\\(store\\)"),
        (lambda verifier, **options: WsgiMiddleware(app, verifier, **options), awaited, "of type Verifier here, not"),
        (
            lambda verifier, **options: AsgiMiddleware(app, verifier, **options),
            plain,
            "of type AsyncVerifier here, not",
        ),
        (SignatureBackend, plain, "of type AsyncVerifier here, not"),
        (RequireSignature, plain, "of type AsyncVerifier here, not"),
    ]
    for glue, verifier, words in glues:
        with pytest.raises(TypeError, match=words):
            glue(verifier, explain=explained)


def test_a_coroutine_listener_that_is_not_awaited_is_a_type_error_at_once() -> None:
    from oauthone.server.flask import signature_required

    async def told(error: Exception) -> None:
        raise AssertionError(error)

    with pytest.raises(TypeError, match="on_refusal is a coroutine function"):
        signature_required(Verifier(MemoryStore()), on_refusal=cast("Any", told))


def test_a_public_url_counts_before_the_body_is_read() -> None:
    """Behind a Unix socket, the server's own name is not an authority, and no Host header replaces it."""
    from oauthone.server.asgi import VerifyingMiddleware

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    headers = sign_form("https://api.example/", b"a=1")
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "scheme": "http",
        "query_string": b"",
        "server": ("/run/socket", None),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    verifier = AsyncVerifier(new_store(), public_url="https://api.example")
    sent = asyncio.run(call(VerifyingMiddleware(app, verifier), scope, b"a=1"))
    assert sent[0]["status"] == 204
