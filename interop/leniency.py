"""What some providers read in a request that a strict one refuses. The signature covers the same in both readings."""

from __future__ import annotations

from oauthone.core.body import is_form
from oauthone.core.encoding import form_decode, percent_encode
from oauthone.core.incoming_request import IncomingRequest

FORM = "application/x-www-form-urlencoded"


def parameters_anywhere(request: IncomingRequest) -> IncomingRequest:
    """Return a request whose protocol parameters in query and form stand in the header, beside the others there."""
    authorization = request.authorization
    if authorization is None:
        return request
    query, moved = _divided(request.query)
    body = request.body.decode("latin-1")
    if is_form(request.content_type):
        body, in_form = _divided(body)
        moved += in_form
    headers = [(name, authorization + moved if name == "authorization" else value) for name, value in request.headers]
    return _with(request, query, headers, body.encode("latin-1"))


def with_content_type(request: IncomingRequest, content_type: str) -> IncomingRequest:
    """Return a request with another content type."""
    headers = [(name, value) for name, value in request.headers if name != "content-type"]
    return _with(request, request.query, [*headers, ("content-type", content_type)], request.body)


def with_form(request: IncomingRequest, form: str) -> IncomingRequest:
    """Return a request with this form in the place of its body."""
    with_type = with_content_type(request, FORM)
    return _with(with_type, request.query, list(with_type.headers), form.encode())


def _divided(form: str) -> tuple[str, str]:
    """Return a form without its protocol parameters, and these as a header continues with them."""
    kept, moved = [], ""
    for pair in form.split("&"):
        if pair.startswith("oauth_"):
            ((name, value),) = form_decode(pair)
            moved += f', {percent_encode(name)}="{percent_encode(value)}"'
        else:
            kept.append(pair)
    return "&".join(kept), moved


def _with(request: IncomingRequest, query: str, headers: list[tuple[str, str]], body: bytes) -> IncomingRequest:
    return IncomingRequest(request.method, request.scheme, request.authority, request.path, query, headers, body)
