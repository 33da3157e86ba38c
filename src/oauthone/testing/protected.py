"""The box's protected resources: each verifies a request and describes it, or why it was refused."""

import asyncio
import hashlib
import json
from typing import Any

from oauthone.errors import VerificationError, missing_library
from oauthone.server import EndpointResponse
from oauthone.testing._state import BoxState
from oauthone.testing.canned import is_header_value
from oauthone.testing.received import Received

try:
    from starlette.exceptions import HTTPException
    from starlette.requests import Request
    from starlette.responses import Response

    from oauthone.server.starlette import as_response
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "testing") from missing


async def echo(state: BoxState, request: Request, got: Received) -> Response:
    return _answered(state, _verified(state, got))


async def two_legged(state: BoxState, request: Request, got: Received) -> Response:
    return _answered(state, _verified(state, got, two_legged=True))


async def open_to_all(state: BoxState, request: Request, got: Received) -> Response:
    """A resource without protection: it describes the request and verifies nothing."""
    state.record(got)
    return _answered(state, got)


async def redirect(state: BoxState, request: Request, got: Received) -> Response:
    """Verify, then redirect: ``/redirect?status=307&to=…``."""
    checked = _verified(state, got)
    if isinstance(checked, Response):
        return checked
    location = request.query_params.get("to", "/")
    if not is_header_value(location):
        raise HTTPException(400, f"to={location!r} is not a valid header value: percent-encode it twice")
    return Response(status_code=_status(request, 302), headers={"Location": location})


async def flaky(state: BoxState, request: Request, got: Received) -> Response:
    """Verify, and fail for the first attempts: ``/flaky?key=…&failures=2&status=503``."""
    checked = _verified(state, got)
    if isinstance(checked, Response):
        return checked
    key, failures = request.query_params.get("key", ""), _number(request, "failures", 1, 0, 10**6)
    status = _status(request, 503)
    attempts = state.attempts[key] = state.attempts.get(key, 0) + 1
    if attempts <= failures:
        return Response(None if status in (204, 205, 304) else "not now", status)
    return _json_response(_description(checked))


async def slow(state: BoxState, request: Request, got: Received) -> Response:
    """Verify, and answer after a delay: ``/slow?seconds=2``."""
    checked = _verified(state, got)
    if isinstance(checked, Response):
        return checked
    await asyncio.sleep(_number(request, "seconds", 1, 0, 3600))
    return _json_response(_description(checked))


def _status(request: Request, default: int) -> int:
    """Return the status in the query. It is at least 200, since a lower status does not end a request."""
    return int(_number(request, "status", default, 200, 599))


def _number(request: Request, name: str, default: float, least: float, most: float) -> float:
    """Return a number in the query; another value, or one out of bounds, leads to the status 400."""
    given = request.query_params.get(name, default)
    try:
        number = float(given)
    except ValueError:
        number = float("nan")
    if least <= number <= most:
        return number
    raise HTTPException(400, f"{name}={given!r} is not a number from {least} to {most}")


def _verified(state: BoxState, got: Received, *, two_legged: bool = False) -> Received | Response:
    """Verify and record a request. Return it with the result, or the response if it is refused."""
    verifier = state.two_legged_verifier if two_legged else state.verifier
    try:
        got = got._replace(verified=verifier.verify(got.request))
    except VerificationError as refused:
        refusal = verifier.explain(refused, got.request)
        state.record(got._replace(refusal=refusal))
        return as_response(refusal.answer())  # a real provider would not say so much
    state.record(got)
    return got


def _answered(state: BoxState, got: Received | Response) -> Response:
    """Return the answer that was set for this path, or else the description of the request; a refusal as it is."""
    if isinstance(got, Response):
        return got
    path = got.request.path
    canned = state.canned.get((got.method, path)) or state.canned.get(("", path))
    if canned is None:
        return _json_response(_description(got))
    return as_response(EndpointResponse(canned.status, canned.headers, canned.body))


def _description(got: Received) -> dict[str, Any]:
    verified = got.verified
    described: dict[str, Any] = {
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
        described |= {
            "client_id": verified.client_id,
            "token": verified.token,
            "user": verified.user,
            "placement": verified.placement.value,
            "realm": verified.realm,
            "oauth": dict(verified.parameters),
        }
    return described


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "backslashreplace")


def _json_response(description: dict[str, Any]) -> Response:
    headers = {"Cache-Control": "private", "Vary": "Authorization"}
    return Response(json.dumps(description, indent=2), 200, headers, "application/json")
