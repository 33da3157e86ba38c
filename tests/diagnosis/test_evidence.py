"""A request as users have it in their hands."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from oauthone.diagnosis import Evidence

HEADERS = (("Authorization", 'OAuth oauth_token="t"'),)


def test_from_curl() -> None:
    found = Evidence.from_curl("curl -d a=1 -H 'Authorization: OAuth oauth_token=\"t\"' https://a/b")
    form = ("Content-Type", "application/x-www-form-urlencoded")
    assert found == Evidence("POST", "https://a/b", (*HEADERS, form), b"a=1")
    assert repr(found) == "Evidence('POST', …)"


def har(**posted: Any) -> str:
    headers = [{"name": ":authority", "value": "a"}, {"name": "Authorization", "value": HEADERS[0][1]}]
    request = {"method": "POST", "url": "https://a/b", "headers": headers, **({"postData": posted} if posted else {})}
    return json.dumps({"log": {"entries": [{}, {"request": request}]}})


@pytest.mark.parametrize(
    ("posted", "body"),
    [
        ({"text": "a=é"}, "a=é".encode()),
        ({"text": b64encode(b"\xff").decode(), "encoding": "base64"}, b"\xff"),
        ({"params": [{"name": "a", "value": "x y"}, {"name": "b"}]}, b"a=x+y&b="),
        ({}, b""),
    ],
)
def test_from_har(tmp_path: Path, posted: Any, body: bytes) -> None:
    path = tmp_path / "a.har"
    path.write_text(har(**posted), "utf-8")
    assert Evidence.from_har(path, 1) == Evidence("POST", "https://a/b", HEADERS, body)
    assert Evidence.from_har(har(**posted), 1).body == body


@pytest.mark.parametrize(
    ("text", "words"), [(har(), "no request number 0"), ("{}", "no request"), ("{", "no.* a JSON")]
)
def test_what_is_no_har_file_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("no.* a", "not a")):
        Evidence.from_har(text)


@pytest.mark.parametrize(
    ("headers", "url"),
    [
        ({"Host": "a"}, "//a/b?c"),
        ({":authority": "a", ":scheme": "http"}, "http://a/b?c"),
        ({}, "///b?c"),
    ],
)
def test_a_har_file_may_tell_no_scheme(headers: dict[str, str], url: str) -> None:
    listed = [{"name": name, "value": value} for name, value in headers.items()]
    entry = {"request": {"method": "GET", "url": "/b?c", "headers": listed}}
    assert Evidence.from_har(json.dumps({"log": {"entries": [entry]}})).url == url


def collection(request: Any) -> str:
    return json.dumps({"item": [{"name": "folder", "item": [{"name": "mine", "request": request}]}]})


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        ("https://a/b", Evidence("GET", "https://a/b", (), b"")),
        (
            {
                **{"method": "PUT", "url": {"raw": "https://a/b?c=1"}, "body": {"mode": "raw", "raw": "{}"}},
                "header": [{"key": "X", "value": "1"}, {"key": "Y", "value": "2", "disabled": True}],
            },
            Evidence("PUT", "https://a/b?c=1", (("X", "1"),), b"{}"),
        ),
        (
            {
                **{"method": "POST", "url": "https://a/b"},
                "body": {
                    "mode": "urlencoded",
                    "urlencoded": [{"key": "a", "value": "x y"}, {"key": "b", "value": "", "disabled": True}],
                },
            },
            Evidence("POST", "https://a/b", (("Content-Type", "application/x-www-form-urlencoded"),), b"a=x%20y"),
        ),
    ],
)
def test_from_postman(request_: Any, found: Evidence) -> None:
    assert Evidence.from_postman(collection(request_), "mine") == found


def test_a_postman_collection_without_the_request_is_refused() -> None:
    for text in (collection("https://a"), '{"item": []}', "{}"):
        with pytest.raises(ValueError, match="no request named 'yours'"):
            Evidence.from_postman(text, "yours")


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_from_raw_http(end: bytes) -> None:
    octets = end.join([b"POST /b?c=1 HTTP/1.1", b"Host: a", b'Authorization: OAuth oauth_token="t"', b"", b"a=1"])
    expected = Evidence("POST", "//a/b?c=1", (("Host", "a"), *HEADERS), b"a=1")
    assert Evidence.from_raw_http(octets) == expected
    assert Evidence.from_raw_http(b"GET http://x/y HTTP/1.1\r\n\r\n").url == "http://x/y"
    for odd in (b"", b"no request", b"\r\n\r\n"):
        with pytest.raises(ValueError, match="does not begin with a request line"):
            Evidence.from_raw_http(odd)


@pytest.mark.parametrize(
    "text",
    [
        'DEBUG sending GET https://a/b?c=1\n> Authorization: OAuth oauth_token="t"\n',
        "GET https://a/b?c=1 {'Authorization': 'OAuth oauth_token=\"t\"'}",
        "-> \"GET https://a/b?c=1\"\n  'authorization': 'OAuth oauth_token=\"t\"',\n",
    ],
)
def test_from_log(text: str) -> None:
    assert Evidence.from_log(text) == Evidence("GET", "https://a/b?c=1", HEADERS, ...)


def test_a_log_without_a_request_is_refused() -> None:
    with pytest.raises(ValueError, match="no line with a method"):
        Evidence.from_log("nothing")


@pytest.mark.parametrize("between", ["\n" * 2_000_000, "host: x" + " " * 2_000_000 + "y\n"], ids=["lines", "spaces"])
def test_white_space_in_a_log_is_read_once(between: str) -> None:
    """A search that began anew at each of them would not end."""
    found = Evidence.from_log(f"GET https://api.example/\n{between}> Content-Type: 'a/b',\nhost:\n")
    assert ("Content-Type", "a/b") in found.headers
    assert all(value for _, value in found.headers)


@pytest.mark.parametrize("member", ["method", "url"])
@pytest.mark.parametrize("value", [None, 1, True, [], {}, [None], 1e400])
def test_a_recorded_request_has_a_method_and_a_url_that_are_texts(member: str, value: Any) -> None:
    """The neighbours are the requests above."""
    request = {"method": "GET", "url": "https://a/b", member: value}
    with pytest.raises(ValueError, match=f"its {member} is no text"):
        Evidence.from_har(json.dumps({"log": {"entries": [{"request": request}]}}))
    if value != {}:  # a URL of Postman may be an object
        with pytest.raises(ValueError, match=r"its (url|method) is no text"):
            Evidence.from_postman(collection(request), "mine")


def test_a_body_that_is_not_base64_is_said_to_be_none() -> None:
    posted = {"text": "a", "encoding": "base64"}
    entry = {"request": {"method": "POST", "url": "https://a/b", "postData": posted}}
    with pytest.raises(ValueError, match="not base64, though its HAR file says so"):
        Evidence.from_har(json.dumps({"log": {"entries": [entry]}}))
