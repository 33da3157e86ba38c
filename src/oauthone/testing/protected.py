"""The box's protected resources: they verify, and say what they verified or why they refused."""

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING, Any

from oauthone.errors import VerificationError, missing_library
from oauthone.server import Answer
from oauthone.testing.received import Received

try:
    from starlette.requests import Request
    from starlette.responses import Response
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "testing") from missing

if TYPE_CHECKING:
    from oauthone.testing.box import ProviderBox


async def echo(box: "ProviderBox", request: Request, got: Received) -> Response:
    return _verified(box, got) or _said(_description(box.requests[-1]))


async def two_legged(box: "ProviderBox", request: Request, got: Received) -> Response:
    return _verified(box, got, two_legged=True) or _said(_description(box.requests[-1]))


async def open_to_all(box: "ProviderBox", request: Request, got: Received) -> Response:
    """A resource for everyone: it verifies nothing and says what it got."""
    box.record(got)
    return _said(_description(got))


async def redirect(box: "ProviderBox", request: Request, got: Received) -> Response:
    """Verified like any protected resource, then sent on: ``/redirect?status=307&to=…``."""
    refusal = _verified(box, got)
    if refusal is not None:
        return refusal
    location = request.query_params.get("to", "/")
    return Response(status_code=int(request.query_params.get("status", "302")), headers={"Location": location})


async def flaky(box: "ProviderBox", request: Request, got: Received) -> Response:
    """Verified, and unavailable for the first attempts: ``/flaky?key=…&failures=2&status=503``."""
    refusal = _verified(box, got)
    if refusal is not None:
        return refusal
    key = request.query_params.get("key", "")
    attempts = box.attempts[key] = box.attempts.get(key, 0) + 1
    if attempts <= int(request.query_params.get("failures", "1")):
        return Response("not now", int(request.query_params.get("status", "503")))
    return _said(_description(box.requests[-1]))


async def slow(box: "ProviderBox", request: Request, got: Received) -> Response:
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
        box.record(got._replace(verified=verifier.verify(got.request)))
    except VerificationError as refused:
        refusal = verifier.explain(refused, got.request)
        box.record(got._replace(refusal=refusal))
        return as_response(refusal.answer())  # a sandbox tells what a provider in earnest keeps to itself
    return None


def as_response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    for name, value in answer.headers:
        response.headers[name] = value
    return response


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
