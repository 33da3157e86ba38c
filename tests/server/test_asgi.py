"""ASGI: the request in a scope, as the server passes it and as the application reads it."""

import asyncio
from typing import Any

import pytest

from oauthone.server import AsyncVerifier
from oauthone.server.asgi import request_from_scope

from .glue.scopes import new_store


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        (
            {"raw_path": b"/a%2Fb%7e", "path": "/a/b~", "query_string": b"x=%e9+"},
            ("api.example", "/a%2Fb%7e", "x=%e9+"),
        ),
        ({"raw_path": b"/a?x=1", "path": "/a", "query_string": b"x=1"}, ("api.example", "/a", "x=1")),
        ({"raw_path": b"/\xe9", "path": "/\ufffd", "query_string": b"\xff"}, ("api.example", "/%E9", "\xff")),
        ({"raw_path": b"/v1/x", "path": "/v1/x", "root_path": "/v1"}, ("api.example", "/v1/x", "")),
        ({"raw_path": b"/v1/x", "path": "/x", "root_path": "/v1"}, ("api.example", "/v1/x", "")),
        ({"raw_path": b"*", "path": "*", "method": "OPTIONS"}, ("api.example", "*", "")),
        ({"raw_path": b"/a%2Fb", "path": "/a%2Fb"}, ("api.example", "/a%2Fb", "")),
        ({"path": "/a", "query_string": "x=1"}, ("api.example", "/a", "x=1")),
        ({"raw_path": None}, ("api.example", "/a%20b/%C3%A9", "")),
        ({}, ("api.example", "/a%20b/%C3%A9", "")),
        ({"headers": [], "server": ("inner", 8443)}, ("inner:8443", "/a%20b/%C3%A9", "")),
        ({"headers": [], "server": ("::1", 8443)}, ("[::1]:8443", "/a%20b/%C3%A9", "")),
        ({"headers": []}, ("localhost", "/a%20b/%C3%A9", "")),
        (
            {"headers": [(b"x-forwarded-host", b"evil.example"), (b"x-forwarded-proto", b"http")]},
            ("localhost", "/a%20b/%C3%A9", ""),
        ),
    ],
)
def test_the_parts_of_an_asgi_request(changes: dict[str, Any], parts: tuple[str, str, str]) -> None:
    made = request_from_scope(scope(**changes))
    assert (made.authority, made.path, made.query, made.scheme, made.fault) == (*parts, "https", None)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"raw_path": b"/b", "path": "/a"}, "another path"),
        ({"raw_path": b"//a", "path": "/a"}, "another path"),
        ({"raw_path": b"/a%2Fb", "path": "/b"}, "another path"),
        ({"raw_path": b"http://api.example/a", "path": "/a"}, "another path"),
        ({"raw_path": b"http://api.example/a", "path": "http://api.example/a"}, "begin with a slash"),
        ({"raw_path": b"%2Fa", "path": "/a"}, "begin with a slash"),
        ({"raw_path": b"/a?x=1", "path": "/a", "query_string": b"x=2"}, "another query"),
        ({"raw_path": b"/a#b", "path": "/a#b"}, "its path"),
        ({"raw_path": b"/a", "path": "/a", "query_string": b"x#y"}, "its query"),
        ({"raw_path": b"*", "path": "*"}, "begin with a slash"),
        ({"headers": [(b"host", b""), (b"host", b"api.example")]}, "two Host headers"),
        ({"headers": [(b"host", b"api.example"), (b"host", b"api.example")]}, "two Host headers"),
        ({"headers": [], "server": ("/run/socket", None)}, "Host"),
        ({"scheme": "ftp"}, "scheme"),
    ],
)
def test_an_asgi_request_that_the_application_reads_differently(changes: dict[str, Any], fault: str) -> None:
    assert fault in str(request_from_scope(scope(**changes)).fault)


def scope(**changes: Any) -> dict[str, Any]:
    given = {"method": "GET", "scheme": "https", "path": "/a b/é", "headers": [(b"Host", b"api.example")]}
    return {**given, **changes}


def test_without_a_host_header_a_public_url_is_enough() -> None:
    """This is the case behind a Unix socket. A header that is present has to be valid even so."""
    made = request_from_scope(scope(headers=[], server=("/run/socket", None)))
    assert made.fault is not None
    assert made.with_public_url("https", "api.example", "").fault is None
    bad = request_from_scope(scope(headers=[(b"host", b"a/b")]))
    assert bad.with_public_url("https", "api.example", "").fault is not None
    assert request_from_scope(scope(path="a", headers=[])).with_public_url("https", "a.example", "").fault is not None


def test_asgi_middleware_closes_websockets_and_ignores_unprotected_paths() -> None:
    from oauthone.server.asgi import VerifyingMiddleware

    seen: list[str] = []
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    async def send(message: Any) -> None:
        sent.append(message)

    async def drive() -> None:
        middleware = VerifyingMiddleware(
            app, AsyncVerifier(new_store()), protects=lambda scope: scope.get("path", "").startswith("/api")
        )
        for scope in ({"type": "lifespan"}, {"type": "http", "path": "/"}, {"type": "websocket", "path": "/api"}):
            await middleware(scope, None, send)

    asyncio.run(drive())
    assert seen == ["lifespan", "http"]
    assert sent == [{"type": "websocket.close", "code": 1008}]
