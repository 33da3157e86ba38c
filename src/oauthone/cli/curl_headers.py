"""The headers of ``-H`` and ``-A``, as curl reads them."""

import re
from collections.abc import Sequence

from oauthone.cli.output import CommandError, Exit

#: A method, or the name of a header.
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
#: Headers that a request has in any case.
_MADE = frozenset(("accept", "accept-encoding", "connection", "host", "user-agent"))


def read_headers(lines: Sequence[str], user_agent: str | None) -> list[tuple[str, str | None]]:
    """Return the headers of the flags, each name once; the value of one that curl would take away is None."""
    found: dict[str, tuple[str, str | None]] = {}
    for name, value in map(_header, lines):
        _, before = found.get(name.lower(), (name, None))
        joint = "; " if name.lower() == "cookie" else ", "
        both = [one for one in (before, value) if one is not None]
        found[name.lower()] = (name, joint.join(both) if both else None)
    if user_agent:
        found.setdefault("user-agent", ("User-Agent", _header_value(user_agent)))
    return [*found.values()]


def _header(line: str) -> tuple[str, str | None]:
    """Return name and value; ``Name;`` has an empty value, and ``Name:`` has none, as in curl."""
    name, separator, value = line.partition(":")
    if not separator:
        name, separator, value = line.partition(";")
        separator = separator if not value.strip() else ""
    if not separator or not TOKEN.fullmatch(name.strip()):
        # What lacks a name may be a signature or a token, and is not repeated.
        raise CommandError(Exit.USAGE, "-H wants 'Name: value', and this header has no name before a colon.")
    text = _header_value(value.strip())
    return name.strip(), None if ":" in line and not text else text


def _header_value(text: str) -> str:
    """Return the value of a header, which leaves as the octets of the command line."""
    if _CONTROL.search(text):
        raise CommandError(Exit.USAGE, "The value of a header is one line without control characters, and this is not.")
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def with_default(headers: list[tuple[str, str | None]], name: str, value: str) -> list[tuple[str, str | None]]:
    """Return the headers with one more, unless a flag names it."""
    known = any(given.lower() == name.lower() for given, _ in headers)
    return headers if known else [*headers, (name, value)]


def without_removed(headers: list[tuple[str, str | None]]) -> list[tuple[str, str]]:
    """Return the headers without those that are taken away. The libraries below add some, which can be empty alone."""
    return [(name, value or "") for name, value in headers if value is not None or name.lower() in _MADE]
