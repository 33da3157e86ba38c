"""What a provider answers: credentials in its format, rejections in its shape, and the account as it describes it."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from hmac import digest
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from oauthone.core.encoding import form_encode
from oauthone.core.verification_types import Verified
from oauthone.errors import VerificationError
from oauthone.providers._model import Endpoint, ErrorShape, Identity
from oauthone.providers._provider import Provider
from oauthone.server import EndpointResponse
from oauthone.server._responses import refusal_response

_TYPES = {
    "form": "application/x-www-form-urlencoded",
    "text": "text/plain; charset=utf-8",
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "xml": "text/xml; charset=utf-8",
    "jwt": "text/plain",
    "header": "text/plain",
}
_UNCACHED = ("Cache-Control", "no-store")


def answer(text: str, kind: str = "text", status: int = 200, *more: tuple[str, str]) -> EndpointResponse:
    """Return a response of this kind."""
    return EndpointResponse(status, (("Content-Type", _TYPES[kind]), _UNCACHED, *more), text.encode("utf-8"))


def credentials(endpoint: Endpoint, accept: str | None, fields: Mapping[str, str]) -> EndpointResponse:
    """Return credentials in the first of the provider's formats, or in the one that the client asks for.

    Args:
        endpoint: the facts about the endpoint, with its formats.
        accept: the value of the ``Accept`` header.
        fields: the credentials, with what else the provider says.
    """
    formats = endpoint.response_format
    asked = [name for name in formats if accept and f"/{name}" in accept]
    kind = (asked or formats)[0]
    made = _credentials_as(kind, fields)
    if endpoint.content_type is None:
        return made
    return made._replace(headers=(("Content-Type", endpoint.content_type), *made.headers[1:]))


def _credentials_as(kind: str, fields: Mapping[str, str]) -> EndpointResponse:
    if kind == "form":
        return answer(form_encode(fields.items()), kind)
    if kind == "json":
        return answer(json.dumps(fields), kind)
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return answer(f'<?xml version="1.0" encoding="utf-8"?><response>{inner}</response>', kind)


def rejection(facts: Provider, error: VerificationError, place: str) -> EndpointResponse:
    """Return a rejection in the provider's shape; if that is unknown, as the Problem Reporting extension has it.

    Args:
        facts: the facts about the provider.
        error: why the request is refused.
        place: ``"credentials"`` for an endpoint of the flow, or ``"api"``.
    """
    shapes = [one for one in facts.error_shapes if not one.at or place in one.at]
    named = [one for one in shapes if error.problem in one.problems]
    general = [one for one in shapes if not one.problems]
    if not (named or general):
        return refusal_response(error)
    shape = (named or general)[0]
    status = shape.status or error.status
    if shape.where == "status":
        return answer("", "text", status)
    if shape.where == "www-authenticate":
        realm = "" if facts.realm is None or facts.realm.value is None else f'realm="{facts.realm.value}", '
        told = _filled(shape.example, error) or f'OAuth {realm}oauth_problem="{error.problem}"'
        return answer("", "text", status, ("WWW-Authenticate", told))
    kind = shape.format or "form"
    return answer(_filled(shape.example, error) or _told(kind, shape, error), kind, status)


def account_fields(facts: Provider, user: str, expires: float | None) -> dict[str, str]:
    """Return what the token response says beside the token."""
    fields = {name: f"box-{name}" for name in facts.token_fields}
    if facts.identity is not None:
        named = facts.identity.token_fields
        fields |= {named[key]: value for key, value in account(user).items() if key in named}
    lifetime = facts.token_lifetime
    if lifetime is not None and lifetime.field and expires is not None:
        if lifetime.unit == "seconds from now":
            expires = lifetime.seconds or 0
        scale = 1000 if (lifetime.unit or "").startswith("milliseconds") else 1
        fields[lifetime.field] = str(int(expires * scale))
    return fields


def account(user: str) -> dict[str, str]:
    """Return identifier and name of a resource owner."""
    return {"id": f"id-of-{user}", "name": user}


def identity(facts: Identity, verified: Verified, issuer: str, now: float) -> EndpointResponse:
    """Return the account of the resource owner as the provider describes it.

    Args:
        facts: what is known about it.
        verified: the verified request.
        issuer: the origin of the provider.
        now: the seconds since 1970.
    """
    known = account(verified.user or "")
    paths = {path: known[key] for key, path in (("id", facts.id_path), ("name", facts.name_path)) if path}
    if facts.format == "xml":
        return answer(_xml(paths), "xml")
    described: Any = {}
    for path, value in paths.items():
        described = _placed(described, path.split("."), value)
    if facts.format == "json":
        return answer(json.dumps(described), "json")
    times = {"iss": issuer, "aud": verified.client_id, "iat": int(now), "exp": int(now) + 100}
    claims = {**times, "nonce": verified.parameters.get("oauth_nonce", ""), **described}
    return answer(_jwt(claims, verified.credentials.client_secret), "jwt")


def named(document: Mapping[str, str]) -> EndpointResponse:
    """Return a JSON document with values at dotted paths."""
    described: Any = {}
    for path, value in document.items():
        described = _placed(described, path.split("."), value)
    return answer(json.dumps(described), "json")


def _filled(example: str | None, error: VerificationError) -> str | None:
    if example is None:
        return None
    return example.replace("{problem}", error.problem).replace("{base_string}", error.base_string or "")


def _told(kind: str, shape: ErrorShape, error: VerificationError) -> str:
    if kind == "form":
        return form_encode([("oauth_problem", error.problem), *error.details])
    words = next((one for one in shape.words if error.problem in one), "".join(shape.words[:1]))
    if kind == "json":
        return json.dumps({"error": error.problem, "message": words})
    if kind == "html":
        return f"<!doctype html><title>Error</title><p>oauth_problem={error.problem}</p>"
    return f"<Error><code>{escape(words)}</code></Error>" if kind == "xml" else words or error.problem


def _placed(inside: Any, path: list[str], value: str) -> Any:
    """Return a JSON value with ``value`` at a path, whose numbers are positions in lists."""
    if not path:
        return value
    name, *rest = path
    if name.isdigit():
        return [_placed(inside[0] if inside else {}, rest, value)]
    before: dict[str, Any] = inside or {}
    return {**before, name: _placed(before.get(name), rest, value)}


def _xml(paths: Mapping[str, str]) -> str:
    """Return an XML document of one element, whose attributes and children have the values."""
    root = next(iter(paths)).partition("/")[0]
    inner = [(path.partition("/")[2], value) for path, value in paths.items()]
    attributes = "".join(f" {name[1:]}={quoteattr(value)}" for name, value in inner if name.startswith("@"))
    children = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in inner if not name.startswith("@"))
    return f'<?xml version="1.0" encoding="utf-8"?><Response><{root}{attributes}>{children}</{root}></Response>'


def _jwt(claims: Mapping[str, Any], secret: str) -> str:
    def encoded(octets: bytes) -> str:
        return urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")

    head = encoded(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    signed = f"{head}.{encoded(json.dumps(claims).encode())}"
    return f"{signed}.{encoded(digest(secret.encode(), signed.encode(), sha256))}"
