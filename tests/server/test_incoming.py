"""How servers pass a request on in a WSGI environ and an ASGI scope, if they differ."""

from io import BytesIO
from typing import Any

import pytest

from oauthone.core.parsed_request import parse_request
from oauthone.core.policy import VerificationPolicy
from oauthone.errors import VerificationError
from oauthone.server.asgi import request_from_scope
from oauthone.server.wsgi import VERIFIED, VerifyingMiddleware, read_body, request_from_environ

from .setting import Clock, RecordingStore


def environ(**changes: Any) -> dict[str, Any]:
    given = {
        "REQUEST_METHOD": "GET",
        "wsgi.url_scheme": "https",
        "SERVER_NAME": "inner",
        "SERVER_PORT": "8443",
        "HTTP_HOST": "api.example",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/a b/\xc3\xa9",
        "QUERY_STRING": "x=%c3%a9",
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


def target(path: str, query: str) -> dict[str, str]:
    """A target as a server passes it to the application."""
    return {"PATH_INFO": path, "QUERY_STRING": query}


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"RAW_URI": "/a%2Fb%7e?x=%e9+", **target("/a/b~", "x=%e9+")}, ("api.example", "/a%2Fb%7e", "x=%e9+")),
        ({"REQUEST_URI": "/a%2Fb%7e?x", **target("/a/b~", "x")}, ("api.example", "/a%2Fb%7e", "x")),
        (
            {"REQUEST_URI": "http://API.example:443/a%2Fb?x=://", **target("/a/b", "x=://")},
            ("api.example", "/a%2Fb", "x=://"),
        ),
        ({"REQUEST_URI": "/a%2fb%20c", **target("/a%2Fb c", "")}, ("api.example", "/a%2fb%20c", "")),
        ({"RAW_URI": "/a", **target("/a", "x=2")}, ("api.example", "/a", "x=2")),
        ({"RAW_URI": "https://api.example", **target("", "")}, ("api.example", "/", "")),
        ({"RAW_URI": "https://api.example?x=/", **target("", "x=/")}, ("api.example", "/", "x=/")),
        ({"RAW_URI": "/a://b?x", **target("/a://b", "x")}, ("api.example", "/a://b", "x")),
        ({"RAW_URI": "/?a=?b?", **target("/", "a=?b?")}, ("api.example", "/", "a=?b?")),
        ({"RAW_URI": "/\xe9?\xff", **target("/\xe9", "\xff")}, ("api.example", "/%E9", "\xff")),
        ({"RAW_URI": "*", "REQUEST_METHOD": "OPTIONS", **target("*", "")}, ("api.example", "*", "")),
        ({}, ("api.example", "/a%20b/%C3%A9", "x=%c3%a9")),
        ({"SCRIPT_NAME": "/v1", "QUERY_STRING": ""}, ("api.example", "/v1/a%20b/%C3%A9", "")),
        ({"SCRIPT_NAME": "/v1", "RAW_URI": "/v1/x", **target("/x", "")}, ("api.example", "/v1/x", "")),
        ({"SCRIPT_NAME": "/v1", "RAW_URI": "/x", **target("/x", "")}, ("api.example", "/x", "")),
        ({"HTTP_HOST": None, "RAW_URI": "/", **target("/", "")}, ("inner:8443", "/", "")),
        ({"HTTP_HOST": None, "SERVER_NAME": "::1", **target("/", "")}, ("[::1]:8443", "/", "")),
        (
            {"HTTP_HOST": None, **target("/", ""), "HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_FORWARDED": "host=e"},
            ("inner:8443", "/", ""),
        ),
        (
            {**target("/", ""), "HTTP_X_FORWARDED_PROTO": "http", "HTTP_X_FORWARDED_PORT": "80"},
            ("api.example", "/", ""),
        ),
    ],
)
def test_the_parts_of_a_wsgi_request(changes: dict[str, Any], parts: tuple[str, str, str]) -> None:
    made = request_from_environ(environ(**changes))
    assert (made.authority, made.path, made.query, made.scheme, made.fault) == (*parts, "https", None)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"RAW_URI": "/b", **target("/a", "")}, "another path"),
        ({"RAW_URI": "//a", **target("/a", "")}, "another path"),
        ({"RAW_URI": "/a%2fb", **target("/a", "")}, "another path"),
        ({"RAW_URI": "/a%252fb", **target("/a/b", "")}, "another path"),
        ({"RAW_URI": "?x=1", **target("", "x=1")}, "begin with a slash"),
        ({**target("", "x=1")}, "begin with a slash"),
        ({"RAW_URI": "/a?x=1", **target("/a", "x=2")}, "another query"),
        ({"RAW_URI": "http://x?admin=1&b=/a?x=1", **target("/a", "x=1")}, "another"),
        ({"RAW_URI": "http://other.example/a", **target("/a", "")}, "names another host"),
        ({"RAW_URI": "http://u@api.example/a", **target("/a", "")}, "names no host"),
        ({"RAW_URI": "a", **target("a", "")}, "begin with a slash"),
        ({**target("a", "")}, "begin with a slash"),
        ({"RAW_URI": "*", **target("*", "")}, "begin with a slash"),
        ({**target("/a", "x=1#")}, "its query"),
        ({"RAW_URI": "/a#b", **target("/a#b", "")}, "its path"),
        ({"HTTP_HOST": ""}, "Host"),
        ({"HTTP_HOST": "x/photos?a=1#@api.example"}, "Host"),
        ({"HTTP_HOST": "api.example,api.example"}, "Host"),
        ({"REQUEST_METHOD": "get"}, "method"),
    ],
)
def test_a_wsgi_request_that_the_application_reads_differently(changes: dict[str, Any], fault: str) -> None:
    assert fault in str(request_from_environ(environ(**changes)).fault)


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


