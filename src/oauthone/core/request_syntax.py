"""The grammars that an incoming request has to match (RFC 9110, RFC 9112 and RFC 3986)."""

import re
from functools import lru_cache

from oauthone.core.encoding import to_wire_string

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
# Methods are case-sensitive in HTTP (RFC 9110 section 9.1), but not in a base string (RFC 5849 section 3.4.1.1).
_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Z-]+")
# RFC 9110 section 7.2, without characters that host names do not have.
_AUTHORITY = re.compile(r"(?:[A-Za-z0-9._~-]{1,255}|\[[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\])(?::([0-9]{1,5}))?")
# RFC 9112 section 3.2.1, and characters that RFC 3986 requires to be escaped but clients send and all servers pass on.
_PATH = re.compile(r"/[!\"$->@-\[\]-~]*")
_RESOURCE = re.compile(r"(https?)://([^/?#\\\s]+)(/[^?#]*+)?", re.IGNORECASE)
_QUERY = re.compile(r"[!\"$-~\x80-\xff]*")
# RFC 9110 section 8.3.1.
_QUOTED = r'"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[\t -~])*+"'
_PARAMETER = f"{_TOKEN}=(?:{_TOKEN}|{_QUOTED})"
_MEDIA_TYPE = re.compile(rf"[ \t]*+{_TOKEN}/{_TOKEN}(?:[ \t]*+;[ \t]*+(?:{_PARAMETER})?+)*+[ \t]*+")

#: Results for longer paths are not cached.
_LONGEST_KEPT = 1024


def split_resource(resource: str) -> tuple[str, str, str, str | None]:
    """Return scheme, authority, path and fault of an absolute URL without its query; a fault of None means valid."""
    return (_kept_resource if len(resource) <= _LONGEST_KEPT else _kept_resource.__wrapped__)(resource)


@lru_cache(maxsize=256)
def _kept_resource(resource: str) -> tuple[str, str, str, str | None]:
    split = _RESOURCE.fullmatch(resource)
    if split is None:
        return "", "", "", "its URL is not an absolute http or https URL"
    scheme, authority, path = split.groups()
    return scheme, authority, to_wire_string(path or "/"), None


def wrong_part(method: str, scheme: str, authority: str, path: str) -> str | None:
    """Describe what is wrong with a request apart from its query; None if nothing is."""
    return (_kept_fault if len(path) <= _LONGEST_KEPT else _kept_fault.__wrapped__)(method, scheme, authority, path)


@lru_cache(maxsize=256)
def _kept_fault(method: str, scheme: str, authority: str, path: str) -> str | None:
    if not _METHOD.fullmatch(method):
        return "its method is not a token in capital letters"
    if scheme not in ("http", "https"):
        return "its scheme is neither http nor https"
    if not is_authority(authority):
        return "its Host header is not host[:port]"
    if not _PATH.fullmatch(path) and not (path == "*" and method == "OPTIONS"):
        return "its path does not begin with a slash, or has a character that is not allowed in a path"
    return None


def escape_non_ascii(text: str) -> str:
    """Return ``text`` with octets above 127 escaped, which gives the same base string."""
    return "".join([sign if sign.isascii() else f"%{ord(sign):02X}" for sign in text])


@lru_cache(maxsize=256)
def is_authority(text: str) -> bool:
    """Return whether ``text`` is ``host[:port]`` (RFC 9110 section 7.2) with a name, an IPv4 or an [IPv6] address."""
    match = _AUTHORITY.fullmatch(text)
    return match is not None and int(match[1] or 0) < 1 << 16


@lru_cache(maxsize=256)
def is_media_type(text: str) -> bool:
    """Return whether ``text`` is a media type with its parameters (RFC 9110 section 8.3.1)."""
    return _MEDIA_TYPE.fullmatch(text) is not None


def is_query(text: str) -> bool:
    """Return whether the wire string ``text`` can be a query: it has neither a fragment nor white space."""
    return _QUERY.fullmatch(text) is not None
