"""URLs that a browser may be sent to: http(s) URLs, and URIs with a private scheme that belong to an application."""

import re
from ipaddress import IPv4Address
from urllib.parse import urlsplit

_HOST = r"(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{0,5})?"
_VISIBLE = r"[!-\[\]-~]*"  # visible ASCII without the backslash, which browsers read as a slash
_HTTP_URL = re.compile(rf"https?://{_HOST}(?:[/?#]{_VISIBLE})?", re.ASCII | re.IGNORECASE)
_PRIVATE_SCHEME_URI = re.compile(
    rf"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:(?:/(?!/){_VISIBLE}|//(?:{_HOST})?(?:[/?#]{_VISIBLE})?)",
    re.ASCII | re.IGNORECASE,
)


def is_http_url(url: str) -> bool:
    """Whether this is an absolute http(s) URL that every parser reads alike, and that a ``Location`` header can hold.

    Args:
        url: the URL to check.
    """
    return _HTTP_URL.fullmatch(url) is not None and _has_unambiguous_host(url)


def is_private_scheme_uri(url: str) -> bool:
    """Whether this is a URI with a private scheme, such as ``com.example.app:/back``, that every parser reads alike.

    A private scheme is a reversed domain name that belongs to the application (RFC 8252 section 7.1), so it holds a
    dot. No scheme to which browsers give a meaning holds one: neither ``javascript`` nor ``data``.

    Args:
        url: the URI to check.
    """
    return _PRIVATE_SCHEME_URI.fullmatch(url) is not None and _has_unambiguous_host(url)


def _has_unambiguous_host(url: str) -> bool:
    """Whether host and port can exist, and the host is not an unusual spelling of an IPv4 address."""
    try:
        parts = urlsplit(url)
        if parts.port == 0:
            return False
        host = parts.hostname or ""
        last = host.rpartition(".")[2]
        if ":" not in host and (last.isdigit() or last.startswith("0x")):
            IPv4Address(host)  # browsers read 2130706433 and 0x7f.1 as addresses, other parsers as names
    except ValueError:
        return False
    return not parts.netloc or "" not in host.split(".")
