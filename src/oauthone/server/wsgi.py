"""WSGI: middleware that lets only signed requests through to the application, and the request in an environ."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from http.client import responses
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple, Unpack
from urllib.parse import unquote_to_bytes

from oauthone.core.incoming_request import IncomingRequest, is_authority
from oauthone.core.parsed_request import needs_body
from oauthone.core.urls import normalized_authority
from oauthone.core.verification_types import Verified
from oauthone.server._protected_paths import is_ambiguous, path_readings, protects_path, rebuilt_path, require_paths
from oauthone.server._protector import ProtectorOptions, ResourceProtector
from oauthone.server._responses import CACHE_CONTROL, VARY, private_headers
from oauthone.server._verifier import Verifier

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["VerifyingMiddleware", "request_from_environ"]

#: Where the application finds `Verified` in its environ.
VERIFIED = "oauthone.verified"

_ESCAPED_SLASH = re.compile(b"%2[Ff]")
_HEADERS = (
    ("HTTP_AUTHORIZATION", "authorization"),
    ("CONTENT_TYPE", "content-type"),
    ("HTTP_HOST", "host"),
    ("HTTP_OAUTH_BASE_STRING", "oauth-base-string"),
)


class VerifyingMiddleware:
    """Calls the application for signed requests, with ``environ["oauthone.verified"]``, and answers the others itself.

    Args:
        app: the WSGI application.
        verifier: verifies the requests.
        paths: the paths that are protected, each with all below it, such as ``("/api",)``; None protects everything.
            They are compared with ``PATH_INFO``, and match other spellings with more slashes or dot segments too.
        protects: returns whether an environ is protected, for rules that ``paths`` cannot express. If ``PATH_INFO``
            has an unusual spelling, it is called for the usual one as well, and one True is enough.
        options: see `oauthone.server.ProtectorOptions`.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        verifier: Verifier,
        *,
        paths: Collection[str] | None = None,
        protects: "Callable[[WSGIEnvironment], bool] | None" = None,
        **options: Unpack[ProtectorOptions],
    ) -> None:
        self._app = app
        self._protector = ResourceProtector(verifier, **options)
        self._paths = require_paths(paths, protects)
        self._protects = protects

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # A client can only set names that start with HTTP_; a proxy or other middleware must not set this one either.
        environ.pop(VERIFIED, None)
        if not self._is_protected(environ):
            return self._app(environ, start_response)
        request = request_from_environ(environ)
        if needs_body(request, self._protector.policy):
            _read_body_into(request, environ, self._protector.max_body)
        outcome = self._protector.validate_request(request)
        if not isinstance(outcome, Verified):
            length = ("Content-Length", str(len(outcome.body)))
            start_response(f"{outcome.status} {responses[outcome.status]}", [*outcome.headers, length])
            return [outcome.body]
        environ[VERIFIED] = outcome

        def start_private(status: str, headers: list[tuple[str, str]], *failure: Any) -> Callable[[bytes], object]:
            return start_response(status, private_headers(headers, VARY, CACHE_CONTROL), *failure)

        return self._app(environ, start_private)

    def _is_protected(self, environ: "WSGIEnvironment") -> bool:
        if self._paths is not None:
            path = environ.get("PATH_INFO", "")
            whole = environ.get("SCRIPT_NAME", "") + path
            return any(protects_path(self._paths, _as_text(one)) for one in (path or "/", whole or "/"))
        if self._protects is None or self._protects(environ):
            return True
        path = _as_text(environ.get("PATH_INFO", "") or "/")
        readings = {one.encode().decode("latin-1") for one in path_readings(path)}
        return is_ambiguous(path) or any(self._protects({**environ, "PATH_INFO": one}) for one in readings)


class PathView(NamedTuple):
    """How an application reads the path of a request.

    Attributes:
        decode: from the octets of an unescaped path to text, as the application decodes them.
        seen: the path as the application sees it, with the prefix under which it is mounted and without.
        octets: the same path as octets, for servers that do not say how it was escaped.
    """

    decode: Callable[[bytes], str]
    seen: tuple[str, ...]
    octets: bytes


