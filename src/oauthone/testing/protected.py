"""The box's ASGI application: credential endpoints, authorization, and resources that say what they verified."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from oauthone.core.base_string import split_query
from oauthone.core.body import is_form
from oauthone.core.encoding import form_decode, wire
from oauthone.core.explanation import first_difference, likely_mistake
from oauthone.core.verification import Verified, base_string_of, take_apart
from oauthone.errors import VerificationError, missing_library
from oauthone.server import Answer, Credentials

try:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
    from starlette.routing import Route
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "testing") from missing

if TYPE_CHECKING:
    from oauthone.testing.box import ProviderBox

#: The request header in which a client may say which base string it signed, to be told the first difference.
BASE_STRING_HEADER = "oauth-base-string"
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


class Received(NamedTuple):
    """A request as it came through the socket, and what became of it.

    Attributes:
        method: the request method.
        url: the absolute URL, path and query octet for octet.
        headers: the headers in their order, names in lower case.
        body: the body's octets.
        http_version: ``"1.1"`` or ``"2"``.
        verified: what was verified, or None.
        refused: why not, for whoever reads a failing test, or None.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    http_version: str
    verified: Verified | None = None
    refused: VerificationError | None = None

    def __repr__(self) -> str:
        return f"Received({self.method} {split_query(self.url)[0]}, refused={self.refused!r}, …)"

    def header(self, name: str) -> str | None:
        """The first value of a header, or None."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    def query(self) -> list[tuple[bytes, bytes]]:
        """The query's pairs, decoded to octets."""
        return form_decode(wire(split_query(self.url)[1]))

    def form(self) -> list[tuple[bytes, bytes]]:
        """The form's pairs, decoded to octets; none where the body is no form."""
        return form_decode(wire(self.body)) if is_form(self.header("content-type")) else []

    def oauth_parameters(self) -> list[str]:
        """The names of protocol parameters anywhere in the request; an OAuth Authorization header counts as one."""
        names = [name.decode("latin-1") for name, _ in (*self.query(), *self.form()) if name.startswith(b"oauth_")]
        return names + ["authorization" for key, _ in self.headers if key == "authorization"]


def application(box: "ProviderBox") -> Starlette:
    """The application that ``box`` serves on both of its origins."""

    def route(path: str, endpoint: Callable[["ProviderBox", Request, Received], Awaitable[Response]]) -> Route:
        async def handle(request: Request) -> Response:
            return await endpoint(box, request, await received(request))

        return Route(path, handle, methods=_METHODS)

    return Starlette(
        routes=[
            route("/oauth/request_token", _temporary_credentials),
            route("/oauth/authorize", _authorize),
            route("/oauth/access_token", _token_credentials),
            route("/two-legged{rest:path}", _two_legged),
            route("/redirect", _redirect),
            route("/flaky", _flaky),
            route("/slow", _slow),
            route("/open{rest:path}", _open),
            route("/{rest:path}", _echo),
        ]
    )


async def received(request: Request) -> Received:
    """What came through the socket, before anything was decoded."""
    scope = request.scope
    headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"])
    host = next((value for name, value in headers if name == "host"), "")
    path: str = scope["raw_path"].decode("latin-1")
    query: str = scope["query_string"].decode("latin-1")
    url = f"{scope['scheme']}://{host}{path}" + (f"?{query}" if query else "")
    return Received(scope["method"], url, headers, await request.body(), scope["http_version"])


async def _temporary_credentials(box: "ProviderBox", request: Request, got: Received) -> Response:
    answer = box.provider.temporary_credentials(got.method, got.url, got.headers, got.body)
    box.record(got)
    return _sent(answer)


async def _token_credentials(box: "ProviderBox", request: Request, got: Received) -> Response:
    answer = box.provider.token_credentials(got.method, got.url, got.headers, got.body)
    box.record(got)
    return _sent(answer)


async def _authorize(box: "ProviderBox", request: Request, got: Received) -> Response:
    """The authorization page of a resource owner who always decides the same: see ``ProviderBox(decision=…)``."""
    box.record(got)
    token = request.query_params.get("oauth_token", "")
    try:
        decision = box.provider.approve(token, box.user) if box.decision == "approve" else box.provider.deny(token)
    except VerificationError as refused:
        return HTMLResponse(f"<h1>Nothing to decide</h1><p>{escape(refused.reason)}</p>", refused.status)
    if decision.redirect is not None:
        return RedirectResponse(decision.redirect, 302, {"Cache-Control": "no-store"})
    code = f"<p>Your code: <output>{escape(decision.verifier)}</output></p>" if decision.verifier else ""
    return HTMLResponse(f"<h1>{'Approved' if code else 'Denied'}</h1>{code}", headers={"Cache-Control": "no-store"})


