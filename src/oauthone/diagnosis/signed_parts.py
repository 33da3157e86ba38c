"""What a signature covers, taken apart for people: the steps that lead from a request to its base string.

Values of parameters that may be secret are masked, unless the caller asks for them.
"""

from typing import Any, NamedTuple

from oauthone.core.masking import mask_secrets, secret_names
from oauthone.diagnosis.base_strings import right_base_string
from oauthone.diagnosis.escaping import encode
from oauthone.diagnosis.sent_request import SentRequest
from oauthone.diagnosis.uri_mistakes import right_uri

_MASK = "***"
#: They are signed, or say what is.
_COVERED_HEADERS = ("authorization", "content-length", "content-type", "host")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class SignedPair(NamedTuple):
    """A parameter on its way into the base string.

    Attributes:
        place: where it stands: ``"header"``, ``"query"`` or ``"form"``.
        name: decoded, for people to read.
        value: likewise; ``"***"`` if it is masked.
        encoded: name and value as the base string has them before they are joined and encoded once more.
    """

    place: str
    name: str
    value: str
    encoded: str


class SignedParts(NamedTuple):
    """The steps to a base string (RFC 5849 section 3.4.1).

    Attributes:
        method: the request method, in capitals.
        uri: the base string URI.
        uri_notes: what was changed of the URL, in words.
        collected: the parameters in the order in which they stand in the request.
        ordered: the same ones in the order of the base string.
        base_string: the three parts, each encoded and joined by ``&``.
        not_signed: what the signature does not cover, in words.
    """

    method: str
    uri: str
    uri_notes: tuple[str, ...]
    collected: tuple[SignedPair, ...]
    ordered: tuple[SignedPair, ...]
    base_string: str
    not_signed: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the parts for JSON."""
        pairs = {name: [one._asdict() for one in getattr(self, name)] for name in ("collected", "ordered")}
        return {**self._asdict(), **pairs, "uri_notes": list(self.uri_notes), "not_signed": list(self.not_signed)}


def signed_parts(request: SentRequest, *, reveal: bool = False) -> SignedParts:
    """Return the steps that lead from a request to its base string.

    Args:
        request: the request.
        reveal: whether values that may be secret are shown.
    """
    collected = [(encode(name), encode(value), place, name, value) for place, _, name, value in request.parameters]
    scheme, authority, path = right_uri(request)
    base_string = right_base_string(request)
    return SignedParts(
        method=request.method.upper(),
        uri=f"{scheme}://{authority}{path}",
        uri_notes=tuple(_uri_notes(request)),
        collected=tuple(_pair(one, reveal) for one in collected),
        ordered=tuple(_pair(one, reveal) for one in sorted(collected)),
        base_string=base_string if reveal else mask_secrets(base_string),
        not_signed=tuple(_not_signed(request)),
    )


def readable(text: str) -> str:
    """Return a wire string as text for people."""
    return text.encode("latin-1", "replace").decode("utf-8", "replace")


def _pair(parameter: tuple[str, str, str, str, str], reveal: bool) -> SignedPair:
    encoded_name, encoded_value, place, name, value = parameter
    if not reveal and secret_names().search(name):
        return SignedPair(place, readable(name), _MASK, f"{encoded_name}={_MASK}")
    return SignedPair(place, readable(name), readable(value), f"{encoded_name}={encoded_value}")


def _uri_notes(request: SentRequest) -> list[str]:
    scheme, authority, _ = right_uri(request)
    notes: list[str] = []
    if request.authority != request.authority.lower():
        notes.append("the host is in lower case")
    if request.authority.lower() == f"{authority}{_DEFAULT_PORTS.get(scheme, '?')}":
        notes.append("the default port is left out")
    if request.url_authority and request.url_authority.lower() != request.authority.lower():
        notes.append(f"the host is that of the header Host, {request.authority}")
    if request.query:
        notes.append("the query is not part of the URI: its parameters are collected below")
    if request.fragment is not None:
        notes.append("the fragment is not sent, so it is not signed")
    return notes


def _not_signed(request: SentRequest) -> list[str]:
    found: list[str] = []
    content_type = request.header("content-type")
    if request.body is None and not request.has_form:
        found.append("a body, if there is one")
    elif request.body and not request.has_form:
        hashed = " except by oauth_body_hash" if request.protocol("oauth_body_hash") is not None else ""
        found.append(f"the body ({content_type or 'no Content-Type'}, {len(request.body)} bytes){hashed}")
    if request.realm is not None:
        found.append("the realm")
    headers = sorted({name for name, _ in request.headers if name.lower() not in _COVERED_HEADERS})
    if headers:
        found.append(f"the headers {', '.join(headers)}")
    return found