def request_from_environ(environ: Mapping[str, Any], view: PathView | None = None) -> IncomingRequest:
    """The request that a WSGI server hands over (PEP 3333), without its body.

    Path and query are read from ``RAW_URI`` or ``REQUEST_URI``, and must be those that the application reads from
    ``SCRIPT_NAME``, ``PATH_INFO`` and ``QUERY_STRING``: otherwise the request has a ``fault``. If the server sets
    neither, the path is rebuilt from its decoded form. Then a path with an escaped slash, with escapes in lower case
    or with escapes of unreserved characters cannot be told from its usual spelling.

    Args:
        environ: the WSGI environ.
        view: how the application reads the path; None takes ``SCRIPT_NAME`` and ``PATH_INFO`` as they stand.
    """
    view = view or _plain_view(environ)
    query = environ.get("QUERY_STRING", "")
    target = _split_target(environ) or _Target(None, rebuilt_path(view.octets), query)
    return IncomingRequest(
        environ["REQUEST_METHOD"],
        environ["wsgi.url_scheme"],
        (environ["SERVER_NAME"], environ["SERVER_PORT"]),
        target.path,
        query,
        [(name, environ[key]) for key, name in _HEADERS if key in environ],
        fault=_difference(environ, target, view),
        claimed_mount=environ.get("SCRIPT_NAME") if "HTTP_SCRIPT_NAME" in environ else None,
    )


def _difference(environ: Mapping[str, Any], target: "_Target", view: PathView) -> str | None:
    """What the application reads differently from how it arrived, in words, or None."""
    if target.query and target.query != environ.get("QUERY_STRING", ""):
        return "the server hands the application another query than the one that arrived"
    if not _is_seen(target.path, view):
        return "the server hands the application another path than the one that arrived"
    if target.authority is not None:
        scheme, host = environ["wsgi.url_scheme"], environ.get("HTTP_HOST") or target.authority
        if not is_authority(target.authority):
            return "the request target names no host"
        if normalized_authority(scheme, target.authority) != normalized_authority(scheme, host):
            return "the Host header names another host than the request target"
    return None


def _is_seen(path: str, view: PathView) -> bool:
    """Whether the application sees ``path``. Some servers leave an escaped slash as ``%2F``, and it stays one."""
    if path in view.seen and path.isascii() and "%" not in path:
        return True  # every application decodes such a path to itself
    octets = path.encode("latin-1")
    if path == "/" and "" in view.seen:
        return True
    if b"%" not in octets:
        return view.decode(octets) in view.seen
    readings = {unquote_to_bytes(octets), b"%2F".join(map(unquote_to_bytes, _ESCAPED_SLASH.split(octets)))}
    return any(view.decode(reading) in view.seen for reading in readings)


def _plain_view(environ: Mapping[str, Any]) -> PathView:
    path = environ.get("PATH_INFO", "")
    whole = environ.get("SCRIPT_NAME", "") + path
    return PathView(_latin1, (whole, path), whole.encode("latin-1", "replace"))


def _as_text(path: str) -> str:
    """A path of an environ, which has a character for each octet, as the text that it stands for."""
    return path.encode("latin-1", "replace").decode("utf-8", "replace")


def _latin1(octets: bytes) -> str:
    return octets.decode("latin-1")


class _Target(NamedTuple):
    """A request target (RFC 9112 section 3.2); ``authority`` is None unless it is in absolute-form."""

    authority: str | None
    path: str
    query: str


def _split_target(environ: Mapping[str, Any]) -> _Target | None:
    """The request target, split once; None if the server does not set it."""
    target: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    if not target:
        return None
    before, _, query = target.partition("?")
    scheme, separator, rest = before.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        return _Target(None, before, query)
    authority, slash, path = rest.partition("/")
    return _Target(authority, slash + path or "/", query)


def _read_body_into(request: IncomingRequest, environ: "WSGIEnvironment", limit: int) -> None:
    """Give ``request`` its body, or a fault if the server cannot read it: servers raise exceptions of many types."""
    try:
        request.body = read_body(environ, limit)
    except Exception as failure:
        request.fault = f"its body cannot be read to the end ({type(failure).__name__})"


def read_body(environ: "WSGIEnvironment", limit: int) -> bytes:
    """The body, left in ``environ`` for the application to read again. At most one octet more than ``limit``."""
    stream, length = environ["wsgi.input"], limit + 1
    if not environ.get("wsgi.input_terminated"):
        length = min(length, declared_length(environ.get("CONTENT_LENGTH") or ""))
    chunks: list[bytes] = []
    while length > 0 and (chunk := stream.read(length)):
        chunks.append(chunk)
        length -= len(chunk)
    body = b"".join(chunks)
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return body


def declared_length(text: str) -> int:
    """How many octets a body has according to its ``Content-Length``; 0 if that is not a number.

    Only 16 digits are read, as longer numbers take long to read: the result is still larger than every limit.
    """
    return int(text.lstrip("0")[:16] or "0") if text.isascii() and text.isdigit() else 0