async def _echo(box: "ProviderBox", request: Request, got: Received) -> Response:
    return _verified(box, got) or _said(_description(box.requests[-1]))


async def _two_legged(box: "ProviderBox", request: Request, got: Received) -> Response:
    return _verified(box, got, two_legged=True) or _said(_description(box.requests[-1]))


async def _open(box: "ProviderBox", request: Request, got: Received) -> Response:
    """A resource for everyone: it verifies nothing and says what it got."""
    box.record(got)
    return _said(_description(got))


async def _redirect(box: "ProviderBox", request: Request, got: Received) -> Response:
    """Verified like any protected resource, then sent on: ``/redirect?status=307&to=…``."""
    refusal = _verified(box, got)
    if refusal is not None:
        return refusal
    location = request.query_params.get("to", "/")
    return Response(status_code=int(request.query_params.get("status", "302")), headers={"Location": location})


async def _flaky(box: "ProviderBox", request: Request, got: Received) -> Response:
    """Verified, and unavailable for the first attempts: ``/flaky?key=…&failures=2&status=503``."""
    refusal = _verified(box, got)
    if refusal is not None:
        return refusal
    key = request.query_params.get("key", "")
    attempts = box.attempts[key] = box.attempts.get(key, 0) + 1
    if attempts <= int(request.query_params.get("failures", "1")):
        return Response("not now", int(request.query_params.get("status", "503")))
    return _said(_description(box.requests[-1]))


async def _slow(box: "ProviderBox", request: Request, got: Received) -> Response:
    """Verified, and answered after a while: ``/slow?seconds=2``."""
    refusal = _verified(box, got)
    if refusal is not None:
        return refusal
    await asyncio.sleep(float(request.query_params.get("seconds", "1")))
    return _said(_description(box.requests[-1]))


def _verified(box: "ProviderBox", got: Received, *, two_legged: bool = False) -> Response | None:
    """Verify and record; what to answer where the request is refused, else None."""
    verifier = box.two_legged_verifier if two_legged else box.verifier
    try:
        box.record(got._replace(verified=verifier.verify(got.method, got.url, got.headers, got.body)))
    except VerificationError as refused:
        box.record(got._replace(refused=refused))
        return _refused(box, got, refused)
    return None


def _refused(box: "ProviderBox", got: Received, refused: VerificationError) -> Response:
    """A sandbox's refusal: it tells what a provider in earnest keeps to itself."""
    said = {"problem": refused.problem, "reason": refused.reason, "base_string": refused.base_string}
    if refused.base_string is not None:
        said["difference"] = _difference(box, got)
    headers = {"Cache-Control": "no-store"}
    if refused.status == 401:
        headers["WWW-Authenticate"] = refused.challenge
    return JSONResponse(said, refused.status, headers)


def _difference(box: "ProviderBox", got: Received) -> str | None:
    """What the client did differently, as far as its base string or its signature tells."""
    request = take_apart(got.method, got.url, got.headers, got.body, box.verifier.policy)
    theirs = got.header(BASE_STRING_HEADER)
    if theirs is not None:
        return first_difference(base_string_of(request), theirs) or "none: the secrets differ"
    protocol = request.protocol
    known: Credentials | None = box.store.find_credentials(
        protocol["oauth_consumer_key"], protocol.get("oauth_token") or None
    )
    method = box.verifier.policy.signature_methods[protocol["oauth_signature_method"]]
    if known is None or method.uses_rsa_key:
        return None
    secret, token_secret = known.client_secret, known.token_secret or ""

    def signature_of(base_string: str, with_token_secret: bool) -> str:
        return method.signing_function(secret, token_secret if with_token_secret else "")(base_string)

    return likely_mistake(request, signature_of)


def _description(got: Received) -> dict[str, Any]:
    verified = got.verified
    said: dict[str, Any] = {
        "method": got.method,
        "url": got.url,
        "http_version": got.http_version,
        "content_type": got.header("content-type"),
        "query": [[_text(name), _text(value)] for name, value in got.query()],
        "form": [[_text(name), _text(value)] for name, value in got.form()],
        "body_length": len(got.body),
        "body_sha256": hashlib.sha256(got.body).hexdigest(),
    }
    if verified is not None:
        said |= {
            "client_id": verified.client_id,
            "token": verified.token,
            "user": verified.user,
            "placement": verified.placement.value,
            "realm": verified.realm,
            "oauth": dict(verified.parameters),
        }
    return said


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "backslashreplace")


def _said(description: dict[str, Any]) -> Response:
    headers = {"Cache-Control": "private", "Vary": "Authorization"}
    return Response(json.dumps(description, indent=2), 200, headers, "application/json")


def _sent(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    for name, value in answer.headers:
        response.headers[name] = value
    return response
