"""What a WSGI environ and an ASGI scope say about a request, where servers differ."""

from io import BytesIO
from typing import Any

import pytest

from oauthone.core.policy import VerificationPolicy
from oauthone.server.arrival import Arrival, from_environ, from_scope
from oauthone.server.wsgi import VERIFIED, VerifyingMiddleware, read_body

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


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({"RAW_URI": "/a%2Fb%7e?x=%e9+"}, "https://api.example/a%2Fb%7e?x=%e9+"),
        ({"REQUEST_URI": "/a%2Fb%7e?x"}, "https://api.example/a%2Fb%7e?x"),
        ({"REQUEST_URI": "http://other.example/a%2Fb?x=://"}, "https://api.example/a%2Fb?x=://"),
        ({"RAW_URI": "http://other.example"}, "https://api.example/"),
        ({"RAW_URI": "/a://b?x"}, "https://api.example/a://b?x"),
        ({"RAW_URI": "/\xe9?\xff"}, "https://api.example/%E9?%FF"),
        ({"RAW_URI": "*"}, "https://api.example/a%20b/%C3%A9?x=%c3%a9"),
        ({}, "https://api.example/a%20b/%C3%A9?x=%c3%a9"),
        ({"SCRIPT_NAME": "/v1", "QUERY_STRING": ""}, "https://api.example/v1/a%20b/%C3%A9"),
        ({"HTTP_HOST": None, "RAW_URI": "/"}, "https://inner:8443/"),
        (
            {"HTTP_HOST": None, "RAW_URI": "/", "HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_FORWARDED": "host=e"},
            "https://inner:8443/",
        ),
        ({"RAW_URI": "/", "HTTP_X_FORWARDED_PROTO": "http", "HTTP_X_FORWARDED_PORT": "80"}, "https://api.example/"),
    ],
)
def test_the_url_of_a_wsgi_request(changes: dict[str, Any], url: str) -> None:
    assert from_environ(environ(**changes)).url == url


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({"raw_path": b"/a%2Fb%7e", "query_string": b"x=%e9+"}, "https://api.example/a%2Fb%7e?x=%e9+"),
        ({"raw_path": b"/a?x=1", "query_string": b"x=1"}, "https://api.example/a?x=1"),
        ({"raw_path": b"/\xe9", "query_string": b"\xff"}, "https://api.example/%E9?%FF"),
        ({"raw_path": None}, "https://api.example/a%20b/%C3%A9"),
        ({}, "https://api.example/a%20b/%C3%A9"),
        ({"headers": [], "server": ("inner", 8443)}, "https://inner:8443/a%20b/%C3%A9"),
        ({"headers": [], "server": ("/run/socket", None)}, "https:///run/socket/a%20b/%C3%A9"),
        ({"headers": []}, "https://localhost/a%20b/%C3%A9"),
        (
            {"headers": [(b"x-forwarded-host", b"evil.example"), (b"x-forwarded-proto", b"http")]},
            "https://localhost/a%20b/%C3%A9",
        ),
    ],
)
def test_the_url_of_an_asgi_request(changes: dict[str, Any], url: str) -> None:
    scope = {"method": "GET", "scheme": "https", "path": "/a b/é", "headers": [(b"Host", b"api.example")], **changes}
    assert from_scope(scope).url == url


@pytest.mark.parametrize(
    ("headers", "url", "needed"),
    [
        ((), "https://x/", False),
        ((("Content-Type", "application/json"),), "https://x/", False),
        ((("content-type", "Application/X-WWW-form-urlencoded;x"),), "https://x/", True),
        ((("Authorization", 'OAuth oauth_body_hash="x"'),), "https://x/", True),
        ((("Authorization", "Basic x"), ("authorization", 'OAuth oauth%5fbody%5Fhash="x"')), "https://x/", True),
        ((), "https://x/?a&oauth_body%5Fhash=x", True),
    ],
)
def test_a_body_is_read_only_where_a_signature_covers_it(headers: Any, url: str, needed: bool) -> None:
    arrival = Arrival("POST", url, headers)
    assert arrival.needs_body(VerificationPolicy()) is needed
    assert arrival.needs_body(VerificationPolicy(body_hash="required"))
    assert "?" not in repr(arrival)


A_FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


@pytest.mark.parametrize(
    ("headers", "url", "body", "presents"),
    [
        ((), "https://x/?a=1", b"", False),
        ((("Authorization", "Bearer oauth_"),), "https://x/", b"", False),
        ((("Authorization", "OAuth"),), "https://x/", b"", True),
        ((), "https://x/?oauth%5Fconsumer_key", b"", True),
        ((), "https://x/?oauth_signature=", b"", True),
        ((), "https://x/?oauth_token=abc&oauth_verifier=xyz", b"", False),
        ((), "https://x/?q=oauth_signature&%zz=+oauth_consumer_key", b"", False),
        (A_FORM, "https://x/", b"a=1&%6fauth_signature=", True),
        (A_FORM, "https://x/", b"comment=what+is+an+oauth_signature%3D&\xff", False),
        ((), "https://x/", b"oauth_signature=", False),
    ],
)
def test_whoever_presents_no_credentials_is_anonymous(headers: Any, url: str, body: bytes, presents: bool) -> None:
    assert Arrival("POST", url, headers).presents_credentials(body) is presents


class Dribbling(BytesIO):
    """A stream that never hands out more than two octets."""

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
