"""Percent-encoding (RFC 5849 section 3.6)."""

from typing import Any
from urllib.parse import unquote

from oauthone.core.encoding import percent_encode


def escape(s: Any) -> str:
    """``s``, percent-encoded: text, octets or a number."""
    return percent_encode(s if isinstance(s, (str, bytes)) else str(s))


def unescape(s: str) -> str:
    """``s``, percent-decoded."""
    return unquote(s)
