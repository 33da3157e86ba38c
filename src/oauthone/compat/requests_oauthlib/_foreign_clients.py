"""Signs with a client of another class, by its own ``sign``, as code that derives from oauthlib's client expects."""

from typing import Any

from oauthone.clients._requests_bodies import set_body
from oauthone.compat.requests_oauthlib._constants import CONTENT_TYPE_FORM_URLENCODED, SIGNATURE_TYPE_BODY
from oauthone.compat.requests_oauthlib._forms import looks_like_form


def sign_with_foreign_client(client: Any, request: Any, *, include_body: bool) -> tuple[str, ...]:
    """Sign ``request`` in place; return the encoded parameters that were added to its URL.

    Args:
        client: has oauthlib's method ``sign(uri, http_method, body, headers)``.
        request: a prepared request of requests.
        include_body: whether a body that is not a form is passed to the client too.

    Raises:
        ValueError: the client cannot sign the request.
    """
    content_type = _text(request.headers.get("Content-Type", ""))
    if (not content_type and looks_like_form(request.body)) or client.signature_type == SIGNATURE_TYPE_BODY:
        content_type = CONTENT_TYPE_FORM_URLENCODED
    is_form = CONTENT_TYPE_FORM_URLENCODED in content_type
    if is_form:
        request.headers["Content-Type"] = CONTENT_TYPE_FORM_URLENCODED
    before = str(request.url)
    passes_body = is_form or include_body
    body = (request.body or "") if passes_body else None
    url, headers, new_body = client.sign(before, str(request.method), body, request.headers)
    request.prepare_headers(headers)
    if passes_body and new_body != request.body:
        set_body(request, new_body)
    request.url = _text(url)
    return added_to_query(before, request.url)


def added_to_query(before: str, after: str) -> tuple[str, ...]:
    r"""Return the protocol parameters that only the second URL has, as encoded ``"name\0value"`` strings."""
    new = [segment for segment in _segments(after) if segment.startswith("oauth_") and segment not in _segments(before)]
    return tuple([segment.replace("=", "\0", 1) for segment in new])


def _segments(url: str) -> list[str]:
    return url.partition("#")[0].partition("?")[2].split("&")


def _text(value: Any) -> str:
    return str(value, "utf-8") if isinstance(value, bytes) else str(value)
