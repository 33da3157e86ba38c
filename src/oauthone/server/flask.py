"""A Flask decorator: it lets only signed requests through to a view, which finds `Verified` in ``flask.g.verified``.

Werkzeug returns a form's octets until its fields are read, and never again. So the forms of decorated views are read
before any hook of the application, such as ``before_request``.
"""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeAlias, Unpack, cast

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import needs_body
from oauthone.core.policy import VerificationPolicy
from oauthone.core.verification_types import Verified
from oauthone.errors import missing_library
from oauthone.server._protector import DEFAULT_MAX_BODY, ProtectorOptions, ResourceProtector
from oauthone.server._responses import CACHE_CONTROL, VARY
from oauthone.server._settings_checks import require_count
from oauthone.server._verifier import Verifier
from oauthone.server._wsgi_request import PathView, request_as_seen
from oauthone.server.wsgi import read_body

try:
    from flask import Flask, Request, Response, after_this_request, current_app, g, request, request_started
except ModuleNotFoundError as missing:
    raise missing_library("flask", "flask") from missing

__all__ = ["incoming_request", "keep_body", "signature_required"]

View: TypeAlias = Callable[..., Any]

# Attributes of a view and of Flask's request.
_BODY_READER = "_oauthone_body_reader"
_BODY = "_oauthone_body"
_INCOMING = "_oauthone_incoming"
# What is behind Flask's proxies, through which each attribute takes long to read.
_current_request: Callable[[], Request] = cast("Any", request)._get_current_object
_current_globals: Callable[[], Any] = cast("Any", g)._get_current_object
_TOO_LATE = (
    "a form was read before its signature was verified, and its octets are gone: put signature_required on the view "
    "that app.route gets, or on the method of a MethodView, and let nothing around the application read forms"
)


def signature_required(verifier: Verifier, **options: Unpack[ProtectorOptions]) -> Callable[[View], View]:
    """A decorator for views; put it below ``@app.route``.

    Args:
        verifier: verifies the requests.
        options: see `oauthone.server.ProtectorOptions`.
    """
    protector = ResourceProtector(verifier, **options)

    def decorate(view: View) -> View:
        is_coroutine_function = iscoroutinefunction(view)

        @wraps(view)
        def protected(*arguments: Any, **named: Any) -> Any:
            incoming = _incoming(_current_request(), verifier.policy, protector.max_body)
            outcome = protector.validate_request(incoming)
            if not isinstance(outcome, Verified):
                return Response(outcome.body, outcome.status, list(outcome.headers))
            _current_globals().verified = outcome
            after_this_request(_set_private_headers)
            if is_coroutine_function:
                return current_app.ensure_sync(view)(*arguments, **named)
            return view(*arguments, **named)

        return _with_body_reader(protected, verifier.policy, protector.max_body)

    return decorate


def keep_body(*, max_body: int = DEFAULT_MAX_BODY) -> Callable[[View], View]:
    """A decorator for views that verify requests themselves, as for launches; put it below ``@app.route``.

    Forms, and bodies with a hash, are read before any hook of the application; ``request.get_data()`` returns them,
    even after ``request.form`` has been read.

    Args:
        max_body: how many octets are read. A form that declares a longer body is not read at all.
    """
    require_count("max_body", max_body, 0)
    return lambda view: _with_body_reader(view, VerificationPolicy(), max_body)


def incoming_request(*, max_body: int = DEFAULT_MAX_BODY) -> IncomingRequest:
    """Flask's current request as it arrived, with its body, for `verify_launch` and a `Provider`'s endpoints.

    The view needs `keep_body`, unless ``request.form`` is read only afterwards.

    Args:
        max_body: how many octets of the body are read; a longer one is cut there, and so rejected.
    """
    current = _current_request()
    incoming = _without_body(current)
    _read_body_into(incoming, current, max_body)
    return incoming


def _incoming(current: Request, policy: VerificationPolicy, max_body: int) -> IncomingRequest:
    """The request, with its body if the signature covers it: made once for each policy."""
    made: tuple[VerificationPolicy, IncomingRequest] | None = getattr(current, _INCOMING, None)
    if made is None or made[0] is not policy:
        incoming = _without_body(current)
        if needs_body(incoming, policy):
            _read_body_into(incoming, current, max_body)
        made = policy, incoming
        setattr(current, _INCOMING, made)
    return made[1]


def _without_body(current: Request) -> IncomingRequest:
    """The request without its body. It has a fault if Flask reads its path differently from how it arrived.

    A host that ``TRUSTED_HOSTS`` leaves out is rejected by Flask itself, before it looks for a view.
    """
    environ, path, root = current.environ, current.path, current.root_path

    def make_view() -> PathView:
        octets = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1", "replace")
        return PathView(_decode_as_werkzeug, (root + path, path), octets)

    return request_as_seen(environ, root + path, make_view)


def _decode_as_werkzeug(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


def _with_body_reader(view: View, policy: VerificationPolicy, max_body: int) -> View:
    """``view``, marked so that a body that its signature covers is read before all hooks."""

    def read(current: Request) -> None:
        _incoming(current, policy, max_body)

    setattr(view, _BODY_READER, read)
    return view


@request_started.connect
def _read_covered_body(app: Flask, **_: Any) -> None:
    """Flask sends this signal before it calls the hooks of an application."""
    current = _current_request()
    view = app.view_functions.get(current.endpoint or "")
    if (read := getattr(view, _BODY_READER, None)) is not None:
        read(current)
    view_class = getattr(view, "view_class", None)
    if view_class is not None and (read := getattr(_method_of(view_class, current.method), _BODY_READER, None)):
        read(current)


def _method_of(view_class: Any, method: str) -> Any:
    """The method of a class that Flask calls; None if it has none."""
    found = getattr(view_class, method.lower(), None)
    return getattr(view_class, "get", None) if found is None and method == "HEAD" else found


def _read_body_into(incoming: IncomingRequest, current: Request, max_body: int) -> None:
    """Give ``incoming`` the body, or a fault if its octets are gone. The body is read once for each request."""
    if _BODY not in vars(current):
        setattr(current, _BODY, _read_body(current, max_body))
        if getattr(current, _BODY) is None:
            current_app.logger.error(_TOO_LATE)
    body: bytes | None = getattr(current, _BODY)
    if body is None:
        incoming.fault = incoming.fault or _TOO_LATE
    else:
        incoming.body = body


def _read_body(current: Request, max_body: int) -> bytes | None:
    """The body, which the view can read again; None if a form was read before."""
    if current.content_length is None:
        read_body(current.environ, max_body)
    elif current.content_length > max_body:
        return bytes(max_body + 1)  # a body that declares itself too long is rejected unread
    body = current.get_data()
    return None if not body and (current.form or current.files) else body


def _set_private_headers(response: Response) -> Response:
    """Keep shared caches from serving ``response`` to others."""
    headers = response.headers
    names = {name.lower() for name, _ in headers}
    if "vary" in names:
        response.vary.add("Authorization")
    else:
        headers.add(*VARY)
    if "cache-control" not in names:
        headers.add(*CACHE_CONTROL)
    return response
