"""What people paste: a request in any of the notations that programs show, and the answer to it."""

import json
import re
from collections.abc import Iterator
from types import EllipsisType
from typing import Any, NamedTuple

from oauthone.core.body import is_form
from oauthone.diagnosis.evidence import Evidence
from oauthone.diagnosis.raw_messages import read_message
from oauthone.diagnosis.transcripts import Transcript, read_transcript

#: An answer as `diagnose` takes it: status, headers and body.
PastedAnswer = tuple[int | None, tuple[tuple[str, str], ...], str]

#: A request or an answer that is longer takes too long to search, and no server takes it.
LONGEST_PASTED = 64 * 1024
#: Each mistake is tried on each parameter.
MOST_PARAMETERS = 1000

_STATUS_LINE = re.compile(r"HTTP/[0-9.]+\s+([0-9]{3})\b[^\n]*\n?")
_HEADER = re.compile(r"[<\s]*([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*)")
_STATUS_ALONE = re.compile(r"\s*(?:status(?:\s+code)?\s*(?:[:=]\s*)?)?([1-5][0-9]{2})\b", re.IGNORECASE)
_CURLS = ("curl", "curl.exe", "$", "%")


class Pasted(NamedTuple):
    """A request that was pasted, and what came with it.

    Attributes:
        request: the request.
        answer: the answer to it, which a HAR file contains, and which may stand below an HTTP message; otherwise None.
        notation: ``"curl"``, ``"HAR"``, ``"HTTP"`` or ``"log"``.
    """

    request: Evidence
    answer: PastedAnswer | None
    notation: str


def read_pasted(text: str, scheme: str | None = None) -> Pasted:
    """Return the request in a text: a curl command, what ``curl -v`` shows, a HAR file, an HTTP message, or a log.

    Args:
        text: the text. Of a HAR file, the first request with an ``oauth_signature`` counts, or else the first one.
        scheme: the scheme of an HTTP message that does not tell it. With None, its URL begins with ``//``.

    Raises:
        ValueError: it holds no request, or one that is too long to be searched for mistakes.
    """
    pasted = _in_any_notation(text, scheme)
    _refuse_long(pasted.request)
    return pasted


def _refuse_long(request: Evidence) -> None:
    """Refuse what would take too long to search. A body that is no form is not searched, so it may be long."""
    method, url, headers, body = request
    if len(method) + len(url) + sum(len(name) + len(value) for name, value in headers) > LONGEST_PASTED:
        raise ValueError("the address and the headers are longer than 64 KiB")
    has_form = any(name.lower() == "content-type" and is_form(value) for name, value in headers)
    form = body if has_form and isinstance(body, bytes) else b""
    if len(form) > LONGEST_PASTED:
        raise ValueError("the form is longer than 64 KiB")
    if url.count("&") + form.count(b"&") + sum(value.count(",") for _, value in headers) > MOST_PARAMETERS:
        raise ValueError(f"there are more than {MOST_PARAMETERS:,} parameters")


def _in_any_notation(text: str, scheme: str | None) -> Pasted:
    begin = text.lstrip("\ufeff \t\r\n")
    transcript = read_transcript(begin)
    if transcript is not None:
        return _of_transcript(transcript, scheme)
    if begin.startswith("{"):
        return _of_har(begin)
    if begin.split(maxsplit=1)[:1] and begin.split(maxsplit=1)[0].rpartition("/")[2] in _CURLS:
        return Pasted(Evidence.from_curl(begin), None, "curl")
    try:
        octets = begin.encode("utf-8", "surrogateescape")
        answer = read_message(octets).rest.decode("utf-8", "replace")
        return Pasted(Evidence.from_raw_http(octets, scheme), read_pasted_answer(answer), "HTTP")
    except ValueError:
        return Pasted(Evidence.from_log(text), None, "log")


def _of_transcript(transcript: Transcript, scheme: str | None) -> Pasted:
    """Return what ``curl -v`` shows. The command above it, if it was pasted too, tells the body."""
    message = transcript.message
    body: bytes | EllipsisType = ... if transcript.has_body else b""
    if transcript.has_body and transcript.before:
        try:
            body = Evidence.from_curl(transcript.before).body
        except ValueError:
            body = ...  # other words stand there
    request = Evidence(message.method, message.url(scheme or transcript.scheme), message.headers, body)
    return Pasted(request, read_pasted_answer(transcript.answer), "HTTP")


def read_pasted_answer(text: str) -> PastedAnswer | None:
    """Return the answer in a text: an HTTP message, as ``curl -i`` or ``curl -v`` shows it, a status, or a body alone.

    Args:
        text: the text; of several messages, such as that of a proxy before that of the server, the last one counts.
            Only the first 64 KiB are read.
    """
    text = text[:LONGEST_PASTED]
    if not text.strip():
        return None
    found = [*_STATUS_LINE.finditer(text)]
    if not found:
        alone = _STATUS_ALONE.match(text)
        return (int(alone[1]) if alone else None, (), text)
    lines = text[found[-1].end() :].splitlines()
    headers = [*_headers(lines)]
    body = "\n".join(lines[len(headers) :]).lstrip("\r\n")
    return int(found[-1][1]), tuple(headers), body


def _headers(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        found = _HEADER.fullmatch(line)
        if not found:
            return
        yield found[1], found[2].strip()


def _of_har(text: str) -> Pasted:
    index = _signed_entry(text)
    request = Evidence.from_har(text, index)
    try:
        said: dict[str, Any] = json.loads(text)["log"]["entries"][index]["response"]
        headers = tuple((str(one["name"]), str(one["value"])) for one in said.get("headers", ()))
        answer = int(said["status"]), headers, str(said.get("content", {}).get("text", ""))
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError, RecursionError):
        return Pasted(request, None, "HAR")
    # Browsers write the status 0 for a request that got no answer.
    return Pasted(request, answer if answer[0] else None, "HAR")


def _signed_entry(text: str) -> int:
    """Return the number of the first entry of a HAR file with a signature; 0 if there is none."""
    try:
        entries: list[Any] = json.loads(text)["log"]["entries"]
        signed = ("oauth_signature" in json.dumps(entry["request"]) for entry in entries)
        return next((number for number, is_signed in enumerate(signed) if is_signed), 0)
    except (KeyError, TypeError, ValueError, RecursionError):
        return 0
