"""How a provider reads a request before it verifies it, if that is not how a strict one does.

The signature covers the same in both readings.
"""

from oauthone.core.body import FORM
from oauthone.core.encoding import form_decode, percent_encode, to_wire_string
from oauthone.core.incoming_request import IncomingRequest
from oauthone.diagnosis.body_fields import text_fields
from oauthone.providers._provider import Provider
from oauthone.testing.received import Received


def as_read(facts: Provider, request: IncomingRequest) -> IncomingRequest:
    """Return a request as the provider reads it.

    Args:
        facts: the facts about the provider.
        request: the request as it arrived.
    """
    if facts.mixed_placement and request.authorization is not None and request.fault is None:
        request = _in_header(request, request.authorization)
    if facts.untyped_forms and request.content_type is None and request.body:
        request = _changed(request, request.query, [*request.headers, ("content-type", FORM)], request.body)
    if facts.body_hash is not None and facts.body_hash.when == "always" and request.has_form:
        headers = [pair for pair in request.headers if pair[0].lower() != "content-type"]
        request = _changed(request, request.query, [*headers, ("content-type", "text/plain")], request.body)
    if facts.signs_multipart_text and (request.content_type or "").lower().startswith("multipart/form-data"):
        request = _with_text_as_form(request)
    return request


def chosen(got: Received) -> list[tuple[str, str]]:
    """Return the parameters in query and form."""
    pairs = [*got.query(), *got.form()]
    return [(name.decode("utf-8", "replace"), value.decode("utf-8", "replace")) for name, value in pairs]


def _with_text_as_form(request: IncomingRequest) -> IncomingRequest:
    """Return a request with the fields of a multipart form that are no files, as a plain form."""
    form = "&".join(f"{percent_encode(name)}={percent_encode(value)}" for name, value in text_fields(request.body))
    headers = [pair for pair in request.headers if pair[0].lower() != "content-type"]
    return _changed(request, request.query, [*headers, ("content-type", FORM)], form.encode("ascii"))


def _in_header(request: IncomingRequest, authorization: str) -> IncomingRequest:
    """Return a request whose protocol parameters in query and form are in the header, beside the others there."""
    query, moved = _divided(request.query)
    body = request.body
    if request.has_form:
        form, more = _divided(to_wire_string(body))
        body, moved = (form.encode("latin-1"), moved + more) if more else (body, moved)
    if not moved:
        return request
    headers = [
        (name, authorization + moved if name.lower() == "authorization" else value) for name, value in request.headers
    ]
    return _changed(request, query, headers, body)


def _divided(form: str) -> tuple[str, str]:
    """Return a form without its protocol parameters, and these as a header continues with them."""
    kept, moved = list[str](), ""
    for pair in form.split("&"):
        if not pair.startswith("oauth_"):
            kept.append(pair)
            continue
        ((name, value),) = form_decode(pair)
        moved += f', {percent_encode(name)}="{percent_encode(value)}"'
    return "&".join(kept), moved


def _changed(request: IncomingRequest, query: str, headers: list[tuple[str, str]], body: bytes) -> IncomingRequest:
    return IncomingRequest(request.method, request.scheme, request.authority, request.path, query, headers, body)
