"""What ``curl -v`` shows: the headers that it sent after ``>``, those that it received after ``<``, and other words."""

import re
from typing import NamedTuple

from oauthone.diagnosis.raw_messages import METHODS, Message, read_message

_SENT = re.compile(rf"> ?(?:{METHODS}) \S+ HTTP/[0-9.]+\s*")
_RECEIVED = re.compile(r"< ?HTTP/[0-9.]+ .*")
#: Its words about the connection, and about the octets of TLS.
_WORDS = ("* ", "{ [", "} [")
_TLS = re.compile(r"^\* (?:SSL connection|TLSv|\(?TLS|ALPN|.*\[:scheme: https\])", re.MULTILINE)


class Transcript(NamedTuple):
    """The last request in what ``curl -v`` shows.

    Attributes:
        message: the request without its body, which is not shown.
        has_body: whether it had one.
        scheme: ``"https"`` if TLS is spoken of; otherwise None.
        answer: the answer as an HTTP message, or an empty text.
        before: what stands above the first line, such as the command.
    """

    message: Message
    has_body: bool
    scheme: str | None
    answer: str
    before: str


def read_transcript(text: str) -> Transcript | None:
    """Return the last request of a transcript, and the last answer to it; None if the text is none."""
    lines = text.splitlines()
    begin = next((number for number in reversed(range(len(lines))) if _SENT.fullmatch(lines[number])), None)
    if begin is None:
        return None
    message = read_message("\n".join(_block(lines, begin, ">")).encode("latin-1", "replace"))
    has_body = message.header("content-length", "transfer-encoding") not in (None, "0")
    first = next(number for number, line in enumerate(lines) if line.startswith(("* ", ">", "<")))
    scheme = "https" if _TLS.search(text) else None
    return Transcript(message, has_body, scheme, _answer(lines[begin:]), "\n".join(lines[:first]))


def _block(lines: list[str], begin: int, mark: str) -> list[str]:
    """Return the lines with a mark, without it, up to one that is empty."""
    found: list[str] = []
    for line in lines[begin:]:
        if not line.startswith(mark) or not line[1:].strip():
            return found
        found.append(line[1:].strip())
    return found


def _answer(lines: list[str]) -> str:
    begin = next((number for number in reversed(range(len(lines))) if _RECEIVED.fullmatch(lines[number])), None)
    if begin is None:
        return ""
    head = _block(lines, begin, "<")
    body = [line for line in lines[begin + len(head) + 1 :] if not line.startswith(_WORDS)]
    return "\n".join([*head, "", *body])
