"""Canned answers: the responses that a box gives on paths that the user chooses, once a request is verified."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

#: Paths that mean something else in a box, so no answer can be set for them.
_RESERVED = ("/oauth/", "/landing", "/redirect", "/flaky", "/slow")
#: A value for a header: no control characters, no spaces at either end, and only ISO 8859-1.
_HEADER_VALUE = re.compile(r"(?! )[ -~\x80-\xff]*(?<! )")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


class CannedAnswer(NamedTuple):
    """A response that a box gives instead of its description of the request.

    Attributes:
        status: the status code.
        headers: the headers as pairs.
        body: the octets of the body.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def is_header_value(text: str) -> bool:
    """Return whether a header can have this value, and arrives as it is."""
    return _HEADER_VALUE.fullmatch(text) is not None


def canned_answer(status: int, body: Any, content_type: str | None) -> CannedAnswer:
    """Return an answer.

    Args:
        status: the status code.
        body: text or octets; any other value becomes JSON.
        content_type: None stands for JSON, plain text or octets, whatever the body is.

    Raises:
        ValueError: the status is not from 200 to 599, or the body or its type cannot be sent.
    """
    if not 200 <= status <= 599:
        raise ValueError(f"the status {status!r} is not from 200 to 599")
    if content_type is not None and not is_header_value(content_type):
        raise ValueError(f"the Content-Type {content_type!r} is not one line of printable text")
    if isinstance(body, bytes):
        octets, usual = body, "application/octet-stream"
    elif isinstance(body, str):
        octets, usual = _utf8(body), "text/plain; charset=utf-8"
    else:
        octets, usual = json.dumps(body).encode("ascii"), "application/json"
    return CannedAnswer(status, (("Content-Type", content_type or usual), ("Cache-Control", "private")), octets)


def _utf8(body: str) -> bytes:
    try:
        return body.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("the body contains half of a surrogate pair, which UTF-8 cannot express") from None


def answer_key(path: str, method: str | None) -> tuple[str, str]:
    """Return the key of an answer: the method, ``""`` for every method, and the path.

    Raises:
        ValueError: this is no method or no path, or the path has a meaning of its own.
    """
    if method is not None and method.upper() not in _METHODS:
        raise ValueError(f"{method!r} is not a method that a box serves: {', '.join(_METHODS)}")
    if not path.startswith("/") or not path.isprintable() or any(char in path for char in "?# "):
        raise ValueError(f"{path!r} is not a path such as '/photos', without a query")
    if any(path == one or path.startswith(f"{one.rstrip('/')}/") for one in _RESERVED):
        raise ValueError(f"{path!r} has a meaning of its own in a box: choose another path, or a fault")
    return ("" if method is None else method.upper(), path)


def read_answer(target: str, source: str) -> tuple[tuple[str, str], CannedAnswer]:
    """Return an answer as a person types it, with its key.

    Args:
        target: method, path and status, such as ``GET /photos 404``; method and status may be left out.
        source: the body, or ``@FILE``.

    Raises:
        ValueError: it is none, or the file cannot be read.
    """
    words = target.split()
    method = words.pop(0) if words and not words[0].startswith("/") else None
    status = int(words.pop()) if len(words) == 2 and words[1].isdecimal() else 200
    if len(words) != 1:
        raise ValueError(f"{target!r} is not a method, a path and a status such as 'GET /photos 404'")
    body: str | bytes = source
    if source.startswith("@"):
        try:
            body = Path(source[1:]).read_bytes()
        except OSError as failure:
            raise ValueError(f"the answer in {source[1:]} cannot be read: {failure.strerror}") from None
    kind = "application/json" if source.endswith(".json") or source[:1] in ("{", "[") else None
    return answer_key(words[0], method), canned_answer(status, body, kind)
