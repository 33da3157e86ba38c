"""The evidence in a server's answer: base strings, signatures, problem words and the clock, wherever they stand.

An answer may be a form, JSON, XML or a page for people, and what it quotes may be escaped for any of them. So it is
searched as it is, and with each layer of escapes undone.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any, NamedTuple

from oauthone.core.encoding import decode_for_display, iter_pairs
from oauthone.diagnosis.sent_request import OCTETS

#: More of an answer is not read.
_READ = 64 * 1024
#: What a challenge of these schemes says is not about OAuth 1.0.
_OTHER_SCHEMES = ("basic", "bearer", "digest", "negotiate")
#: How often text is unescaped.
_LAYERS = 3

_BASE_STRING = re.compile(
    r"(?<![A-Za-z])([A-Za-z]{3,12})&(https?(?:%3A%2F%2F|%3a%2f%2f|://)[^\s&\"'<>]{1,4096})&([^\s&\"'<>\\]{1,65536})"
)
_JSON_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|(["\\/]))')
_SIGNATURE = re.compile(
    r"(?<![a-z])(?:expected|ours|our|correct|computed|calculated|server)(?:[\s_-]*+(?:oauth[\s_-]*+)?signature)?[\"']?"
    r"\s*+[=:]?\s*+[\"'(]?([A-Za-z0-9+/_-]{27,600}+={0,2}+)(?![A-Za-z0-9+/=_&-])",
    re.IGNORECASE,
)
_STATUS = re.compile("[0-9]{3}")
_ERROR = re.compile(r"""(?<![A-Za-z_])error="([a-z_]{1,40})\"""")
_PARAMETER = re.compile(
    r"""(?<![a-z])(oauth_(?:problem|problem_advice|acceptable_timestamps|parameters_absent|parameters_rejected))"""
    r"""["']?\s{0,9}[=:]\s{0,9}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^"'&<>,;\s][^"'&<>\r\n]{0,2000}))"""
)

#: The explaining answer of this library's server.
_EXPLAINED = re.compile(
    r'"problem"\s*:\s*"([a-z_]{1,40})",\s*"reason"\s*:\s*"((?:[^"\\]|\\.){0,300})",\s*"base_string"\s*:'
)


class Answer(NamedTuple):
    """What a server answered, as far as it tells why.

    Attributes:
        status: the status code; None if it is not known.
        schemes: the schemes of its challenges, in lower case.
        base_strings: the base strings in it.
        signatures: the signatures that it says it expected.
        problem: its ``oauth_problem``, or the ``error`` of an OAuth challenge, or None.
        fields: the other fields of the Problem Reporting extension, by name.
        date: its clock in seconds since 1970; None if it does not tell.
        text: its text, for the words of a provider, with each layer of escapes undone.
    """

    status: int | None
    schemes: tuple[str, ...]
    base_strings: tuple[str, ...]
    signatures: tuple[str, ...]
    problem: str | None
    fields: Mapping[str, str]
    date: float | None
    text: str

    def __repr__(self) -> str:
        return f"Answer(status={self.status!r}, problem={self.problem!r}, …)"


NO_ANSWER = Answer(None, (), (), (), None, {}, None, "")


def read_answer(status: Any, headers: Any = (), body: Any = b"") -> Answer:
    """Return the evidence in an answer. No input is an error.

    Args:
        status: the status code.
        headers: the headers, as a mapping or as pairs.
        body: octets or text; None if it is not known.
    """
    pairs = [(_text(name).lower(), _text(value)) for name, value in iter_pairs(headers or ())]
    challenges = [value for name, value in pairs if name == "www-authenticate"]
    told = [value for value in challenges if not value.lower().startswith(_OTHER_SCHEMES)]
    text = "\n".join([*told, _text(body or b"")[:_READ]])[: 2 * _READ]
    layers = list(dict.fromkeys(_layers(text)))
    fields = _fields(layers)
    return Answer(
        status=int(_text(status)) if _STATUS.fullmatch(_text(status)) else None,
        schemes=tuple(value.split(None, 1)[0].lower().rstrip(",") for value in challenges if value.strip()),
        base_strings=_base_strings(layers),
        signatures=tuple(dict.fromkeys(found[1] for layer in layers for found in _SIGNATURE.finditer(layer))),
        problem=fields.pop("oauth_problem", None) or _error_in(challenges),
        fields=fields,
        date=next((_clock(value) for name, value in pairs if name == "date"), None),
        text="\n".join(layers),
    )


def _error_in(challenges: Iterable[str]) -> str | None:
    """Return the ``error`` of an OAuth challenge, where some servers put a word of the Problem Reporting extension."""
    found = (_ERROR.search(value) for value in challenges if value.lower().startswith("oauth"))
    return next((one[1] for one in found if one), None)


def _base_strings(layers: Iterable[str]) -> tuple[str, ...]:
    """Return the base strings. One whose URI is not encoded counts only if there is no other: decoding leads there."""
    found = list(dict.fromkeys(found[0] for layer in layers for found in _BASE_STRING.finditer(layer)))
    encoded = [text for text in found if "://" not in text]
    return tuple(encoded or found)


def _layers(text: str) -> Iterator[str]:
    """Yield ``text`` as it is, and with one layer of escapes undone after another, in each order that occurs."""
    yield text
    latest = [text]
    for _ in range(_LAYERS):
        latest = [
            undone
            for layer in latest
            for undo in (_from_html, _from_json, _from_form)
            if (undone := undo(layer)) != layer
        ]
        latest = list(dict.fromkeys(latest))
        yield from latest


def _from_html(text: str) -> str:
    try:
        return unescape(text)
    except ValueError:  # a number of more than 4,300 digits names no character, and Python does not read it
        return text


def _from_json(text: str) -> str:
    return _JSON_ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)


def _from_form(text: str) -> str:
    return decode_for_display(text) if "%" in text else text


def _fields(layers: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for layer in layers:
        for match in _PARAMETER.finditer(layer):
            found.setdefault(match[1], _told(match[2] or match[3] or match[4] or ""))
    if explained := _EXPLAINED.search(layers[0]):
        found.setdefault("oauth_problem", explained[1])
        if explained[1] == "parameter_absent":
            found.setdefault("oauth_parameters_absent", explained[2])
    return found


def _told(value: str) -> str:
    """Return the value of a field. In a form a plus sign stands for a space."""
    return value.strip() if " " in value else value.replace("+", " ").strip()


def _clock(value: str) -> float | None:
    try:
        clock = parsedate_to_datetime(value)
        return (clock if clock.tzinfo else clock.replace(tzinfo=UTC)).timestamp()  # -0000 is UTC, too
    except (ValueError, TypeError, OverflowError):
        return None


def _text(value: Any) -> str:
    if isinstance(value, OCTETS):
        octets = bytes(value[:_READ])
        encoding = json.detect_encoding(octets) if octets[:1] in (b"{", b"\xff", b"\xfe", b"\0") else "utf-8"
        return octets.decode(encoding, "replace")
    return value if isinstance(value, str) else str(value)
