"""Headers and bodies become bytes or text."""

import requests

from oauthone.compat.requests_oauthlib._octets import convert


def prepared() -> requests.PreparedRequest:
    headers = {"X-Text": "é", "X-Octets": b"\xc3\xa9", "X-Latin": b"\xe9"}
    request = requests.Request("POST", "https://api.example/", headers=headers).prepare()
    request.body = "a=é"
    return request


def test_everything_becomes_bytes() -> None:
    """In the encoding that was asked for; what is bytes stays."""
    request = prepared()
    convert(request, "utf-8", with_body=True)
    assert dict(request.headers) == {
        "X-Text": "é".encode(),
        "X-Octets": b"\xc3\xa9",
        "X-Latin": b"\xe9",
        "Content-Length": b"0",
    }
    assert request.body == "a=é".encode()
    assert request.headers["x-text"] == "é".encode()
    latin = prepared()
    convert(latin, "latin-1", with_body=True)
    assert latin.headers["X-Text"] == b"\xe9"


def test_everything_becomes_text() -> None:
    """Unless it is in another encoding."""
    request = prepared()
    request.body = b"a=\xc3\xa9"
    convert(request, None, with_body=True)
    assert dict(request.headers) == {"X-Text": "é", "X-Octets": "é", "X-Latin": b"\xe9", "Content-Length": "0"}
    assert request.body == "a=é"


def test_a_body_that_is_not_covered_stays() -> None:
    request = prepared()
    convert(request, "utf-8", with_body=False)
    assert request.body == "a=é"
    request.body = body = iter(())
    convert(request, "utf-8", with_body=True)
    assert request.body is body
