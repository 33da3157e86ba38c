"""WSGI: the request in an environ, as the server passes it and as the application reads it."""

import http.client
from io import BytesIO
from typing import Any

import pytest

from oauthone import Signer
from oauthone.core.parsed_request import parse_request
from oauthone.core.policy import VerificationPolicy
from oauthone.errors import VerificationError
from oauthone.server import Verifier
from oauthone.server.wsgi import VERIFIED, VerifyingMiddleware, read_body, request_from_environ

from .glue.scopes import Whatever, new_store, sign_form, status_of
from .glue.surfaces import served
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


def test_only_protected_paths_are_verified_and_the_verified_key_cannot_be_forged() -> None:

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
def test_a_client_cannot_choose_the_mount_point(said: str) -> None:
    """Unless the verifier names that mount point: then a proxy may have sent the header."""
    made = request_from_environ(environ(**{**MOUNTED, "HTTP_SCRIPT_NAME": said}))
    for mounted_at, reason in ((None, "mounted_at"), ("/v2", "mounted_at"), ("/v1", "no OAuth credentials")):
        with pytest.raises(VerificationError, match=reason):
            parse_request(made, VerificationPolicy(mounted_at=mounted_at))
    unclaimed = request_from_environ(environ(**{**MOUNTED, "HTTP_SCRIPT_NAME": None}))
    with pytest.raises(VerificationError, match="no OAuth credentials"):
        parse_request(unclaimed, VerificationPolicy())


class Broken(BytesIO):
    """A stream that fails while a chunk is read."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise ValueError("bad chunk size")


def test_a_body_that_the_server_cannot_read_is_a_400() -> None:

    told: list[Any] = []
    middleware = VerifyingMiddleware(lambda *given: [b""], Verifier(RecordingStore(Clock())), on_refusal=told.append)
    given = environ(PATH_INFO="/x", QUERY_STRING="", CONTENT_TYPE="application/x-www-form-urlencoded")
    started: list[str] = []
    stream = {"wsgi.input": Broken(), "CONTENT_LENGTH": "5", "REQUEST_METHOD": "POST"}
    list(middleware({**given, **stream}, lambda status, *rest: started.append(status)))
    assert started == ["400 Bad Request"]
    assert "its body cannot be read to the end (ValueError)" in told[0].reason


@pytest.mark.parametrize("name", ["flask", "fastapi-alone", "django-async", "django-middleware-async"])
def test_a_form_without_a_length_is_read(name: str) -> None:
    """A chunked form is read up to the limit."""
    with served(name, new_store(), {}, {"max_body": 1000}) as port:
        for size, status in ((10, 200), (2000, 400)):
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            body = b"a=" + b"x" * size
            signer = Signer("client", "secret", token="t", token_secret="ts")
            signed = signer.sign("POST", f"http://127.0.0.1:{port}/", headers, body)
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            sent = {**headers, "Authorization": str(signed.authorization)}
            connection.request("POST", "/", iter([body[:5], body[5:]]), sent, encode_chunked=True)
            assert connection.getresponse().status == status
            connection.close()


@pytest.mark.parametrize("name", ["wsgi", "asgi", "flask-async", "django", "starlette", "fastapi", "fastapi-alone"])
def test_a_long_form_needs_both_limits_raised(name: str) -> None:
    """The limit of the framework module, which reads the form, and that of the verifier, which parses it."""
    enough, body = 3 * 1024 * 1024, b"a=" + b"x" * 2_000_000
    statuses: list[int] = []
    told: list[Any] = []
    for settings in ({}, {"max_form": enough}):
        with served(name, new_store(), settings, {"max_body": enough, "on_refusal": told.append}) as port:
            headers = sign_form(f"http://127.0.0.1:{port}/", body)
            statuses.append(status_of(port, "POST", Whatever(headers, "", body)))
    assert statuses == [400, 200]
    assert [error.reason for error in told] == [f"the form is longer than {1024 * 1024} octets"]


@pytest.mark.parametrize("name", ["flask", "flask-async", "django", "django-middleware"])
def test_a_form_that_declares_too_large_a_length_is_rejected_unread(name: str) -> None:
    """The client never sends any of it."""
    import socket

    with served(name, new_store(), {}, {"max_body": 1000}) as port:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        signer = Signer("client", "secret", token="t", token_secret="ts")
        signed = signer.sign("POST", f"http://127.0.0.1:{port}/", headers, b"a=1")
        head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 1001\r\nConnection: close\r\n"
        head += f"Content-Type: {headers['Content-Type']}\r\nAuthorization: {signed.authorization}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(head.encode("ascii"))
            assert connection.makefile("rb").readline().split()[1] == b"400"
