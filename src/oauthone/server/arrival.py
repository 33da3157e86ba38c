"""A request as it arrived, octet for octet, from what a WSGI or an ASGI server says about it."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from oauthone.core.body import is_form
from oauthone.core.encoding import form_decode, to_wire_string
from oauthone.core.parameters import is_oauth_header
from oauthone.core.policy import VerificationPolicy
from oauthone.core.urls import split_query

# What a path may hold unescaped (RFC 3986 section 3.3): the best guess where a server hides how it was written.
_IN_PATH = "/:@!$&'()*+,;=~"

# Parameters by which a query or a form that is signed is known, so named and not just mentioned.
_CREDENTIALS = (b"oauth_consumer_key", b"oauth_signature")


class Arrival(NamedTuple):
    """A request without its body.

    Attributes:
        method: the request method.
        url: the absolute URL; octets that are not ASCII are percent-encoded, which no signature tells apart.
        headers: the headers as pairs.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return f"Arrival({self.method} {split_query(self.url)[0]}, …)"

    def header(self, name: str) -> str | None:
        """The first value of a header, its name in lower case; or None."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def needs_body(self, policy: VerificationPolicy) -> bool:
        """Whether the signature covers the body, so that it has to be read before the view does.

        Names are decoded once here as they are in verification: an escape hides no ``oauth_body_hash``.
        """
        if policy.body_hash == "required" or is_form(self.header("content-type")):
            return True
        places = [split_query(self.url)[1], *(value for key, value in self.headers if key.lower() == "authorization")]
        return any("oauth_body_hash" in unquote(place) for place in places)

    def presents_credentials(self, body: bytes) -> bool:
        """Whether somebody signed, well or not: whoever presents no credentials is anonymous, and not refused.

        An ``oauth_token`` alone is none: it comes with people who are sent to a consent page or to a callback.

        Args:
            body: the body where `needs_body` says so.
        """
        if any(key.lower() == "authorization" and is_oauth_header(value) for key, value in self.headers):
            return True
        places = [split_query(self.url)[1]]
        if is_form(self.header("content-type")):
            places.append(to_wire_string(body))
        return any(name in _CREDENTIALS for place in places for name, _ in form_decode(place))


def from_environ(environ: Mapping[str, Any]) -> Arrival:
    """What a WSGI server says (PEP 3333). Path and query come from ``RAW_URI`` or ``REQUEST_URI`` where there is one.

    Where a server has neither, the path is rebuilt from its decoded form. Then a path with an escaped slash, with
    escapes in lower case or with characters that need no escape cannot be told from its usual spelling.
    """
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    target = _target_of(environ)
    headers = [
        (name[5:].replace("_", "-").lower(), str(value)) for name, value in environ.items() if name.startswith("HTTP_")
    ]
    if environ.get("CONTENT_TYPE"):
        headers.append(("content-type", environ["CONTENT_TYPE"]))
    return Arrival(environ["REQUEST_METHOD"], f"{environ['wsgi.url_scheme']}://{host}{target}", tuple(headers))


def from_scope(scope: Mapping[str, Any]) -> Arrival:
    """What an ASGI server says. The path comes from ``raw_path`` where there is one, else it is rebuilt."""
    headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"])
    host = next((value for name, value in headers if name == "host"), None) or _server_of(scope)
    raw: bytes | None = scope.get("raw_path")
    path = quote(scope["path"], safe=_IN_PATH) if raw is None else _ascii(raw.partition(b"?")[0].decode("latin-1"))
    query = _ascii(scope.get("query_string", b"").decode("latin-1"))
    url = f"{scope.get('scheme', 'http')}://{host}{path}" + (f"?{query}" if query else "")
    return Arrival(scope["method"], url, headers)


def _target_of(environ: Mapping[str, Any]) -> str:
    for name in ("RAW_URI", "REQUEST_URI"):
        target: str = environ.get(name) or ""
        if "://" in target.partition("?")[0] and not target.startswith("/"):
            target = "/" + target.partition("://")[2].partition("/")[2]
        if target.startswith("/"):
            return _ascii(target)
    octets = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1")
    query = _ascii(environ.get("QUERY_STRING", ""))
    return quote(octets, safe=_IN_PATH) + (f"?{query}" if query else "")


def _server_of(scope: Mapping[str, Any]) -> str:
    name, port = scope.get("server") or ("localhost", None)
    return name if port is None else f"{name}:{port}"


def _ascii(text: str) -> str:
    """Octets above 127, which arrive one character each, as escapes."""
    return text if text.isascii() else "".join(c if c.isascii() else f"%{ord(c):02X}" for c in text)
