"""A request that arrives: its parts, kept apart, and the parameters that its signature covers (RFC 5849 section 3.2).

A server hands over method, scheme, authority, path, query, headers and body. They stay apart here: a URL that is put
together and split again is split otherwise by somebody else, and then the signature covers another request than the
one that the application sees.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from oauthone.core.body import is_form
from oauthone.core.encoding import encoded_pairs, iter_pairs, percent_decode, to_wire_string
from oauthone.core.parameters import header_pairs, is_oauth_header, split_parameters
from oauthone.core.policy import VerificationPolicy
from oauthone.core.request_syntax import escape_non_ascii, is_query, split_resource, wrong_part
from oauthone.errors import VerificationError

#: The headers that verification reads; an `IncomingRequest` may leave out all others.
READ_HEADERS = frozenset({"authorization", "content-type", "host", "oauth-base-string"})

#: What Authorization header and query hold: the realm, then encoded pairs and decoded protocol parameters of each.
Parameters: TypeAlias = tuple[str | None, list[str], dict[str, str], list[str], dict[str, str]]

# Names by which a signed query or form is known, and how long they are when each octet is escaped.
_CREDENTIALS = (b"oauth_consumer_key", b"oauth_signature")
_LONGEST_CREDENTIAL = 3 * len("oauth_consumer_key")


class IncomingRequest:
    """A request as it arrived. Its parts are checked once, when it is made, and never joined.

    A request that the RFCs reject is made all the same, so that who holds it can answer: its `fault` says what is
    wrong, and verification refuses it with status 400.

    Args:
        method: the request method.
        scheme: ``"http"`` or ``"https"``.
        authority: ``host[:port]`` where the request has no Host header; a Host header takes its place (RFC 9110
            section 7.2).
        path: the path of the request target as it arrived, not decoded: one character for each octet. ``"*"`` for
            OPTIONS alone (RFC 9112 section 3.2.4).
        query: the query of the request target without its ``?``, likewise.
        headers: the headers as a mapping or as pairs, at least those of `READ_HEADERS`.
        body: the body's octets; ``b""`` where the signature does not cover it.
        fault: what is wrong with the request, where its maker knows already.
        claimed_mount: where the application is mounted, if a header of the request may have said so.

    Attributes:
        fault: why no request can look like this, in words; None where nothing is wrong.
        authorization: the value of the Authorization header whose scheme is OAuth, or None.
        content_type: the value of the Content-Type header, or None.
    """

    __slots__ = (
        "_form_pairs",
        "_has_host",
        "_parsed",
        "authority",
        "authorization",
        "body",
        "claimed_mount",
        "content_type",
        "fault",
        "headers",
        "method",
        "path",
        "query",
        "scheme",
    )

    def __init__(
        self,
        method: str,
        scheme: str,
        authority: str,
        path: str,
        query: str = "",
        headers: "Mapping[str, str] | Iterable[tuple[str, str]]" = (),
        body: bytes = b"",
        *,
        fault: str | None = None,
        claimed_mount: str | None = None,
    ) -> None:
        self.method = method
        self.scheme = scheme if scheme in ("https", "http") else scheme.lower()
        self.query = query
        self.path = path if path.isascii() else escape_non_ascii(path)
        self.headers = headers if isinstance(headers, list) else list(iter_pairs(headers))
        self.body = body
        self.claimed_mount = claimed_mount
        self.authorization: str | None = None
        self.content_type: str | None = None
        self._parsed: Parameters | None = None
        self._form_pairs: list[str] | None = None
        host, doubled = self._read_headers()
        self._has_host = host is not None
        self.authority = authority if host is None else host
        self.fault = fault or doubled or wrong_part(method, self.scheme, self.authority, self.path)
        if self.fault is None and query and not is_query(query):
            self.fault = "its query holds a character that no query holds"

    @classmethod
    def from_url(
        cls,
        method: str,
        url: str,
        headers: "Mapping[str, str] | Iterable[tuple[str, str]]" = (),
        body: bytes = b"",
    ) -> "IncomingRequest":
        """The request for an absolute URL, which is split once.

        A fragment, user information, a backslash before the query, white space and control characters are faults:
        parsers read them differently.

        Args:
            method: the request method.
            url: the absolute URL, its path and query octet for octet as they arrived.
            headers: all headers, as a mapping or as pairs. A Host header supplies the authority.
            body: the body's octets.
        """
        question_mark = url.find("?")
        resource = url if question_mark < 0 else url[:question_mark]
        query = "" if question_mark < 0 else to_wire_string(url[question_mark + 1 :])
        scheme, authority, path, fault = split_resource(resource)
        return cls(method, scheme, authority, path, query, headers, body, fault=fault)

    def with_body(self, body: bytes) -> "IncomingRequest":
        """This request with ``body``; what was read of the other parts is kept."""
        return self._changed(body=body, _form_pairs=None)

    def with_public_url(self, scheme: str, authority: str, path_prefix: str) -> "IncomingRequest":
        """This request as clients see it in front of a proxy.

        Args:
            scheme: the public scheme.
            authority: the public ``host[:port]``, in the place of the Host header.
            path_prefix: the path that the proxy takes off, without a slash at its end.
        """
        path = self.path if self.path == "*" else path_prefix + self.path
        fault = self.fault
        if fault == wrong_part(self.method, self.scheme, self.authority, self.path) and not self._has_host:
            fault = wrong_part(self.method, scheme, authority, path)  # no Host header: the server's name does not count
        return self._changed(scheme=scheme, authority=authority, path=path, fault=fault)

    def needs_body(self, policy: VerificationPolicy) -> bool:
        """Whether the signature covers the body, so that the body has to be read before the application reads it."""
        try:
            _, _, in_header, _, in_query = self.parameters(policy)
        except VerificationError:
            return False  # it is refused whatever its body is
        if policy.body_hash == "required" or is_form(self.content_type):
            return True
        return "oauth_body_hash" in in_header or "oauth_body_hash" in in_query

    def has_credentials(self, policy: VerificationPolicy) -> bool:
        """Whether the request is signed, well or badly. One that presents no credentials is anonymous.

        An ``oauth_token`` alone is none: browsers bring it to a consent page and to a callback.
        """
        if self.authorization is not None:
            return True
        form = to_wire_string(self.body) if is_form((self.content_type or "")[: policy.max_header]) else ""
        return any(_names_credentials(place, policy.max_parameters) for place in (self.query, form))

    def parameters(self, policy: VerificationPolicy) -> Parameters:
        """What Authorization header and query hold. They are read once, and not before their limits are checked.

        Raises:
            VerificationError: the request has a `fault`, is too large, or its parameters are malformed.
        """
        if self.fault is not None:
            raise VerificationError(400, "parameter_rejected", f"the request is malformed: {self.fault}")
        if self._parsed is None:
            self._check_lengths(policy)
            realm, in_header = (None, []) if self.authorization is None else header_pairs(self.authorization)
            in_query = encoded_pairs(self.query) if self.query else []
            query_protocol = split_parameters(in_query) if in_query else {}
            self._parsed = realm, in_header, split_parameters(in_header), in_query, query_protocol
        return self._parsed

    def _check_lengths(self, policy: VerificationPolicy) -> None:
        limit = policy.max_header
        if len(self.path) > limit:
            raise VerificationError(400, "parameter_rejected", "the path is too long")
        if self.authorization is not None and len(self.authorization) > limit:
            raise VerificationError(400, "parameter_rejected", "the Authorization header is too long")
        if self.content_type is not None and len(self.content_type) > limit:
            raise VerificationError(400, "parameter_rejected", "the Content-Type header is too long")
        if self.query:
            check_caps(self.query, b"", policy)

    def form_pairs(self) -> list[str]:
        """The encoded pairs of the body, which is a form; read once, as an explanation wants them again."""
        if self._form_pairs is None:
            self._form_pairs = encoded_pairs(to_wire_string(self.body)) if self.body else []
        return self._form_pairs

    def _read_headers(self) -> tuple[str | None, str | None]:
        """The Host header, and which header is there twice, in words."""
        host = doubled = None
        for name, value in self.headers:
            if len(name) not in (4, 12, 13):
                continue
            lowered = name.lower()
            if lowered == "host":
                doubled = doubled if host is None else "there are two Host headers"
                host = value
            elif lowered == "content-type" and value:
                doubled = doubled if self.content_type is None else "there are two Content-Type headers"
                self.content_type = value
            elif lowered == "authorization" and is_oauth_header(value):
                doubled = doubled if self.authorization is None else "there are two OAuth Authorization headers"
                self.authorization = value
        return host, doubled

    def _changed(self, **parts: object) -> "IncomingRequest":
        other = object.__new__(IncomingRequest)
        for name in IncomingRequest.__slots__:
            setattr(other, name, parts.get(name, getattr(self, name)))
        return other

    def __repr__(self) -> str:
        return f"<IncomingRequest {self.method} {self.authority} {self.path}>"


def _names_credentials(text: str, max_parameters: int) -> bool:
    for part in text.split("&", max_parameters)[:max_parameters]:
        name = part.partition("=")[0]
        if len(name) <= _LONGEST_CREDENTIAL and percent_decode(name) in _CREDENTIALS:
            return True
    return False


def check_caps(query: str, form: bytes, policy: VerificationPolicy) -> None:
    if len(form) > policy.max_form:
        raise VerificationError(400, "parameter_rejected", f"the form is longer than {policy.max_form} octets")
    if len(query) + len(form) > policy.max_form:
        what = "query and form are" if form else "the query is"
        raise VerificationError(400, "parameter_rejected", f"{what} longer than {policy.max_form} octets")
    if query.count("&") + form.count(b"&") >= policy.max_parameters:
        raise VerificationError(400, "parameter_rejected", f"there are more than {policy.max_parameters} parameters")
