"""HTTP messages as text: a request of HTTP/1.1 or HTTP/2, and perhaps the answer below it."""

import re
from typing import NamedTuple

METHODS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_REQUEST_LINE = re.compile(rf"({METHODS})\s+(\S+)(?:\s+HTTP/[0-9.]+)?\s*\Z")
_HEADER = re.compile(r"(:?[^:\s]+)\s*:(.*)", re.DOTALL)
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_ANSWER = re.compile(rb"^HTTP/[0-9.]+[ \t]+[1-5][0-9]{2}\b", re.MULTILINE)


class Message(NamedTuple):
    """A request that was read from text.

    Attributes:
        method: the method.
        target: the request target, which may be absolute.
        headers: the headers, and the pseudo-headers of HTTP/2.
        body: what follows them, as far as its Content-Length and an answer leave it.
        rest: what follows the body, such as the answer.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    rest: bytes = b""

    def header(self, *names: str) -> str | None:
        """Return the value of the first of these names, in lower case here, that was sent."""
        return next((value for name in names for given, value in self.headers if given.lower() == name), None)

    def url(self, scheme: str | None = None) -> str:
        """Return the URL, which begins with ``//`` if neither the message nor the caller tells the scheme."""
        if "://" in self.target:
            return self.target
        known = self.header(":scheme") or scheme
        host = self.header("host", ":authority") or ""
        return f"{known + ':' if known else ''}//{host}{self.target}"


def read_message(octets: bytes) -> Message:
    """Return the request in a message.

    Raises:
        ValueError: the octets do not begin with a request line or with the pseudo-headers of HTTP/2.
    """
    head, *rest = _BLANK_LINE.split(octets.lstrip(), 1)
    first, *lines = head.decode("latin-1").splitlines() or [""]
    found = _REQUEST_LINE.match(first)
    headers = tuple(
        (one[1], one[2].strip()) for one in map(_HEADER.match, lines if found else [first, *lines]) if one is not None
    )
    pseudo = dict(headers)
    method, target = found.groups() if found else (pseudo.get(":method"), pseudo.get(":path"))
    if method is None or target is None:
        raise ValueError("the message does not begin with a request line such as 'GET /path HTTP/1.1'")
    message = Message(method, target, headers, b"")
    body, after = _without_answer(rest[0] if rest else b"", message.header("content-length"))
    return message._replace(body=body, rest=after)


def _without_answer(octets: bytes, length: str | None) -> tuple[bytes, bytes]:
    """Return a body, and what was pasted below it. Line ends that were changed make a body shorter than its length."""
    end = int(length) if length is not None and re.fullmatch(r"[0-9]{1,12}", length) else None
    if end is not None and not octets[end:].strip():
        return octets[:end], b""
    answer = _ANSWER.search(octets)
    if answer is not None and (end is None or end > answer.start()):
        return octets[: answer.start()].rstrip(b"\r\n"), octets[answer.start() :]
    return (octets, b"") if end is None else (octets[:end], octets[end:])
