"""The request in a WSGI environ, without its body, and whether the application reads its target as it arrived."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from oauthone.core.incoming_request import FORWARDING_HEADERS, IncomingRequest
from oauthone.core.request_grammar import is_authority
from oauthone.core.urls import normalized_authority
from oauthone.server._protected_paths import rebuilt_path

_ESCAPED_SLASH = re.compile(b"%2[Ff]")
_HEADERS = (
    ("HTTP_AUTHORIZATION", "authorization"),
    ("CONTENT_TYPE", "content-type"),
    ("HTTP_HOST", "host"),
    ("HTTP_OAUTH_BASE_STRING", "oauth-base-string"),
    *[(f"HTTP_{name.upper().replace('-', '_')}", name) for name in FORWARDING_HEADERS],
)


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
    whole = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "") if view is None else view.seen[0]
    return request_as_seen(environ, whole, lambda: view or _plain_view(environ))


def request_as_seen(environ: Mapping[str, Any], whole: str, make_view: Callable[[], PathView]) -> IncomingRequest:
    """Do what `request_from_environ` does, and make a view only if the path is not the usual one.

    Args:
        environ: the WSGI environ.
        whole: the first path of ``seen`` in the view.
        make_view: returns the view.
    """
    query = environ.get("QUERY_STRING", "")
    path, fault = whole, None
    if not _is_usual(environ, whole, query):
        path, fault = _read_target(environ, query, make_view())
    return IncomingRequest(
        environ["REQUEST_METHOD"],
        environ["wsgi.url_scheme"],
        (environ["SERVER_NAME"], environ["SERVER_PORT"]),
        path,
        query,
        [(name, environ[key]) for key, name in _HEADERS if key in environ],
        fault=fault,
        claimed_mount=environ.get("SCRIPT_NAME") if "HTTP_SCRIPT_NAME" in environ else None,
    )


def _is_usual(environ: Mapping[str, Any], whole: str, query: str) -> bool:
    """Whether `_read_target` returns ``whole`` without a fault, because the path arrived as it is, without escapes."""
    target: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    if target != (f"{whole}?{query}" if query else whole):
        return False
    return whole.startswith("/") and whole.isascii() and "%" not in whole and "?" not in whole


def _read_target(environ: Mapping[str, Any], query: str, view: PathView) -> tuple[str, str | None]:
    """The path as it arrived, and what the application reads differently, in words, or None."""
    target = _split_target(environ) or _Target(None, rebuilt_path(view.octets), query)
    return target.path, _difference(environ, target, view)


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
