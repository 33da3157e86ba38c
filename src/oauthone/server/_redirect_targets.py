"""Addresses that a browser may be sent to: http(s) ones, and those of private schemes, which applications own."""

import re
from ipaddress import IPv4Address
from urllib.parse import urlsplit

_HOST = r"(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{0,5})?"
_SIGNS = r"[!-\[\]-~]*"
_WEB_ADDRESS = re.compile(rf"https?://{_HOST}(?:[/?#]{_SIGNS})?", re.ASCII | re.IGNORECASE)
_PRIVATE_ADDRESS = re.compile(
    rf"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:(?:/(?!/){_SIGNS}|//(?:{_HOST})?(?:[/?#]{_SIGNS})?)",
    re.ASCII | re.IGNORECASE,
)


def is_http_url(address: str) -> bool:
    """Whether this is an absolute http(s) URL that every parser reads alike, fit for a ``Location`` header."""
    return _WEB_ADDRESS.fullmatch(address) is not None and _has_possible_host(address)


def is_private_scheme_uri(address: str) -> bool:
    """Whether this is a URI of a private scheme, such as ``com.example.app:/back``, that every parser reads alike.

    Such a scheme is a domain name of the application's, reversed (RFC 8252 section 7.1). So it holds a dot, which none
    has that browsers give a meaning of its own: no ``javascript``, no ``data``.
    """
    return _PRIVATE_ADDRESS.fullmatch(address) is not None and _has_possible_host(address)


def _has_possible_host(address: str) -> bool:
    """Whether host and port are ones that there can be, and no other spelling of an address in numbers."""
    try:
        parts = urlsplit(address)
        if parts.port == 0:
            return False
        host = parts.hostname or ""
        last = host.rpartition(".")[2]
        if ":" not in host and (last.isdigit() or last.startswith("0x")):
            IPv4Address(host)  # browsers read 2130706433 and 0x7f.1 as addresses, other parsers as names
    except ValueError:
        return False
    return not parts.netloc or "" not in host.split(".")
