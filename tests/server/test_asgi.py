"""ASGI: the request in a scope, as the server passes it and as the application reads it."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.server import AsyncVerifier, asgi
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


TEXT = st.lists(st.sampled_from(["/", "a", "%2F", "%", "?", "x=1", "é", "\ufffd", "*", " ", "\n", "//"]), max_size=5)


@given(
    path=TEXT.map("".join),
    raw=st.one_of(st.none(), TEXT.map("".join).map(str.encode), st.sampled_from([b"\xff", b"/\xe9"])),
    arrives_so=st.booleans(),
    query=st.sampled_from([b"", b"x=1"]),
    root=st.sampled_from(["", "/v1"]),
)
def test_the_usual_path_is_read_like_every_other(
    path: str, raw: bytes | None, arrives_so: bool, query: bytes, root: str
) -> None:
    """The application sees what it would see if no shortcut were taken, and a difference stays a fault."""
    made = scope(path=path, raw_path=path.encode() if arrives_so else raw, query_string=query, root_path=root)
    usual = asgi._usual_path(made)
    if usual is not None:
        assert asgi._target(made, query.decode()) == (usual, None)
    one = request_from_scope(made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asgi, "_usual_path", lambda _: None)
        other = request_from_scope(made)
    assert (one.path, one.query, one.fault) == (other.path, other.query, other.fault)


@pytest.mark.parametrize(
    ("raw", "path", "usual"),
    [
        (b"/a", "/a", "/a"),
        (b"/a", "/b", None),
        (b"/a%2Fb", "/a/b", None),
        (b"/a%2Fb", "/a%2Fb", "/a%2Fb"),
        (b"/a?x=1", "/a?x=1", None),
        (b"/\xe9", "/\ufffd", None),
        (None, "/a", None),
    ],
)
def test_only_a_path_that_arrived_so_is_usual(raw: bytes | None, path: str, usual: str | None) -> None:
    assert asgi._usual_path(scope(raw_path=raw, path=path)) == usual


def test_without_a_host_header_a_public_url_is_enough() -> None:
    """This is the case behind a Unix socket. A header that is present has to be valid even so."""
    made = request_from_scope(scope(headers=[], server=("/run/socket", None)))
    assert made.fault is not None
    assert made.with_public_url("https", "api.example", "").fault is None
    bad = request_from_scope(scope(headers=[(b"host", b"a/b")]))
    assert bad.with_public_url("https", "api.example", "").fault is not None
    assert request_from_scope(scope(path="a", headers=[])).with_public_url("https", "a.example", "").fault is not None


def test_asgi_middleware_closes_websockets_and_ignores_unprotected_paths(caplog: pytest.LogCaptureFixture) -> None:
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
        for scope in (
            {"type": "lifespan"},
            {"type": "http", "path": "/"},
            {"type": "websocket", "path": "/api", "headers": []},
        ):
            await middleware(scope, None, send)

    asyncio.run(drive())
    assert seen == ["lifespan", "http"]
    assert sent == [{"type": "websocket.close", "code": 1008}]
    assert [record.getMessage() for record in caplog.records if record.name == "oauthone.server"] == [
        "refused GET /api from an unnamed client: 403 permission_denied: the messages of a WebSocket cannot be signed"
    ]
