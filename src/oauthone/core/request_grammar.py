"""The grammars that the parts of a request are held to (RFC 9110, RFC 9112, RFC 3986), and what is wrong with them."""

import re
from functools import lru_cache

from oauthone.core.encoding import to_wire_string

# Methods are case-sensitive in HTTP (RFC 9110 section 9.1), but not in a base string (RFC 5849 section 3.4.1.1).
_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Z-]+")
# RFC 9110 section 7.2, without characters that host names do not have.
_AUTHORITY = re.compile(r"(?:[A-Za-z0-9._~-]{1,255}|\[[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\])(?::([0-9]{1,5}))?")
# RFC 9112 section 3.2.1, and characters that RFC 3986 requires to be escaped but clients send and all servers pass on.
_PATH = re.compile(r"/[!\"$->@-\[\]-~]*")
# RFC 9110 section 8.3.1.
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_QUOTED = r'"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[\t -~])*+"'
_PARAMETER = f"{_TOKEN}=(?:{_TOKEN}|{_QUOTED})"
_MEDIA_TYPE = re.compile(rf"[ \t]*+{_TOKEN}/{_TOKEN}(?:[ \t]*+;[ \t]*+(?:{_PARAMETER})?+)*+[ \t]*+")
#: Matches a whole query, one character for each octet.
is_query = re.compile(r"[!\"$-~\x80-\xff]*+").fullmatch
_RESOURCE = re.compile(r"(https?)://([^/?#\\\s]+)(/[^?#]*+)?", re.IGNORECASE)

# Results of checks are cached for texts up to this length, so that long ones do not fill the memory.
_LONGEST_CACHED = 1024


def is_authority(text: str) -> bool:
    """Return whether ``text`` is ``host[:port]`` (RFC 9110 section 7.2) with a name, an IPv4 or an [IPv6] address."""
    match = _AUTHORITY.fullmatch(text)
    return match is not None and int(match[1] or 0) < 1 << 16


@lru_cache(maxsize=256)
def is_media_type(text: str) -> bool:
    """Return whether ``text`` is a media type with its parameters (RFC 9110 section 8.3.1)."""
    return _MEDIA_TYPE.fullmatch(text) is not None


def split_resource(resource: str) -> tuple[str, str, str, str | None]:
    """Return scheme, authority, path and fault of an absolute URL without its query; a fault of None means valid."""
    return (_cached_split if len(resource) <= _LONGEST_CACHED else _cached_split.__wrapped__)(resource)


@lru_cache(maxsize=256)
def _cached_split(resource: str) -> tuple[str, str, str, str | None]:
    split = _RESOURCE.fullmatch(resource)
    if split is None:
        return "", "", "", "its URL is not an absolute http or https URL"
    scheme, authority, path = split.groups()
    return scheme, authority, to_wire_string(path or "/"), None


def find_fault(method: str, scheme: str, authority: str, path: str) -> str | None:
    """Describe what is wrong with a request apart from its query; None if nothing is."""
    check = _cached_fault if len(authority) + len(path) <= _LONGEST_CACHED else _cached_fault.__wrapped__
    return check(method, scheme, authority, path)


@lru_cache(maxsize=256)
def _cached_fault(method: str, scheme: str, authority: str, path: str) -> str | None:
    if not _METHOD.fullmatch(method):
        return "its method is not a token in capital letters"
    if scheme not in ("http", "https"):
        return "its scheme is neither http nor https"
    if not is_authority(authority):
        return "its Host header is not host[:port]"
    if not _PATH.fullmatch(path) and not (path == "*" and method == "OPTIONS"):
        return "its path does not begin with a slash, or has a character that is not allowed in a path"
    return None
