"""A request that arrives, its parts kept apart.

A server hands over method, scheme, authority, path, query, headers and body. They are never joined into a URL: another
parser could split that URL differently, and then the signature would cover another request than the application sees.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from oauthone.core.body import FORM, is_form
from oauthone.core.encoding import is_canonical_form, iter_pairs, to_wire_string
from oauthone.core.received_header import OAUTH_SCHEME
from oauthone.core.request_grammar import find_fault, is_query, split_resource

#: The headers of a request, as a mapping or as pairs.
IncomingHeaders: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
#: The headers of a request as an ASGI server passes them.
OctetHeaders: TypeAlias = Iterable[tuple[bytes, bytes]]

#: The headers that verification and explanations read; an `IncomingRequest` may leave out all others. The forwarding
#: headers are for explanations alone: a client can send them as well as a proxy.
FORWARDING_HEADERS = ("forwarded", "x-forwarded-host", "x-forwarded-proto")
READ_HEADERS = frozenset({"authorization", "content-type", "host", "oauth-base-string", *FORWARDING_HEADERS})
# Those that each verification reads, as strings and as octets.
_NAMES = ("host", "content-type", "authorization")
_OCTETS = (b"host", b"content-type", b"authorization")


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
        has_octets: whether the headers are pairs of octets.
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
        "_has_octets",
        "_headers",
        "authority",
        "authorization",
        "body",
        "canonical_query",
        "claimed_mount",
        "content_type",
        "fault",
        "has_form",
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
        headers: IncomingHeaders | OctetHeaders = (),
        body: bytes = b"",
        *,
        has_octets: bool = False,
        fault: str | None = None,
        claimed_mount: str | None = None,
    ) -> None:
        self.method = method
        self.scheme = scheme if scheme in ("https", "http") else scheme.lower()
        self.query = query
        self.path = path if path.isascii() else _escape_non_ascii(path)
        self._headers: list[Any] = headers if isinstance(headers, list) else [*iter_pairs(headers)]
        self._has_octets = has_octets
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
        self.fault = fault or repeated or find_fault(method, self.scheme, host, self.path)
        self.canonical_query = query if is_canonical_form(query) else None
        if self.fault is None and self.canonical_query is None and not is_query(query):
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
        scheme, authority, path, fault = split_resource(resource)
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
        if not self._has_host and fault == find_fault(self.method, self.scheme, self.authority, self.path):
            fault = find_fault(self.method, scheme, authority, path)
        return self._replace(scheme=scheme, authority=authority, path=path, fault=fault)

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers as pairs of strings; of octets, only those of `READ_HEADERS`."""
        if not self._has_octets:
            return self._headers
        pairs = [(name.lower().decode("latin-1"), value.decode("latin-1")) for name, value in self._headers]
        return [(name, value) for name, value in pairs if name in READ_HEADERS]

    def _read_headers(self) -> tuple[str | None, str | None]:
        """Return the Host header, and a description of a header that stands there twice; None for both if missing."""
        host = repeated = None
        has_octets = self._has_octets
        name_of_host, name_of_type, name_of_authorization = _OCTETS if has_octets else _NAMES
        for name, value in self._headers:
            if len(name) not in {4, 12, 13}:  # of none of the three names
                continue
            lowered = name.lower()
            if has_octets:
                value = value.decode("latin-1")
            if lowered == name_of_host:
                if host is not None:
                    repeated = "there are two Host headers"
                host = value
            elif lowered == name_of_type and value:
                if self.content_type is not None:
                    repeated = "there are two Content-Type headers"
                self.content_type = value
                self.has_form = value == FORM or is_form(value)
            elif lowered == name_of_authorization and (value.startswith("OAuth ") or OAUTH_SCHEME.match(value)):
                if self.authorization is not None:
                    repeated = "there are two OAuth Authorization headers"
                self.authorization = value
        return host, repeated

    def _replace(self, **parts: object) -> "IncomingRequest":
        other = object.__new__(IncomingRequest)
        for name in IncomingRequest.__slots__:
            setattr(other, name, parts[name] if name in parts else getattr(self, name))
        return other

    def __repr__(self) -> str:
        return f"<IncomingRequest {self.method} {self.authority} {self.path}>"


def _server_authority(name: str, port: object) -> str:
    host = f"[{name}]" if ":" in name else name
    return host if port is None else f"{host}:{port}"


def _escape_non_ascii(text: str) -> str:
    """Return ``text`` with octets above 127 escaped, which gives the same base string."""
    return "".join([char if char.isascii() else f"%{ord(char):02X}" for char in text])
