"""Django: a decorator for views and a middleware for paths. Views find `Verified` in ``request.verified``.

The middleware reads ``settings.OAUTHONE``::

    OAUTHONE = {
        "VERIFIER": "mysite.signatures.verifier",   # your verifier, or its dotted name
        "PATHS": ("/api/",),                        # the protected paths; without this, all
        "EXPLAIN": False,                           # explain rejections in their responses: for sandboxes
        "MAX_BODY": 1024 * 1024,                    # how many octets of a body are read if the signature covers it
        "ON_REFUSAL": "mysite.logs.refused",        # called with each rejection and each failure of the store
        "ON_RESULT": "mysite.metrics.count",        # called with the problem of each request, None for accepted ones
    }

All but the verifier may be left out. Synchronous views and middleware need a `Verifier`, asynchronous ones an
`AsyncVerifier`. Behind a proxy set its ``public_url``; ``SECURE_PROXY_SSL_HEADER`` is ignored.
"""

# Django has no types of its own: what is not annotated here is Any.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from logging import getLogger
from typing import Any, TypeAlias, Unpack, cast

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import needs_body
from oauthone.core.verification_types import Verified
from oauthone.errors import ConfigurationError, missing_library
from oauthone.server._protected_paths import protects_path, require_paths
from oauthone.server._protector import DEFAULT_MAX_BODY, AsyncResourceProtector, ProtectorOptions, ResourceProtector
from oauthone.server._responses import EndpointResponse
from oauthone.server._verifier import AsyncVerifier, Verifier
from oauthone.server._wsgi_request import PathView, request_as_seen
from oauthone.server.asgi import request_from_scope
from oauthone.server.wsgi import declared_length

try:
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.http import HttpRequest, HttpResponse, UnreadablePostError
    from django.http.request import RawPostDataException
    from django.utils.cache import patch_vary_headers
    from django.utils.decorators import sync_and_async_middleware
    from django.utils.encoding import repercent_broken_unicode
    from django.utils.module_loading import import_string

    from oauthone.server._django_readings import has_allowed_host, is_read_as_utf8
except ModuleNotFoundError as missing:
    raise missing_library("django", "django") from missing

__all__ = ["incoming_request", "signature_required", "verifying_middleware"]

View: TypeAlias = Callable[..., Any]
AnyProtector: TypeAlias = ResourceProtector | AsyncResourceProtector

_TOO_LATE = (
    "a body with a hash was read before its signature was verified, and its octets are gone: let no middleware before "
    "read request.POST"
)
_KEYS = frozenset({"VERIFIER", "PATHS", "EXPLAIN", "MAX_BODY", "ON_REFUSAL", "ON_RESULT"})


def signature_required(
    verifier: Verifier | AsyncVerifier, **options: Unpack[ProtectorOptions]
) -> Callable[[View], View]:
    """A decorator for views. Clients do not send CSRF tokens: exempt the view with Django's ``csrf_exempt``.

    Args:
        verifier: verifies the requests: a `Verifier` for plain views, an `AsyncVerifier` for coroutine functions.
        options: see `oauthone.server.ProtectorOptions`.
    """
    protector = _protector_for(verifier, **options)
    return lambda view: wraps(view)(_protect(view, protector, lambda request: True))


def verifying_middleware(get_response: View) -> View:
    """Middleware for the paths in ``settings.OAUTHONE``; name it in ``settings.MIDDLEWARE``.

    Raises:
        ImproperlyConfigured: the setting is missing, or has an unknown key or an unusable value.
    """
    chosen = _setting()
    verifier = _import_setting(chosen, "VERIFIER")
    if not isinstance(verifier, Verifier | AsyncVerifier):
        raise ImproperlyConfigured("OAUTHONE['VERIFIER'] is an oauthone.server.Verifier, an AsyncVerifier, or its name")
    protected = chosen.get("PATHS", "/")
    try:
        protector = _protector_for(
            verifier,
            explain=chosen.get("EXPLAIN", False),
            max_body=chosen.get("MAX_BODY", DEFAULT_MAX_BODY),
            on_refusal=_import_setting(chosen, "ON_REFUSAL"),
            on_result=_import_setting(chosen, "ON_RESULT"),
        )
        paths = require_paths((protected,) if isinstance(protected, str) else protected, None) or ("/",)
    except ConfigurationError as unusable:
        raise ImproperlyConfigured(f"OAUTHONE has an unusable value: {unusable}") from unusable
    return _protect(get_response, protector, lambda request: protects_path(paths, request.path_info))


sync_and_async_middleware(verifying_middleware)  # it marks the function, which stays the same


def _setting() -> dict[str, Any]:
    chosen: dict[str, Any] = getattr(settings, "OAUTHONE", {})
    if unknown := ", ".join(map(repr, sorted(chosen.keys() - _KEYS))):
        raise ImproperlyConfigured(f"OAUTHONE has the unknown key {unknown}: use {', '.join(sorted(_KEYS))}")
    if "VERIFIER" not in chosen:
        raise ImproperlyConfigured("the verifier is missing: set OAUTHONE = {'VERIFIER': 'mysite.signatures.verifier'}")
    return chosen


def _import_setting(chosen: dict[str, Any], key: str) -> Any:
    """The value of a key, or the object that it names."""
    value = chosen.get(key)
    if not isinstance(value, str):
        return value
    try:
        return import_string(value)
    except ImportError as failed:
        raise ImproperlyConfigured(f"OAUTHONE[{key!r}] cannot be imported: {failed}") from failed


