"""Addresses that a browser may be sent to: http(s) ones, and those of private schemes, which applications own."""

import re
from urllib.parse import urlsplit

_HOST = r"(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{0,5})?"
_SIGNS = r"[!-\[\]-~]*"
_WEB_ADDRESS = re.compile(rf"https?://{_HOST}(?:[/?#]{_SIGNS})?", re.ASCII | re.IGNORECASE)
_PRIVATE_ADDRESS = re.compile(
    rf"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:(?:/(?!/){_SIGNS}|//(?:{_HOST})?(?:[/?#]{_SIGNS})?)",
    re.ASCII | re.IGNORECASE,
)


def is_web_address(address: str) -> bool:
    """Whether this is an absolute http(s) URL that every parser reads alike, fit for a ``Location`` header."""
    return _WEB_ADDRESS.fullmatch(address) is not None and _can_be(address)


def is_private_address(address: str) -> bool:
    """Whether this is a URI of a private scheme, such as ``com.example.app:/back``, that every parser reads alike.

    Such a scheme is a domain name of the application's, reversed (RFC 8252 section 7.1). So it holds a dot, which none
    has that browsers give a meaning of its own: no ``javascript``, no ``data``.
    """
    return _PRIVATE_ADDRESS.fullmatch(address) is not None and _can_be(address)


def _can_be(address: str) -> bool:
    """Whether host and port are ones that there can be: no address of IPv6 that is none, no port beyond 65535."""
    try:
        parts = urlsplit(address)
        return parts.port is None or parts.port > 0
    except ValueError:
        return False
