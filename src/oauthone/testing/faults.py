"""The faults of real providers as switches, to test clients that have to handle them."""

import gzip
import json
from typing import Literal, NamedTuple

from oauthone.core.body import is_form
from oauthone.core.encoding import form_decode, form_encode, percent_encode, to_wire_string
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parameters import append_to_query
from oauthone.server import EndpointResponse

_HUGE = 1024 * 1024


class Faults(NamedTuple):
    """The faults of a provider. By default it has none; change them with ``_replace``.

    Attributes:
        token_response: the format of responses with credentials.
        problem: an ``oauth_problem`` that answers every request for credentials, or None.
        problem_in: the place of the problem: a form in the ``"body"``, the challenge in the ``"header"``, an ``"html"``
            page, or a form with the status 200 (``"ok"``).
        wrong_token: send the browser back with a token that was not approved.
        callback_confirmed: the value of ``oauth_callback_confirmed``; None omits it.
        delay: the number of seconds before a response with credentials.
        padding: make the response longer than a client should read: ``"huge"``, or ``"gzip bomb"``.
        clock_skew: the number of seconds by which the provider's clock is ahead.
        refuse_nonces: reject every nonce as used.
        callback_anywhere: accept ``oauth_callback`` in the query or the form although the other parameters are in the
            ``Authorization`` header. RFC 5849 section 3.5 forbids that; some clients and providers do it.
    """

    token_response: Literal["form", "json"] = "form"
    problem: str | None = None
    problem_in: Literal["body", "header", "html", "ok"] = "body"
    wrong_token: bool = False
    callback_confirmed: str | None = "true"
    delay: float = 0
    padding: Literal["none", "huge", "gzip bomb"] = "none"
    clock_skew: float = 0
    refuse_nonces: bool = False
    callback_anywhere: bool = False

    def apply(self, response: EndpointResponse) -> EndpointResponse:
        """Return ``response``, that of a correct provider, with these faults."""
        if self.problem is not None:
            return self._problem(self.problem)
        if response.status != 200:
            return response
        fields = [(name.decode(), value.decode()) for name, value in form_decode(response.body.decode("ascii"))]
        if any(name == "oauth_callback_confirmed" for name, _ in fields):
            fields = [pair for pair in fields if pair[0] != "oauth_callback_confirmed"]
            if self.callback_confirmed is not None:
                fields.append(("oauth_callback_confirmed", self.callback_confirmed))
        if self.padding != "none":
            fields.append(("padding", "x" * (_HUGE if self.padding == "huge" else 64 * _HUGE)))
        content_type, text = "application/x-www-form-urlencoded", form_encode(fields)
        if self.token_response == "json":
            content_type, text = "application/json", json.dumps(dict(fields))
        if self.padding == "gzip bomb":
            return EndpointResponse(
                200, _headers(content_type, ("Content-Encoding", "gzip")), gzip.compress(text.encode())
            )
        return EndpointResponse(200, _headers(content_type), text.encode())

    def overlook(self, request: IncomingRequest) -> IncomingRequest:
        """Return ``request`` as a provider with these faults reads it; its signature stays valid."""
        if not self.callback_anywhere or request.authorization is None or request.fault is not None:
            return request
        query, in_query = _take_callbacks(request.query)
        form, in_form = _take_callbacks(to_wire_string(request.body)) if is_form(request.content_type) else ("", [])
        moved = "".join(f', oauth_callback="{percent_encode(value)}"' for value in in_query + in_form)
        headers = [
            (name, value + moved if name.lower() == "authorization" else value) for name, value in request.headers
        ]
        body = form.encode("latin-1") if in_form else request.body
        return IncomingRequest(request.method, request.scheme, request.authority, request.path, query, headers, body)

    def apply_to_redirect(self, redirect: str, token: str) -> str:
        """Return ``redirect``, the URL for a browser from a correct provider, with these faults."""
        if not self.wrong_token:
            return redirect
        before, _, query = redirect.partition("?")
        kept = [pair for pair in query.split("&") if not pair.startswith("oauth_token=")]
        return append_to_query(before, [*kept, f"oauth_token={token[::-1]}"])

    def _problem(self, problem: str) -> EndpointResponse:
        form = form_encode([("oauth_problem", problem)])
        if self.problem_in == "header":
            return EndpointResponse(
                401, _headers("text/plain", ("WWW-Authenticate", f'OAuth realm="Box", {form}')), b"refused"
            )
        if self.problem_in == "html":
            page = f"<!doctype html><title>Error</title><p>Sorry: <code>{form}</code></p>"
            return EndpointResponse(401, _headers("text/html"), page.encode())
        return EndpointResponse(
            200 if self.problem_in == "ok" else 401, _headers("application/x-www-form-urlencoded"), form.encode()
        )


def _take_callbacks(form: str) -> tuple[str, list[bytes]]:
    """Return a form without ``oauth_callback``, and the values of that parameter."""
    kept: list[str] = []
    taken: list[bytes] = []
    for segment in form.split("&"):
        pairs = form_decode(segment)
        if pairs and pairs[0][0] == b"oauth_callback":
            taken.append(pairs[0][1])
        else:
            kept.append(segment)
    return "&".join(kept), taken


def _headers(content_type: str, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", content_type), ("Cache-Control", "no-store"), *more)
