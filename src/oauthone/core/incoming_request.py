"""A request that arrives, its parts kept apart, and the grammars that they are held to (RFC 9110, RFC 9112, RFC 3986).

A server hands over method, scheme, authority, path, query, headers and body. They are never joined into a URL: another
parser could split that URL differently, and then the signature would cover another request than the application sees.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from oauthone.core.body import FORM, is_form
from oauthone.core.encoding import is_canonical_form, iter_pairs, to_wire_string
from oauthone.core.received_header import OAUTH_SCHEME

#: The headers of a request, as a mapping or as pairs.
IncomingHeaders: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]

#: The headers that verification and explanations read; an `IncomingRequest` may leave out all others. The forwarding
#: headers are for explanations alone: a client can send them as well as a proxy.
FORWARDING_HEADERS = ("forwarded", "x-forwarded-host", "x-forwarded-proto")
READ_HEADERS = frozenset({"authorization", "content-type", "host", "oauth-base-string", *FORWARDING_HEADERS})

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
_is_query = re.compile(r"[!\"$-~\x80-\xff]*+").fullmatch
_RESOURCE = re.compile(r"(https?)://([^/?#\\\s]+)(/[^?#]*+)?", re.IGNORECASE)

# Results of checks are cached for texts up to this length, so that long ones do not fill the memory.
_LONGEST_CACHED = 1024


class IncomingRequest:
    """A request as it arrived. Its parts are checked once, when it is made, and never joined.

    A request that breaks the RFCs is made all the same, so that it can be answered: `fault` says what is wrong, and
    verification rejects it with status 400.

    Args:
        method: the request method.
        scheme: ``"http"`` or ``"https"``.
        authority: ``host[:port]``, or the server's name and port as a pair. A Host header replaces it (RFC 9110
            section 7.2).
        path: the path of the request target as it arrived, not decoded: one character for each octet. ``"*"`` for
            OPTIONS alone (RFC 9112 section 3.2.4).
        query: the query of the request target without its ``?``, likewise.
        headers: the headers as a mapping or as pairs, at least those of `READ_HEADERS`.
        body: the body's octets; ``b""`` if the signature does not cover it.
        fault: what is wrong with the request, if the caller knows already.
        claimed_mount: where the application is mounted, if a header of the request may have set it.

    Attributes:
        fault: what is wrong with the request, in words; None for a well-formed one.
        authorization: the value of the Authorization header whose scheme is OAuth, or None.
        content_type: the value of the Content-Type header, or None.
        has_form: whether the Content-Type says that the body is a form.
        canonical_query: the query if it is encoded as in a base string, or None.
        parsed_head: a cache of `oauthone.core.parsed_request`.
        parsed_form: another one.
    """

    __slots__ = (
        "_has_host",
        "authority",
        "authorization",
        "body",
        "canonical_query",
        "claimed_mount",
        "content_type",
        "fault",
        "has_form",
        "headers",
        "method",
        "parsed_form",
        "parsed_head",
        "path",
        "query",
        "scheme",
    )

    def __init__(
        self,
        method: str,
        scheme: str,
        authority: str | tuple[str, object],
        path: str,
        query: str = "",
        headers: IncomingHeaders = (),
        body: bytes = b"",
        *,
        fault: str | None = None,
        claimed_mount: str | None = None,
    ) -> None:
        self.method = method
        self.scheme = scheme if scheme in ("https", "http") else scheme.lower()
        self.query = query
        self.path = path if path.isascii() else _escape_non_ascii(path)
        self.headers = headers if isinstance(headers, list) else [*iter_pairs(headers)]
        self.body = body
        self.claimed_mount = claimed_mount
        self.authorization: str | None = None
        self.content_type: str | None = None
        self.has_form = False
        self.parsed_head: Any = None
        self.parsed_form: Any = None
        host, repeated = self._read_headers()
        self._has_host = host is not None
        if host is None:
            host = authority if isinstance(authority, str) else _server_authority(*authority)
        self.authority = host
        self.fault = fault or repeated or _find_fault(method, self.scheme, host, self.path)
        self.canonical_query = query if is_canonical_form(query) else None
        if self.fault is None and self.canonical_query is None and not _is_query(query):
            self.fault = "its query has a character that is not allowed in a query"

    @classmethod
    def from_url(
        cls,
        method: str,
        url: str,
        headers: IncomingHeaders = (),
        body: bytes = b"",
    ) -> "IncomingRequest":
        """Make the request for an absolute URL, which is split once.

        A fragment, user information, a backslash before the query, white space and control characters are faults:
        parsers read them differently.

        Args:
            method: the request method.
            url: the absolute URL, its path and query octet for octet as they arrived.
            headers: all headers, as a mapping or as pairs. A Host header supplies the authority.
            body: the body's octets.
        """
        resource, _, query = url.partition("?")
        scheme, authority, path, fault = _split_resource(resource)
        if not query.isascii():
            query = to_wire_string(query)
        return cls(method, scheme, authority, path, query, headers, body, fault=fault)

    def with_body(self, body: bytes) -> "IncomingRequest":
        """Return this request with ``body``."""
        return self._replace(body=body)

    def with_public_url(self, scheme: str, authority: str, path_prefix: str) -> "IncomingRequest":
        """Return this request as clients see it in front of a proxy.

        Args:
            scheme: the public scheme.
            authority: the public ``host[:port]``, which replaces the Host header.
            path_prefix: the path that the proxy takes off, without a slash at its end.
        """
        path = self.path if self.path == "*" else path_prefix + self.path
        fault = self.fault
        # Without a Host header the fault may lie in the server's own name, which does not count behind a proxy.
        if not self._has_host and fault == _find_fault(self.method, self.scheme, self.authority, self.path):
            fault = _find_fault(self.method, scheme, authority, path)
        return self._replace(scheme=scheme, authority=authority, path=path, fault=fault)

    def _read_headers(self) -> tuple[str | None, str | None]:
        """Return the Host header, and a description of a header that stands there twice; None for both if missing."""
        host = repeated = None
        for name, value in self.headers:
            if len(name) not in {4, 12, 13}:  # of none of the names below
                continue
            lowered = name.lower()
            if lowered == "host":
                repeated = repeated if host is None else "there are two Host headers"
                host = value
            elif lowered == "content-type" and value:
                repeated = repeated if self.content_type is None else "there are two Content-Type headers"
                self.content_type = value
                self.has_form = value == FORM or is_form(value)
            elif lowered == "authorization" and (value.startswith("OAuth ") or OAUTH_SCHEME.match(value)):
                repeated = repeated if self.authorization is None else "there are two OAuth Authorization headers"
                self.authorization = value
        return host, repeated

    def _replace(self, **parts: object) -> "IncomingRequest":
        other = object.__new__(IncomingRequest)
        for name in IncomingRequest.__slots__:
            setattr(other, name, parts[name] if name in parts else getattr(self, name))
        return other

    def __repr__(self) -> str:
        return f"<IncomingRequest {self.method} {self.authority} {self.path}>"


def is_authority(text: str) -> bool:
    """Return whether ``text`` is ``host[:port]`` (RFC 9110 section 7.2) with a name, an IPv4 or an [IPv6] address."""
    match = _AUTHORITY.fullmatch(text)
    return match is not None and int(match[1] or 0) < 1 << 16


@lru_cache(maxsize=256)
def is_media_type(text: str) -> bool:
    """Return whether ``text`` is a media type with its parameters (RFC 9110 section 8.3.1)."""
    return _MEDIA_TYPE.fullmatch(text) is not None


def _server_authority(name: str, port: object) -> str:
    host = f"[{name}]" if ":" in name else name
    return host if port is None else f"{host}:{port}"


def _split_resource(resource: str) -> tuple[str, str, str, str | None]:
    """Return scheme, authority, path and fault of an absolute URL without its query; a fault of None means valid."""
    return (_cached_split if len(resource) <= _LONGEST_CACHED else _cached_split.__wrapped__)(resource)


@lru_cache(maxsize=256)
def _cached_split(resource: str) -> tuple[str, str, str, str | None]:
    split = _RESOURCE.fullmatch(resource)
    if split is None:
        return "", "", "", "its URL is not an absolute http or https URL"
    scheme, authority, path = split.groups()
    return scheme, authority, to_wire_string(path or "/"), None


def _find_fault(method: str, scheme: str, authority: str, path: str) -> str | None:
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


def _escape_non_ascii(text: str) -> str:
    """Return ``text`` with octets above 127 escaped, which gives the same base string."""
    return "".join([char if char.isascii() else f"%{ord(char):02X}" for char in text])