class Dribbling(BytesIO):
    """A stream that never returns more than two bytes."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(2, 2 if size is None or size < 0 else size))


@pytest.mark.parametrize(
    ("given", "limit", "body"),
    [
        ({"CONTENT_LENGTH": "5"}, 100, b"abcde"),
        ({"CONTENT_LENGTH": "5"}, 3, b"abcd"),
        ({"CONTENT_LENGTH": "99"}, 100, b"abcdefg"),
        ({"CONTENT_LENGTH": "9" * 5_000}, 100, b"abcdefg"),
        ({"CONTENT_LENGTH": "9" * 5_000}, 3, b"abcd"),
        ({"CONTENT_LENGTH": "0" * 5_000 + "5"}, 100, b"abcde"),
        ({"CONTENT_LENGTH": "0"}, 100, b""),
        ({"CONTENT_LENGTH": ""}, 100, b""),
        ({"CONTENT_LENGTH": "-1"}, 100, b""),
        ({"CONTENT_LENGTH": "\xb2"}, 100, b""),
        ({}, 100, b""),
        ({"wsgi.input_terminated": True}, 100, b"abcdefg"),
        ({"wsgi.input_terminated": True}, 3, b"abcd"),
    ],
)
def test_a_wsgi_body_is_read_as_far_as_it_goes_and_no_further(given: dict[str, Any], limit: int, body: bytes) -> None:
    made = {"wsgi.input": Dribbling(b"abcdefg"), **given}
    assert read_body(made, limit) == body
    assert made["wsgi.input"].read() == body
    assert made["CONTENT_LENGTH"] == str(len(body))


def test_only_what_is_protected_is_verified_and_nobody_else_says_so() -> None:
    from oauthone.server import Verifier

    seen: list[dict[str, Any]] = []

    def app(given: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(given)
        return [b"open"]

    middleware = VerifyingMiddleware(
        app, Verifier(RecordingStore(Clock())), protects=lambda given: given["PATH_INFO"].startswith("/api/")
    )
    assert middleware(environ(PATH_INFO="/open", **{VERIFIED: "forged"}), lambda *given: None) == [b"open"]
    assert VERIFIED not in seen[0]
    started: list[str] = []
    answer = middleware(environ(PATH_INFO="/api/x"), lambda status, *rest: started.append(status))
    assert (started, list(answer), len(seen)) == (["401 Unauthorized"], [b"oauth_problem=parameter_absent"], 1)


MOUNTED = {"SCRIPT_NAME": "/v1", "HTTP_SCRIPT_NAME": "x,/v1", "RAW_URI": "/v1/x", **target("/x", "")}


@pytest.mark.parametrize("said", ["/v1", "x,/v1", "", "/other"])
def test_a_client_cannot_say_where_the_application_is_mounted(said: str) -> None:
    """Unless the verifier names that mount point: then a proxy may have sent the header."""
    made = request_from_environ(environ(**{**MOUNTED, "HTTP_SCRIPT_NAME": said}))
    for mounted_at, reason in ((None, "mounted_at"), ("/v2", "mounted_at"), ("/v1", "no OAuth credentials")):
        with pytest.raises(VerificationError, match=reason):
            parse_request(made, VerificationPolicy(mounted_at=mounted_at))
    unclaimed = request_from_environ(environ(**{**MOUNTED, "HTTP_SCRIPT_NAME": None}))
    with pytest.raises(VerificationError, match="no OAuth credentials"):
        parse_request(unclaimed, VerificationPolicy())


def test_without_a_host_header_a_public_url_is_enough() -> None:
    """This is the case behind a Unix socket. A header that is present has to be valid even so."""
    made = request_from_scope(scope(headers=[], server=("/run/socket", None)))
    assert made.fault is not None
    assert made.with_public_url("https", "api.example", "").fault is None
    bad = request_from_scope(scope(headers=[(b"host", b"a/b")]))
    assert bad.with_public_url("https", "api.example", "").fault is not None
    assert request_from_scope(scope(path="a", headers=[])).with_public_url("https", "a.example", "").fault is not None


class Broken(BytesIO):
    """A stream that fails while a chunk is read."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise ValueError("bad chunk size")


def test_a_body_that_the_server_cannot_read_is_a_refusal() -> None:
    from oauthone.server import Verifier

    told: list[Any] = []
    middleware = VerifyingMiddleware(lambda *given: [b""], Verifier(RecordingStore(Clock())), on_refusal=told.append)
    given = environ(PATH_INFO="/x", QUERY_STRING="", CONTENT_TYPE="application/x-www-form-urlencoded")
    started: list[str] = []
    stream = {"wsgi.input": Broken(), "CONTENT_LENGTH": "5", "REQUEST_METHOD": "POST"}
    list(middleware({**given, **stream}, lambda status, *rest: started.append(status)))
    assert started == ["400 Bad Request"]
    assert "its body cannot be read to the end (ValueError)" in told[0].reason
