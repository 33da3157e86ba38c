"""Mistakes about the method and the base string URI (RFC 5849 section 3.4.1.2), and about how the parts are joined."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias
from urllib.parse import urljoin

from oauthone.core.urls import default_port, normalized_authority
from oauthone.diagnosis.encoding_mistakes import respell_escapes
from oauthone.diagnosis.sent_request import SentRequest, canonical_authority, decode

_UNRESERVED_ESCAPE = re.compile(r"%(?:2[DE]|3\d|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])", re.IGNORECASE)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")


class Uri(NamedTuple):
    """The URI that a client signs, in parts and not encoded."""

    scheme: str
    authority: str
    path: str

    @property
    def text(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}" if self.scheme else self.path


class Part(NamedTuple):
    """A part of a base string, as it is and encoded."""

    text: str
    encoded: str


#: A function that joins the method, the URI and the parameters into a base string.
Joint: TypeAlias = Callable[[str, Part, Part], str]


def right_uri(request: SentRequest) -> Uri:
    """Return the parts of the base string URI."""
    return Uri(request.scheme, canonical_authority(request), request.path)


def wrong_methods(method: str) -> Iterator[tuple[str, str]]:
    """Yield mistakes, each with the request method that such a client signs."""
    yield "method-not-in-capitals", method.lower()
    yield "method-not-in-capitals", method.capitalize()
    for other in _METHODS:
        yield f"another-http-method:{other}", other


def wrong_uris(request: SentRequest, uri: Uri) -> Iterator[tuple[str, Uri]]:
    """Yield mistakes, each with the URI that such a client signs in place of ``uri``."""
    scheme, authority, path = uri
    if not scheme:
        return
    other = "http" if scheme == "https" else "https"
    yield f"other-scheme-signed:{other}", Uri(other, normalized_authority(other, authority), path)
    yield from _wrong_authorities(request, uri)
    for mistake, changed in _wrong_paths(request, path):
        yield mistake, Uri(scheme, authority, changed)
    if request.query:
        yield "query-in-uri", uri._replace(path=f"{path}?{request.query}")
        yield "query-in-uri", uri._replace(path=f"{path}?{decode(request.query)}")
    if request.fragment is not None:
        yield "fragment-signed", uri._replace(path=f"{path}#{request.fragment}")
    yield "path-alone-signed", Uri("", "", path)


def _wrong_authorities(request: SentRequest, uri: Uri) -> Iterator[tuple[str, Uri]]:
    scheme, authority, _ = uri
    host, separator, port = authority.rpartition(":")
    if separator and port.isdigit():
        yield "port-left-out", uri._replace(authority=host)
    elif (default := default_port(scheme)) is not None:
        yield "default-port-signed", uri._replace(authority=f"{authority}:{default}")
    yield "host-not-in-lower-case", uri._replace(authority=request.authority)
    yield "host-header-ignored", uri._replace(authority=normalized_authority(scheme, request.url_authority))


def _wrong_paths(request: SentRequest, path: str) -> Iterator[tuple[str, str]]:
    yield "trailing-slash-left-out", path.rstrip("/")
    yield "trailing-slash-added", f"{path}/"
    yield "path-decoded", decode(path)
    yield "path-encoded-twice", path.replace("%", "%25")
    yield "path-normalized", _UNRESERVED_ESCAPE.sub(lambda found: decode(found[0]), path)
    yield "path-normalized", respell_escapes(path, str.upper)
    yield "path-normalized", urljoin("http://host/", path.replace("//", "/")).removeprefix("http://host")
    yield "path-normalized", re.sub("//+", "/", path)
    yield "path-normalized", path.lower()


def join(method: str, uri: Part, parameters: Part) -> str:
    """Join the parts of a base string as RFC 5849 section 3.4.1.1 requires."""
    return f"{method}&{uri.encoded}&{parameters.encoded}"


def wrong_joints() -> Iterator[tuple[str, Joint]]:
    """Yield mistakes, each with how such a client joins the parts of a base string."""
    yield "parts-not-encoded", lambda method, uri, parameters: f"{method}&{uri.text}&{parameters.text}"
    yield "uri-not-encoded", lambda method, uri, parameters: f"{method}&{uri.text}&{parameters.encoded}"
    yield "parameters-not-encoded", lambda method, uri, parameters: f"{method}&{uri.encoded}&{parameters.text}"
    yield "line-end-signed", lambda method, uri, parameters: f"{join(method, uri, parameters)}\n"
    yield "line-end-signed", lambda method, uri, parameters: f"{method}\n{uri.encoded}\n{parameters.encoded}"
    yield "ampersand-too-many", lambda method, uri, parameters: f"{join(method, uri, parameters)}%26"
    yield "ampersand-too-many", lambda method, uri, parameters: f"{method}&{uri.encoded}&%26{parameters.encoded}"
    yield "ampersand-left-out", lambda method, uri, parameters: f"{method}&{uri.encoded}{parameters.encoded}"
    yield (
        "uri-escapes-in-lower-case",
        lambda method, uri, parameters: f"{method}&{respell_escapes(uri.encoded, str.lower)}&{parameters.encoded}",
    )
