"""Mistakes about the method and the base string URI (RFC 5849 section 3.4.1.2), and about how the parts are joined."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, Protocol, TypeAlias
from urllib.parse import urljoin

from oauthone.core.encoding import to_wire_string
from oauthone.core.urls import default_port, normalized_authority
from oauthone.diagnosis.escaping import encode_part, respell_escapes
from oauthone.diagnosis.sent_request import SentRequest, authority_as_signed, canonical_authority, decode

_UNRESERVED_ESCAPE = re.compile(r"%(?:2[DE]|3\d|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])", re.IGNORECASE)
#: The names of this machine.
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
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


class Texts(Protocol):
    """What parts have in common."""

    @property
    def text(self) -> str:
        """The part as it is."""
        ...

    encoded: str


#: A function that joins the method, the URI and the parameters into a base string.
Joint: TypeAlias = Callable[[str, Part, Texts], str]

_Change: TypeAlias = Callable[[Uri], Uri]


def right_uri(request: SentRequest) -> Uri:
    """Return the parts of the base string URI."""
    return Uri(request.scheme, canonical_authority(request), request.path)


def wrong_methods() -> Iterator[tuple[str, Callable[[str], str]]]:
    """Yield mistakes, each with what such a client makes of the request method."""
    for other in _METHODS:
        yield f"another-http-method:{other}", partial(_other, other)
    yield "method-not-in-capitals", str.lower
    yield "method-not-in-capitals", str.capitalize


def _other(other: str, _: str) -> str:
    return other


def wrong_uris(request: SentRequest) -> Iterator[tuple[str, _Change]]:
    """Yield mistakes, each with what such a client makes of the URI that it signs."""
    if not request.scheme:
        return
    if request.scheme_source is None:
        yield f"other-scheme-signed:{_other_scheme(request.scheme)}", _with_other_scheme
    yield "port-left-out", _without_port
    yield "default-port-signed", _with_default_port
    if not request.authority.isascii():
        yield "host-in-unicode", lambda uri: uri._replace(authority=request.authority)
        yield "host-in-unicode", lambda uri: uri._replace(authority=_lower_case(request.authority))
    elif "xn--" in request.authority.lower():
        yield "host-in-unicode", _with_host_in_unicode
    yield "host-not-in-lower-case", partial(_with_host_as_sent, request)
    yield (
        "host-header-ignored",
        lambda uri: uri._replace(authority=authority_as_signed(uri.scheme, request.url_authority)),
    )
    for name in LOOPBACK:
        yield "loopback-renamed", partial(_with_loopback, name)
    if request.user_information is not None:
        yield "user-information-signed", partial(_with_user_information, request.user_information)
    for mistake, change in _PATH_MISTAKES:
        yield mistake, partial(_with_path, change)
    if request.query:
        yield "query-in-uri", lambda uri: uri._replace(path=f"{uri.path}?{request.query}")
        yield "query-in-uri", lambda uri: uri._replace(path=f"{uri.path}?{decode(request.query)}")
    else:
        yield "query-in-uri", lambda uri: uri._replace(path=f"{uri.path}?")
    if request.fragment is not None:
        yield "fragment-signed", lambda uri: uri._replace(path=f"{uri.path}#{request.fragment}")
    yield "path-alone-signed", lambda uri: Uri("", "", uri.path)


def _with_host_as_sent(request: SentRequest, uri: Uri) -> Uri:
    return uri._replace(authority=request.authority) if request.authority.isascii() else uri


def _with_host_in_unicode(uri: Uri) -> Uri:
    host, separator, port = uri.authority.partition(":")
    try:
        return uri._replace(authority=to_wire_string(host.encode().decode("idna")) + separator + port)
    except UnicodeError:
        return uri


def _lower_case(authority: str) -> str:
    return to_wire_string(authority.encode("latin-1").decode("utf-8", "replace").lower())


def _other_scheme(scheme: str) -> str:
    return "http" if scheme == "https" else "https"


def _with_other_scheme(uri: Uri) -> Uri:
    other = _other_scheme(uri.scheme)
    return Uri(other, normalized_authority(other, uri.authority), uri.path)


def _without_port(uri: Uri) -> Uri:
    host, separator, port = uri.authority.rpartition(":")
    return uri._replace(authority=host) if separator and port.isdigit() else uri


def _with_loopback(name: str, uri: Uri) -> Uri:
    """Return the URI with another name of this machine, if it has one of these names."""
    here = next((one for one in LOOPBACK if re.fullmatch(rf"{re.escape(one)}(?::\d+)?", uri.authority)), None)
    return uri if here in (None, name) else uri._replace(authority=name + uri.authority.removeprefix(here))


def _with_user_information(user_information: str, uri: Uri) -> Uri:
    return uri._replace(authority=f"{user_information}@{uri.authority}")


def _with_default_port(uri: Uri) -> Uri:
    separator, port = uri.authority.rpartition(":")[1:]
    default = default_port(uri.scheme)
    if default is None or (separator and port.isdigit()):
        return uri
    return uri._replace(authority=f"{uri.authority}:{default}")


def _with_path(change: Callable[[str], str], uri: Uri) -> Uri:
    return uri._replace(path=change(uri.path))


#: What a client makes of the path.
_PATH_MISTAKES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("trailing-slash-left-out", lambda path: path.rstrip("/")),
    ("trailing-slash-added", lambda path: f"{path}/"),
    ("path-decoded", decode),
    ("path-encoded-twice", lambda path: path.replace("%", "%25")),
    ("path-normalized", lambda path: _UNRESERVED_ESCAPE.sub(lambda found: decode(found[0]), path)),
    ("path-normalized", lambda path: respell_escapes(path, str.upper)),
    ("path-normalized", lambda path: urljoin("http://host/", path.replace("//", "/")).removeprefix("http://host")),
    ("path-normalized", lambda path: re.sub("//+", "/", path)),
    ("path-normalized", str.lower),
)


def join(method: str, uri: Part, parameters: Texts) -> str:
    """Join the parts of a base string as RFC 5849 section 3.4.1.1 requires."""
    return f"{method}&{uri.encoded}&{parameters.encoded}"


def wrong_joints() -> Iterator[tuple[str, Callable[[Joint], Joint]]]:
    """Yield mistakes, each with how such a client joins the parts of a base string."""
    for mistake, joint in _WRONG_JOINTS:
        yield mistake, partial(_joint, joint)


def _joint(joint: Joint, _: Joint) -> Joint:
    return joint


_WRONG_JOINTS: tuple[tuple[str, Joint], ...] = (
    ("parts-not-encoded", lambda method, uri, parameters: f"{method}&{uri.text}&{parameters.text}"),
    ("uri-not-encoded", lambda method, uri, parameters: f"{method}&{uri.text}&{parameters.encoded}"),
    ("parameters-not-encoded", lambda method, uri, parameters: f"{method}&{uri.encoded}&{parameters.text}"),
    ("line-end-signed", lambda method, uri, parameters: f"{join(method, uri, parameters)}\n"),
    ("line-end-signed", lambda method, uri, parameters: f"{method}\n{uri.encoded}\n{parameters.encoded}"),
    ("ampersand-too-many", lambda method, uri, parameters: f"{join(method, uri, parameters)}%26"),
    ("ampersand-too-many", lambda method, uri, parameters: f"{method}&{uri.encoded}&%26{parameters.encoded}"),
    ("ampersand-too-many", lambda method, uri, parameters: f"{join(method, uri, parameters)}&"),
    (
        "ampersands-of-html",
        lambda method, uri, parameters: f"{method}&{uri.encoded}&{parameters.encoded.replace('%26', '%26amp%3B')}",
    ),
    ("base-string-encoded", lambda method, uri, parameters: encode_part(join(method, uri, parameters))),
    ("ampersand-left-out", lambda method, uri, parameters: f"{method}&{uri.encoded}{parameters.encoded}"),
    (
        "uri-escapes-in-lower-case",
        lambda method, uri, parameters: f"{method}&{respell_escapes(uri.encoded, str.lower)}&{parameters.encoded}",
    ),
)
