"""A Flask decorator: the view behind it sees signed requests only, and finds `Verified` in ``flask.g.verified``.

Werkzeug hands out a form's octets until somebody reads its fields, and never again. So the forms of decorated views are
read before any hook of the application, such as ``before_request``.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

from oauthone.core.policy import VerificationPolicy
from oauthone.core.request import IncomingRequest
from oauthone.core.verified import Verified
from oauthone.errors import VerificationError, missing_library
from oauthone.server._protector import MAX_BODY, OnRefusal, ResourceProtector
from oauthone.server._verifier import Verifier
from oauthone.server.wsgi import PathView, read_body, request_from_environ

try:
    from flask import Flask, Response, after_this_request, current_app, g, request, request_started
except ModuleNotFoundError as missing:
    raise missing_library("flask", "flask") from missing

View: TypeAlias = Callable[..., Any]

_KEEPER = "_oauthone_keeper"
_KEPT = "_oauthone_kept"
_TOO_LATE = (
    "a form was read before its signature was verified, and its octets are gone: put signature_required on the view "
    "that app.route gets, or on the method of a MethodView, and let nothing around the application read forms"
)


def signature_required(
    verifier: Verifier,
    *,
    explain: bool = False,
    max_body: int = MAX_BODY,
    on_refusal: OnRefusal | None = None,
    scope: str = "",
) -> Callable[[View], View]:
    """A decorator for views; put it below ``@app.route``.

    Args:
        verifier: how requests are verified.
        explain: answer refused requests with the reason, the base string and the first difference: for sandboxes.
        max_body: how many octets of a body that the signature covers are read. Other bodies are left to the view.
        on_refusal: told of each refused request and of each failure of the store, for logs.
        scope: words, all of which the token's ``scope`` must have; else a 403.
    """
    admission = ResourceProtector(
        verifier, Verifier, explain=explain, max_body=max_body, on_refusal=on_refusal, scope=scope
    )

    def decorate(view: View) -> View:
        @wraps(view)
        def verified_first(*arguments: Any, **named: Any) -> Any:
            arrived = _without_body()
            body = _body(max_body) if arrived.needs_body(admission.policy) else b""
            if body is None:
                current_app.logger.error(_TOO_LATE)
                outcome: Any = admission.refuse(VerificationError(400, "parameter_rejected", _TOO_LATE))
            else:
                outcome = verifier.walk(admission.steps(arrived.with_body(body)))
            if not isinstance(outcome, Verified):
                return Response(outcome.body, outcome.status, list(outcome.headers))
            g.verified = outcome
            after_this_request(_private)
            return current_app.ensure_sync(view)(*arguments, **named)

        return _kept_for(verified_first, admission.policy, max_body)

    return decorate


def keep_body(*, max_body: int = MAX_BODY) -> Callable[[View], View]:
    """A decorator for views that verify themselves, as for launches; put it below ``@app.route``.

    Forms, and bodies with a hash, are read before any hook of the application; ``request.get_data()`` returns them,
    also after somebody has read ``request.form``.

    Args:
        max_body: how many octets are read. Of a form that says it is longer nothing is.
    """
    return lambda view: _kept_for(view, VerificationPolicy(), max_body)


def incoming_request(*, max_body: int = MAX_BODY) -> IncomingRequest:
    """Flask's current request as it arrived, with its body, for `verify_launch` and a `Provider`'s endpoints.

    The view needs `keep_body`, unless nothing reads ``request.form`` before.

    Args:
        max_body: how many octets of the body are read; a longer one is cut there and so refused.
    """
    arrived, body = _without_body(), _body(max_body)
    if body is None:
        current_app.logger.error(_TOO_LATE)
        arrived.fault = arrived.fault or _TOO_LATE
    return arrived.with_body(body or b"")


def _without_body() -> IncomingRequest:
    """The current request; with a fault where Flask reads its path differently from how it arrived.

    A host that ``TRUSTED_HOSTS`` leaves out Flask refuses by itself, before it looks for a view.
    """
    environ = request.environ
    path, root = request.path, request.root_path
    octets = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1", "replace")
    return request_from_environ(environ, PathView(_as_werkzeug, (root + path, path), octets))


def _as_werkzeug(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


def _kept_for(view: View, policy: VerificationPolicy, max_body: int) -> View:
    def keep() -> None:
        if _without_body().needs_body(policy):
            _body(max_body)

    setattr(view, _KEEPER, keep)
    return view


@request_started.connect
def _keep_body(app: Flask, **_: Any) -> None:
    """What Flask calls before all hooks of an application."""
    view = app.view_functions.get(request.endpoint or "")
    kind = getattr(view, "view_class", None)
    method = getattr(kind, request.method.lower(), None)
    if method is None and request.method == "HEAD":
        method = getattr(kind, "get", None)  # which Flask calls then
    for one in (view, method):
        if (keep := getattr(one, _KEEPER, None)) is not None:
            keep()


def _body(max_body: int) -> bytes | None:
    """The body; what the view reads of it later comes from what was kept. None where somebody else has read it."""
    if _KEPT not in vars(request):
        setattr(request, _KEPT, _read_body(max_body))
    kept: bytes | None = getattr(request, _KEPT)
    return kept


def _read_body(max_body: int) -> bytes | None:
    if request.content_length is None:
        read_body(request.environ, max_body)
    elif request.content_length > max_body:
        return bytes(max_body + 1)  # longer than the limit by its own account, it is refused unread
    body = request.get_data()
    return None if not body and (request.form or request.files) else body


def _private(response: Response) -> Response:
    response.vary.add("Authorization")
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private"
    return response
