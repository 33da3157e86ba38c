"""Percent-encoding (RFC 5849 section 3.6)."""

from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from oauthone.core.encoding import percent_encode


def escape(s: Any) -> str:
    """``s``, percent-encoded: text, octets or a number."""
    return percent_encode(s if isinstance(s, (str, bytes)) else str(s))


@lru_cache(maxsize=256)
def escape_name(name: str) -> str:
    """The name of a parameter, percent-encoded; the same few names come again and again."""
    return escape(name)


def unescape(s: str) -> str:
    """``s``, percent-decoded."""
    return unquote(s)
