"""A request as its client sent it, read leniently: verification would reject many that a diagnosis looks at.

The parts stay apart as they do on the wire. Text is a wire string, one character for each octet.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from oauthone.core.base_string import path_on_the_wire
from oauthone.core.body import is_form
from oauthone.core.encoding import iter_pairs, percent_decode, to_wire_string
from oauthone.core.urls import normalized_authority

#: The types of octets.
OCTETS: tuple[Any, ...] = (bytes, bytearray, memoryview)

HEADER, QUERY, FORM, BODY = "header", "query", "form", "body"

OAUTH_SCHEME = re.compile(r"\s*oauth(?=[\s,]|\Z)", re.IGNORECASE)
#: A parameter of an Authorization header, its value in quotes or bare; or else a piece of what is none.
HEADER_PIECE = re.compile(r"""[\s,]*+(?:([^\s=,"]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"?|([^,]*+))|[^\s=,"]++|["=]?)""")
_QUOTED_PAIR = re.compile(r"\\(.)")
_URL = re.compile(r"\s*+(?:([^:/?#]*+):)?//([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
# A longer body is not searched for a signature unless it is a form: it may have half a million names.
_LONGEST_OTHER_BODY = 1 << 14
# In a longer number of seconds, no clock can be recognized.
_MOST_DIGITS = 20


class Parameter(NamedTuple):
    """One parameter of a request.

    Attributes:
        place: where it stands: `HEADER`, `QUERY`, `FORM`, or `BODY` for a body that is not labelled as a form.
        raw: name and value as they were sent.
        name: the decoded name.
        value: the decoded value.
    """

    place: str
    raw: tuple[str, str]
    name: str
    value: str


Parameters: TypeAlias = tuple[Parameter, ...]


class SentRequest(NamedTuple):
    """A request and everything in it that a signature may cover.

    Attributes:
        method: as it was sent.
        scheme: in lower case.
        authority: as it was sent, without user information.
        url_authority: that of the URL, which a Host header may have replaced.
        path: as it was sent; ``/`` if it was empty.
        query: without its ``?``.
        fragment: what the client's URL has behind ``#``, or None; it is not sent.
        headers: all of them.
        body: the octets; None if they are not known.
        realm: the realm of the Authorization header, or None.
        parameters: all but the realm and ``oauth_signature``, in the order in which they were sent.
        signatures: the parameters ``oauth_signature``.
        has_form: whether the Content-Type says that the body is a form.
        user_information: what the client's URL has before ``@``, or None; it is not sent as a part of the URL.
        scheme_source: how the scheme was found if the request does not tell it: ``"assumed"``, ``"signature"`` or
            ``"base string"``. None if the request tells it.
    """

    method: str
    scheme: str
    authority: str
    url_authority: str
    path: str
    query: str
    fragment: str | None
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    realm: str | None
    parameters: Parameters
    signatures: Parameters
    has_form: bool
    user_information: str | None = None
    scheme_source: str | None = None

    def protocol(self, name: str) -> str | None:
        """Return the first value of the protocol parameter ``name``, decoded; None if it was not sent."""
        return next((parameter.value for parameter in self.parameters if parameter.name == name), None)

    @property
    def timestamp(self) -> int | None:
        """The seconds in ``oauth_timestamp``; None if it is not a number of seconds, or far too long for one."""
        given = self.protocol("oauth_timestamp") or ""
        return int(given) if given.isdecimal() and len(given) <= _MOST_DIGITS else None

    @property
    def has_unknown_form(self) -> bool:
        """Whether the body is a form, and not known."""
        return self.body is None and self.has_form

    def header(self, name: str) -> str | None:
        """Return the first value of the header ``name``, in lower case here; None if it was not sent."""
        return next((value for given, value in self.headers if given.lower() == name), None)

    @property
    def url(self) -> str:
        """The URL without fragment and user information. It begins with ``//`` if the scheme is not told."""
        begin = f"{self.scheme}:" if self.scheme_source is None else ""
        return f"{begin}//{self.url_authority}{self.path}{'?' + self.query if self.query else ''}"

    def placements(self) -> list[str]:
        """Return the places in which protocol parameters stand."""
        places = [parameter.place for parameter in self.parameters if parameter.name.startswith("oauth_")]
        return [place for place in (HEADER, QUERY, FORM, BODY) if place in places]

    def __repr__(self) -> str:
        return f"SentRequest({self.method!r}, {self.scheme!r}, {self.authority!r}, {self.path!r}, …)"


class UrlParts(NamedTuple):
    """A URL in parts, none of them decoded; the scheme is in lower case."""

    scheme: str
    authority: str
    path: str
    query: str
    fragment: str | None = None


def read_request(
    method: Any, url: Any, headers: "Mapping[Any, Any] | Iterable[tuple[Any, Any]] | None" = None, body: Any = None
) -> SentRequest:
    """Return the request. No input is an error.

    Args:
        method: the request method, text or octets.
        url: the absolute URL as the client's program has it, perhaps with a fragment or user information. One that
            begins with ``//`` does not tell its scheme: https is assumed.
        headers: all headers, text or octets. A Host header replaces the authority, as it does for a signer.
        body: octets or text; a body of any other kind counts as unknown.
    """
    found = _URL.match(_text(url))
    scheme, authority, path, query, fragment = found.groups() if found else ("", "", _text(url), None, None)
    source = "assumed" if scheme is None else None
    pairs = tuple((_text(name), _text(value)) for name, value in iter_pairs(headers or ()))
    host = next((value for name, value in pairs if name.lower() == "host" and value), None)
    parts = UrlParts("https" if scheme is None else scheme.lower(), authority, path, query or "", fragment)
    return read_parts(_text(method), parts, host or authority, pairs, body)._replace(scheme_source=source)


def read_parts(
    method: str, url: UrlParts, authority: str, pairs: tuple[tuple[str, str], ...], body: Any
) -> SentRequest:
    """Return the request whose URL is known in parts. The arguments are those of `SentRequest`."""
    content_type = next((value for name, value in pairs if name.lower() == "content-type"), None)
    octets = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else b"" if body is None else body
    octets = bytes(octets) if isinstance(octets, OCTETS) else None
    has_form = is_form(content_type)
    query = to_wire_string(url.query)
    realm, in_header = read_header(value for name, value in pairs if name.lower() == "authorization")
    form = octets if octets and (has_form or len(octets) <= _LONGEST_OTHER_BODY) else b""
    in_body = read_form(to_wire_string(form), FORM if has_form else BODY)
    everything = [*in_header, *read_form(query, QUERY), *in_body]
    signed = tuple(
        parameter for parameter in everything if parameter.place != BODY and parameter.name != "oauth_signature"
    )
    signatures = tuple(parameter for parameter in everything if parameter.name == "oauth_signature")
    return SentRequest(
        method=to_wire_string(method),
        scheme=url.scheme,
        authority=to_wire_string(authority.rpartition("@")[2]),
        url_authority=to_wire_string(url.authority.rpartition("@")[2]),
        path=path_on_the_wire(url.path) or "/",
        query=query,
        fragment=None if url.fragment is None else to_wire_string(url.fragment),
        headers=pairs,
        body=octets,
        realm=realm,
        parameters=signed,
        signatures=signatures,
        has_form=has_form,
        user_information=to_wire_string(url.authority.rpartition("@")[0]) or None,
    )


def read_header(values: Iterable[str]) -> tuple[str | None, list[Parameter]]:
    """Return the realm and the parameters of the first Authorization header whose scheme is OAuth."""
    value = next(filter(OAUTH_SCHEME.match, values), None)
    realm: str | None = None
    parameters: list[Parameter] = []
    if value is not None:
        begin = OAUTH_SCHEME.match(value)
        for found in HEADER_PIECE.finditer(value, begin.end() if begin else 0):
            name, quoted, bare = found.groups()
            if name is None:
                continue
            text = to_wire_string(bare.strip() if quoted is None else quoted)
            if name.lower() == "realm":
                realm = _QUOTED_PAIR.sub(r"\1", text)
            else:
                parameters.append(_parameter(HEADER, to_wire_string(name), text, decode))
    return realm, parameters


def read_form(text: str, place: str) -> Iterable[Parameter]:
    """Yield the parameters of a query or a form, which is a wire string."""
    for part in text.split("&") if text else ():
        if part:
            name, _, value = part.partition("=")
            yield _parameter(place, name, value, lambda raw: decode(raw.replace("+", " ")))


def _parameter(place: str, name: str, value: str, read: Callable[[str], str]) -> Parameter:
    return Parameter(place, (name, value), read(name), read(value))


def decode(text: str) -> str:
    """Return a wire string with its percent escapes decoded once, as a wire string."""
    return percent_decode(text).decode("latin-1") if "%" in text else text


def canonical_authority(request: SentRequest) -> str:
    """Return the authority as a base string has it (RFC 5849 section 3.4.1.2)."""
    return authority_as_signed(request.scheme, request.authority)


def authority_as_signed(scheme: str, authority: str) -> str:
    """Return a wire string of an authority in its normal form, in which a name in Unicode is written in ASCII."""
    if authority.isascii():
        return normalized_authority(scheme, authority)
    return normalized_authority(scheme, authority.encode("latin-1").decode("utf-8", "replace"))


def _text(value: Any) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, OCTETS) else str(value)