def _protector_for(verifier: Verifier | AsyncVerifier, **options: Unpack[ProtectorOptions]) -> AnyProtector:
    if isinstance(verifier, AsyncVerifier):
        return AsyncResourceProtector(verifier, **options)
    return ResourceProtector(verifier, **options)


def _protect(view: View, protector: AnyProtector, is_protected: Callable[[HttpRequest], bool]) -> View:
    """``view``, or the rest of the middleware, behind ``protector``."""
    # A coroutine that a plain wrapper does not await would count as verified.
    if iscoroutinefunction(view) != isinstance(protector, AsyncResourceProtector):
        raise TypeError("a plain view needs a Verifier, and one that is a coroutine function an AsyncVerifier")
    if isinstance(protector, AsyncResourceProtector):
        return _protect_coroutine(view, protector, is_protected)

    def protected(request: HttpRequest, *arguments: Any, **named: Any) -> Any:
        if not is_protected(request):
            return view(request, *arguments, **named)
        outcome = protector.validate_request(_incoming(request, protector))
        if not isinstance(outcome, Verified):
            return _response(outcome)
        _hand_over(request, outcome)
        return _set_private_headers(view(request, *arguments, **named))

    return protected


def _protect_coroutine(
    view: View, protector: AsyncResourceProtector, is_protected: Callable[[HttpRequest], bool]
) -> View:
    async def protected(request: HttpRequest, *arguments: Any, **named: Any) -> Any:
        if not is_protected(request):
            return await view(request, *arguments, **named)
        outcome = await protector.validate_request(_incoming(request, protector))
        if not isinstance(outcome, Verified):
            return _response(outcome)
        _hand_over(request, outcome)
        return _set_private_headers(await view(request, *arguments, **named))

    return protected


def _incoming(request: HttpRequest, protector: AnyProtector) -> IncomingRequest:
    """The request as it arrived, with its body if the signature covers it."""
    incoming = _without_body(request)
    if needs_body(incoming, protector.verifier.policy):
        _read_body_into(incoming, request, protector.max_body)
    return incoming


def incoming_request(request: HttpRequest, *, max_body: int = DEFAULT_MAX_BODY) -> IncomingRequest:
    """Django's request as it arrived, with its body, for `verify_launch` and a `Provider`'s endpoints.

    Args:
        request: Django's, under WSGI or ASGI.
        max_body: how many octets of the body are read; a body that declares itself longer is rejected unread.
    """
    incoming = _without_body(request)
    _read_body_into(incoming, request, max_body)
    return incoming


def _read_body_into(incoming: IncomingRequest, request: HttpRequest, limit: int) -> None:
    """Give ``incoming`` the body, which Django keeps for the view, or a fault if it can no longer be read."""
    if "CONTENT_LENGTH" in request.META:
        length = declared_length(str(request.META["CONTENT_LENGTH"]))
        if length > limit:
            incoming.body = bytes(limit + 1)  # a body that declares itself too long is rejected unread
            return
        request.META["CONTENT_LENGTH"] = str(length)  # Django reads it as a number, and fails if it is not one
    try:
        incoming.body = cast("bytes", request.body)
    except RawPostDataException:
        getLogger(__name__).error(_TOO_LATE)
        incoming.fault = incoming.fault or _TOO_LATE
    except UnreadablePostError:
        incoming.fault = incoming.fault or "its body cannot be read to the end"


def _without_body(request: HttpRequest) -> IncomingRequest:
    """The request. It has a fault if Django reads its host, path or query differently from how they arrived."""
    scope = cast("dict[str, Any] | None", getattr(request, "scope", None))
    if scope is None:
        path: str = request.path_info
        whole: str = request.META.get("SCRIPT_NAME", "") + path
        incoming = request_as_seen(
            cast("dict[str, Any]", request.META),
            whole,
            lambda: PathView(_decode_as_django, (whole, path), whole.encode()),
        )
    else:
        incoming = request_from_scope(scope)
    if not has_allowed_host(request):
        incoming.fault = incoming.fault or "its Host header is not one that ALLOWED_HOSTS names"
    encoding = cast("str | None", request.encoding)
    if encoding is not None and not is_read_as_utf8(incoming.query.encode("latin-1"), encoding):
        incoming.fault = incoming.fault or "its Content-Type names a charset in which Django reads another query"
    return incoming


def _decode_as_django(octets: bytes) -> str:
    text: str = repercent_broken_unicode(octets).decode()
    return text


def _hand_over(request: HttpRequest, verified: Verified) -> None:
    setattr(request, "verified", verified)  # noqa: B010 - Django's request declares no such attribute


def _response(response: EndpointResponse) -> HttpResponse:
    headers = {**dict(response.headers), "Content-Length": str(len(response.body))}
    return HttpResponse(response.body, status=response.status, headers=headers)


def _set_private_headers(response: Any) -> Any:
    """Keep shared caches from serving ``response`` to others."""
    headers = response.headers
    names = {name.lower() for name in headers}
    if "vary" in names:
        patch_vary_headers(response, ["Authorization"])
    else:
        headers["Vary"] = "Authorization"
    if "cache-control" not in names:
        headers["Cache-Control"] = "private"
    return response
