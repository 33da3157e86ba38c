"""HTTP messages as text."""

import pytest

from oauthone.diagnosis.raw_messages import read_message

HTTP_2 = b":method: POST\n:scheme: http\n:authority: api.example\n:path: /a?b=1\nX-Y: z\n\nbody"


def test_the_pseudo_headers_of_http_2_are_read() -> None:
    found = read_message(HTTP_2)
    assert (found.method, found.url(), found.url("https"), found.body) == (
        *("POST", "http://api.example/a?b=1", "http://api.example/a?b=1"),
        b"body",
    )
    assert ("X-Y", "z") in found.headers


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_message_does_not_tell_its_scheme(end: str) -> None:
    found = read_message(f"GET /a HTTP/1.1{end}Host: b{end}no header{end}C : d{end}{end}e{end}{end}f".encode())
    assert (found.url(), found.url("http")) == ("//b/a", "http://b/a")
    assert found.headers == (("Host", "b"), ("C", "d"))
    assert found.body == f"e{end}{end}f".encode()


@pytest.mark.parametrize("octets", [b"", b"hello", b"HTTP/1.1 200 OK", b":method: GET\n\n", b":path: /\n\n"])
def test_what_is_no_request_is_refused(octets: bytes) -> None:
    with pytest.raises(ValueError, match="request line"):
        read_message(octets)


ANSWER = b"HTTP/1.1 401 Unauthorized\nA: b\n\nno"


@pytest.mark.parametrize(
    ("head", "after", "body", "rest"),
    [
        (b"Content-Length: 3\n", b"a=b" + ANSWER, b"a=b", ANSWER),
        (b"Content-Length: 3\n", b"a=b\n\n" + ANSWER, b"a=b", b"\n\n" + ANSWER),
        (b"Content-Length: 3\n", b"a=b\n", b"a=b", b""),
        (b"Content-Length: 9\n", b"a\nb\n\n" + ANSWER, b"a\nb", ANSWER),
        (b"Content-Length: %d\n" % len(ANSWER), ANSWER, ANSWER, b""),
        (b"Content-Length: 900\n", b"a=b", b"a=b", b""),
        (b"Content-Length: x\n", b"a=b", b"a=b", b""),
        (b"", b"a=b\n\n" + ANSWER, b"a=b", ANSWER),
        (b"", ANSWER, b"", ANSWER),
        (b"", b"a=b HTTP/1.1 401", b"a=b HTTP/1.1 401", b""),
    ],
)
def test_the_answer_below_a_request_is_not_its_body(head: bytes, after: bytes, body: bytes, rest: bytes) -> None:
    found = read_message(b"POST /a HTTP/1.1\nHost: b\n" + head + b"\n" + after)
    assert (found.body, found.rest) == (body, rest)
