"""Queries and URLs, under the names that Authlib gives these conversions."""

import re
import urllib.parse as urlparse
from collections.abc import Iterable, Mapping
from typing import Any

from authlib.common.encoding import to_bytes, to_unicode

_NOT_IN_FORM = re.compile(r"[^\w.=&;:%+~,*@!()/?-]", re.ASCII)
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")

Pairs = list[tuple[str, str]]


def url_encode(params: Iterable[tuple[Any, Any]]) -> str:
    """Return pairs as a query or form; a value may also be octets or a number."""
    return urlparse.urlencode([(to_bytes(name), to_bytes(value)) for name, value in params])


def url_decode(query: str) -> Pairs:
    """Return the pairs of a query or form.

    Raises:
        ValueError: it has a character that must be encoded, or a percent sign without two digits.
    """
    if _NOT_IN_FORM.search(query) or _BARE_PERCENT.search(query):
        raise ValueError("the text is not in the encoding of a query or form")
    return urlparse.parse_qsl(query, keep_blank_values=True)


def add_params_to_qs(query: str, params: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> str:
    """Return a query with more parameters."""
    more: Any = params.items() if isinstance(params, Mapping) else params
    return url_encode([*urlparse.parse_qsl(query, keep_blank_values=True), *more])


def add_params_to_uri(uri: str, params: Mapping[str, Any] | Iterable[tuple[str, Any]], fragment: bool = False) -> str:
    """Return a URL with more parameters in its query, or in its fragment."""
    parts = urlparse.urlparse(uri)
    if fragment:
        return urlparse.urlunparse(parts._replace(fragment=add_params_to_qs(parts.fragment, params)))
    return urlparse.urlunparse(parts._replace(query=add_params_to_qs(parts.query, params)))


def quote(s: Any, safe: str | bytes = b"/") -> str:
    """Return text or octets, percent-encoded."""
    return urlparse.quote(to_bytes(s), safe)


def unquote(s: str) -> str:
    """Return ``s``, percent-decoded."""
    return urlparse.unquote(s)


def quote_url(s: Any) -> str:
    """Return a URL whose odd characters are percent-encoded."""
    return quote(s, b"~@#$&()*!+=:;,.?/'")


def extract_params(raw: Any) -> Pairs | None:
    """Return the pairs of a query, a dict or a list of pairs; None for anything else and for an empty query."""
    if isinstance(raw, (dict, list, tuple)):
        try:
            return [(to_unicode(name), to_unicode(value)) for name, value in dict(raw).items()]
        except (TypeError, ValueError):
            return None
    try:
        return url_decode(raw) if raw else None
    except (TypeError, ValueError):
        return None


def is_valid_url(url: str, fragments_allowed: bool = True) -> bool:
    """Return whether a URL is absolute, and has no user information."""
    try:
        parts = urlparse.urlparse(url)
    except ValueError:
        return False
    is_complete = bool(parts.scheme and parts.hostname) and "@" not in parts.netloc
    return is_complete and (fragments_allowed or not parts.fragment)
