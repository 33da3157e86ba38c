"""Percent-encoding (RFC 5849 section 3.6)."""

from urllib.parse import unquote

from oauthone.core.encoding import percent_encode


def escape(s: str | bytes) -> str:
    """``s``, percent-encoded."""
    return percent_encode(s.decode("utf-8") if isinstance(s, bytes) else s)


def unescape(s: str) -> str:
    """``s``, percent-decoded."""
    return unquote(s)
