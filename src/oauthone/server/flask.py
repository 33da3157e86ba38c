"""A Flask decorator: the view behind it sees signed requests only, and finds `Verified` in ``flask.g.verified``."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

from oauthone.errors import missing_library
from oauthone.server.admission import MAX_BODY, Admission, OnRefusal
from oauthone.server.answers import Answer
from oauthone.server.arrival import from_environ
from oauthone.server.verifier import Verifier
from oauthone.server.wsgi import read_body

try:
    from flask import Request, Response, after_this_request, current_app, g, request
except ModuleNotFoundError as missing:
    raise missing_library("flask", "flask") from missing

View: TypeAlias = Callable[..., Any]


def signature_required(
    verifier: Verifier,
    *,
    explain: bool = False,
    max_body: int = MAX_BODY,
    on_refusal: OnRefusal | None = None,
) -> Callable[[View], View]:
    """A decorator for views; put it below ``@app.route``.

    Args:
        verifier: how requests are verified.
        explain: answer refused requests with the reason, the base string and the first difference: for sandboxes.
        max_body: how many octets of a body that the signature covers are read. Other bodies are left to the view.
        on_refusal: told of each refused request and of each failure of the store, for logs.
    """
    admission = Admission(verifier, explain=explain, max_body=max_body, on_refusal=on_refusal)

    def decorate(view: View) -> View:
        @wraps(view)
        def verified_first(*arguments: Any, **named: Any) -> Any:
            arrival = from_environ(request.environ)
            body = _body(request, max_body) if arrival.needs_body(admission.policy) else b""
            outcome = verifier.walk(admission.steps(arrival, body))
            if isinstance(outcome, Answer):
                return Response(outcome.body, outcome.status, list(outcome.headers))
            g.verified = outcome
            after_this_request(_private)
            return current_app.ensure_sync(view)(*arguments, **named)

        return verified_first

    return decorate


def _body(request: Request, max_body: int) -> bytes:
    """The body; what the view reads of it later comes from what was kept."""
    if request.content_length is None:
        return read_body(request.environ, max_body)
    # Longer than the limit by its own account, it is refused unread.
    return bytes(max_body + 1) if request.content_length > max_body else request.get_data()


def _private(response: Response) -> Response:
    response.vary.add("Authorization")
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private"
    return response
