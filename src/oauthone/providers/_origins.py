"""Whether a URL is at one of a provider's addresses, and whether a value may stand in an address."""

import re

from oauthone.core.urls import is_confidential, origin
from oauthone.errors import ConfigurationError, SigningError

_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.IGNORECASE | re.ASCII)
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_IPV6 = re.compile(r"\[[0-9a-f:.]+\]", re.IGNORECASE | re.ASCII)
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*", re.ASCII)
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?=/|$)", re.IGNORECASE)
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+", re.ASCII)
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")

#: A host name has at most 253 characters.
_LONGEST_HOST = 253
_LAST_PORT = 65535


def is_inside(base: str, url: str) -> bool:
    """Return whether ``url`` has the origin of ``base``, whose host may begin with ``*.`` for all hosts below it.

    Parsers disagree about a URL with a backslash, a control character or user information, so none is inside.
    """
    if _UNSAFE.search(url) or "@" in re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]:
        return False
    try:
        found = origin(url)
    except SigningError:
        return False
    host = base.partition("://*.")[2].partition("/")[0]
    if not host:
        return found == origin(base)
    wanted = origin(base.replace("*.", "", 1))
    below = found.host.removesuffix(f".{wanted.host}")
    return found._replace(host=wanted.host) == wanted and below != found.host and is_host(below)


def is_host(value: str) -> bool:
    """Return whether ``value`` is a host name in ASCII, without a port."""
    return len(value) <= _LONGEST_HOST and _HOST.fullmatch(value) is not None


def checked_host(value: str) -> str:
    """Return ``value`` if it is a host name.

    Raises:
        ConfigurationError: it is none. The message has no subject.
    """
    if not is_host(value):
        raise ConfigurationError("is not a host name in ASCII, without a scheme, port or path")
    return value


def checked_segment(value: str) -> str:
    """Return ``value`` if it can stand between two slashes of a path as it is.

    Raises:
        ConfigurationError: it cannot. The message has no subject.
    """
    if not _SEGMENT.fullmatch(value) or value in (".", ".."):
        raise ConfigurationError("may contain only letters, digits and the characters -._~")
    return value


def checked_address(value: str, *, allow_http: bool) -> str:
    """Return ``value``, without a slash at its end, if it is a scheme and a host, maybe with a port and a path.

    Args:
        value: the address.
        allow_http: whether it may be plain http to another machine.

    Raises:
        ConfigurationError: it is something else. The message has no subject.
    """
    scheme, separator, rest = value.partition("://")
    authority, slash, path = rest.partition("/")
    path = (slash + path).rstrip("/")
    if scheme.lower() not in ("http", "https") or not separator or not _is_authority(authority):
        raise ConfigurationError(
            "is not an address such as https://host.example/path: it needs a scheme and a host name in ASCII, "
            "and neither user information nor a query or fragment"
        )
    if not _PATH.fullmatch(path) or _DOT_SEGMENT.search(path):
        raise ConfigurationError("has a path with an empty segment, a dot segment or a character that is not allowed")
    if not allow_http and not is_confidential(value):
        raise ConfigurationError("must begin with https://")
    return f"{scheme.lower()}://{authority}{path}"


def _is_authority(authority: str) -> bool:
    host, separator, port = authority.rpartition(":")
    if not separator or port.endswith("]"):
        return is_host(authority) or _IPV6.fullmatch(authority) is not None
    return (is_host(host) or _IPV6.fullmatch(host) is not None) and _is_port(port)


def _is_port(text: str) -> bool:
    return _PORT.fullmatch(text) is not None and 0 < int(text) <= _LAST_PORT
