"""Masking of bodies: values that may be secret by their names, in multipart bodies, JSON, XML, and texts like these.

Bodies are read as text, so that one that is cut off or that has a mistake is masked, too. Each character is looked at
a few times at most, whatever a stranger sends.
"""

import json
import re
from collections.abc import Iterator
from functools import cache

from oauthone.core.masking import LONGEST_NAME, masked_form, secret_names


@cache
def _part_head() -> re.Pattern[str]:
    """The head of a part up to the empty line, from the field with its name on."""
    to_next = "(?:(?!content-disposition:)[^\\r\\n])*"  # so that each octet is looked at once, also where no head ends
    return re.compile(
        rf'content-disposition:{to_next}?\bname="([^"\r\n]*)"(?:{to_next}+\r\n)+?\r\n',
        re.IGNORECASE,
    )


def mask_parts(text: str) -> str:
    """Return a multipart body without the contents of parts whose names are those of secrets."""
    shown, end = "", 0
    for head in _part_head().finditer(text):
        if head.start() >= end and secret_names().search(head[1]):
            shown += f"{text[end : head.end()]}***"
            end = text.find("\r\n--", head.end())
            if end < 0:
                return shown
    return shown + text[end:]


#: A string of JSON; one without an end goes to the end, so that no quote in it is tried as the beginning of another.
_STRING = r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)'


@cache
def _member() -> re.Pattern[str]:
    """A string of JSON, and if it is the name of a member, the value or its opening bracket."""
    return re.compile(rf'({_STRING})(?:\s*+:\s*+({_STRING}|[\[{{]|[^\s,\[\]{{}}"]++))?+', re.DOTALL)


@cache
def _bracket() -> re.Pattern[str]:
    return re.compile(rf"{_STRING}|[\[\]{{}}]", re.DOTALL)


@cache
def _element() -> re.Pattern[str]:
    """The tag that begins an element of XML: its name, and that without a prefix."""
    return re.compile(r"<((?:[\w.-]{1,80}:)?+([\w.-]++))(?:\s[^<>]*+)?+>")


@cache
def _attribute() -> re.Pattern[str]:
    """An attribute of XML, or an argument of GraphQL."""
    return re.compile(r"""(?<![\w.-])([\w.-]++)\s*+[=:]\s*+("[^"]*+"|'[^']*+')""")


def masked_text(text: str) -> str:
    """Return JSON, XML, GraphQL or an untyped form without the values that may be secret by their names."""
    if not re.search(r'[\s"<]', text):
        return masked_form(text)
    for values in (_secret_members, _secret_elements, _secret_attributes):
        parts, done = list[str](), 0
        for begin, end, shown in values(text):
            parts += text[done:begin], shown
            done = end
        text = "".join([*parts, text[done:]])
    return text


#: Begin and end of a value, and what is shown for it.
_Values = Iterator[tuple[int, int, str]]


def _secret_members(text: str) -> _Values:
    end = 0
    for member in _member().finditer(text):
        string, value = member.groups()
        if member.start() < end:
            continue
        if value is None:
            yield *member.span(1), _masked_string(string)
        elif value not in ('""', "null") and _hides(_read(string) or string):
            end = _end_of(text, member.start(2)) if value in "[{" else member.end()
            yield member.start(2), end, '"***"'
        elif value[0] == '"':
            yield *member.span(2), _masked_string(value)


def _end_of(text: str, begin: int) -> int:
    """Return where an object or array ends that begins at ``begin``."""
    depth = 0
    for found in _bracket().finditer(text, begin):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return len(text)


def _masked_string(string: str) -> str:
    """Return a string of JSON; if it is a text with strings of its own, without their values that may be secret."""
    if '\\"' not in string:
        return string
    inner = _read(string)
    if inner is None:
        return '"***"'
    shown = masked_text(inner)
    return string if shown == inner else json.dumps(shown, ensure_ascii=False)


def _read(string: str) -> str | None:
    """Return what a string of JSON means; None if it is none."""
    if "\\" not in string:
        return string[1:-1]
    try:
        return str(json.loads(string, strict=False))
    except ValueError:
        return None


def _secret_elements(text: str) -> _Values:
    end = 0
    for tag in _element().finditer(text):
        if tag.start() >= end and not tag[0].endswith("/>") and _hides(tag[2]):
            end = text.find(f"</{tag[1]}>", tag.end())
            end = len(text) if end < 0 else end
            yield tag.end(), end, "***"


def _secret_attributes(text: str) -> _Values:
    for found in _attribute().finditer(text):
        if len(found[2]) > 2 and _hides(found[1]):
            quote = found[2][0]
            yield *found.span(2), f"{quote}***{quote}"


def _hides(name: str) -> bool:
    """Return whether the value of a name in a body is hidden. Nobody looks there for a mistake in a signature."""
    return len(name) > LONGEST_NAME or name in ("oauth_token", "oauth_signature") or bool(secret_names().search(name))
