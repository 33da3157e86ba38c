"""Django: a decorator for views and a middleware for paths. The view finds `Verified` in ``request.verified``.

The middleware reads ``settings.OAUTHONE``::

    OAUTHONE = {
        "VERIFIER": "mysite.signatures.verifier",   # where yours stands, or the object itself
        "PATHS": ("/api/",),                        # what is protected; all of it without this
        "EXPLAIN": False,                           # explain refusals in their answers: for sandboxes
        "MAX_BODY": 1024 * 1024,                    # how many octets of a body that the signature covers are read
        "ON_REFUSAL": "mysite.logs.refused",        # told of each refusal and each failure of the store; or itself
    }

All but the verifier may be left out. Synchronous views and middleware take a `Verifier`, asynchronous ones an
`AsyncVerifier`. Behind a proxy its ``public_url`` says what clients see; ``SECURE_PROXY_SSL_HEADER`` does not count.
"""

# Django has no types of its own: what is not annotated here is Any.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from collections.abc import Callable, Generator
from functools import wraps
from inspect import iscoroutinefunction
from logging import getLogger
from typing import Any, TypeAlias, cast
from urllib.parse import unquote_to_bytes

from oauthone.core.request import IncomingRequest
from oauthone.core.verified import Verified
from oauthone.errors import missing_library
from oauthone.server._protected_paths import protects_path
from oauthone.server._protector import MAX_BODY, OnRefusal, ResourceProtector
from oauthone.server._responses import EndpointResponse
from oauthone.server._verifier import AsyncVerifier, Verifier
from oauthone.server.asgi import request_from_scope
from oauthone.server.wsgi import PathView, declared_length, request_from_environ

try:
    from django.conf import settings
    from django.core.exceptions import DisallowedHost, ImproperlyConfigured
    from django.http import HttpRequest, HttpResponse, UnreadablePostError
    from django.http.request import RawPostDataException
    from django.utils.cache import patch_cache_control, patch_vary_headers
    from django.utils.decorators import sync_and_async_middleware
    from django.utils.encoding import repercent_broken_unicode
    from django.utils.module_loading import import_string
except ModuleNotFoundError as missing:
    raise missing_library("django", "django") from missing

View: TypeAlias = Callable[..., Any]

_TOO_LATE = (
    "a body with a hash was read before its signature was verified, and its octets are gone: let no middleware before "
    "read request.POST"
)
_KEYS = frozenset({"VERIFIER", "PATHS", "EXPLAIN", "MAX_BODY", "ON_REFUSAL"})


def signature_required(
    verifier: Verifier | AsyncVerifier,
    *,
    explain: bool = False,
    max_body: int = MAX_BODY,
    on_refusal: OnRefusal | None = None,
    scope: str = "",
) -> Callable[[View], View]:
    """A decorator for views. Clients send no CSRF token: exempt the view with Django's ``csrf_exempt``.

    Args:
        verifier: how requests are verified: a `Verifier` for plain views, an `AsyncVerifier` for coroutine functions.
        explain: answer refused requests with the reason, the base string and the first difference: for sandboxes.
        max_body: how many octets of a body that the signature covers are read. Other bodies are left to the view.
        on_refusal: told of each refused request and of each failure of the store, for logs.
        scope: words, all of which the token's ``scope`` must have; else a 403.
    """
    admission = ResourceProtector(
        verifier, Verifier, AsyncVerifier, explain=explain, max_body=max_body, on_refusal=on_refusal, scope=scope
    )
    door = _Door(verifier, admission)

    def decorate(view: View) -> View:
        return wraps(view)(door.before(view, lambda request: True))

    return decorate


def verifying_middleware(get_response: View) -> View:
    """Middleware for what ``settings.OAUTHONE`` says is protected; name it in ``settings.MIDDLEWARE``.

    Raises:
        ImproperlyConfigured: the setting is missing, or holds what it must not.
    """
    chosen = _chosen()
    verifier, on_refusal = _named(chosen, "VERIFIER"), _named(chosen, "ON_REFUSAL")
    if not isinstance(verifier, Verifier | AsyncVerifier):
        raise ImproperlyConfigured("OAUTHONE['VERIFIER'] is an oauthone.server.Verifier, an AsyncVerifier, or its name")
    admission = ResourceProtector(
        verifier,
        Verifier,
        AsyncVerifier,
        explain=chosen.get("EXPLAIN", False),
        max_body=chosen.get("MAX_BODY", MAX_BODY),
        on_refusal=on_refusal,
    )
    protected = chosen.get("PATHS", "/")
    paths = (protected,) if isinstance(protected, str) else tuple(protected)
    return _Door(verifier, admission).before(get_response, lambda request: protects_path(paths, request.path_info))


sync_and_async_middleware(verifying_middleware)  # it marks the function, which stays the same


def _chosen() -> dict[str, Any]:
    chosen: dict[str, Any] = getattr(settings, "OAUTHONE", {})
    if unknown := chosen.keys() - _KEYS:
        raise ImproperlyConfigured(f"OAUTHONE has no {', '.join(map(repr, sorted(unknown)))}: it takes {sorted(_KEYS)}")
    if "VERIFIER" not in chosen:
        raise ImproperlyConfigured(
            "say in your settings how requests are verified: OAUTHONE = {'VERIFIER': 'mysite.signatures.verifier'}"
        )
    return chosen


def _named(chosen: dict[str, Any], key: str) -> Any:
    """What stands there, or what is so called."""
    value = chosen.get(key)
    if not isinstance(value, str):
        return value
    try:
        return import_string(value)
    except ImportError as failed:
        raise ImproperlyConfigured(f"OAUTHONE[{key!r}] cannot be imported: {failed}") from failed


class _Door:
    """What stands before a view or before the rest of the middleware."""

    def __init__(self, verifier: Verifier | AsyncVerifier, admission: ResourceProtector) -> None:
        self._verifier: Any = verifier
        self._admission = admission

    def before(self, view: View, protects: Callable[[HttpRequest], bool]) -> View:
        if iscoroutinefunction(view) != isinstance(self._verifier, AsyncVerifier):
            raise TypeError("a plain view needs a Verifier, and one that is a coroutine function an AsyncVerifier")

        def verified_first(request: HttpRequest, *arguments: Any, **named: Any) -> Any:
            if not protects(request):
                return view(request, *arguments, **named)
            outcome = self._verifier.walk(self._steps(request))
            if not isinstance(outcome, Verified):
                return _response(outcome)
            _hand_over(request, outcome)
            return _private(view(request, *arguments, **named))

        async def verified_first_later(request: HttpRequest, *arguments: Any, **named: Any) -> Any:
            if not protects(request):
                return await view(request, *arguments, **named)
            outcome = await self._verifier.walk(self._steps(request))
            if not isinstance(outcome, Verified):
                return _response(outcome)
            _hand_over(request, outcome)
            return _private(await view(request, *arguments, **named))

        return verified_first_later if iscoroutinefunction(view) else verified_first

    def _steps(self, request: HttpRequest) -> Generator[Any, Any, Verified | EndpointResponse]:
        arrived = _without_body(request)
        if arrived.needs_body(self._admission.policy):
            arrived = _with_body(arrived, request, self._admission.max_body)
        return (yield from self._admission.steps(arrived))


def incoming_request(request: HttpRequest, *, max_body: int = MAX_BODY) -> IncomingRequest:
    """Django's request as it arrived, with its body, for `verify_launch` and a `Provider`'s endpoints.

    Args:
        request: Django's, under WSGI or ASGI.
        max_body: how many octets of the body are read; a longer one is refused unread where its length says so.
    """
    return _with_body(_without_body(request), request, max_body)


def _with_body(arrived: IncomingRequest, request: HttpRequest, limit: int) -> IncomingRequest:
    """``arrived`` with the body, which Django keeps for the view; with a fault where it cannot be read any more."""
    if "CONTENT_LENGTH" in request.META:
        length = declared_length(str(request.META["CONTENT_LENGTH"]))
        if length > limit:
            return arrived.with_body(bytes(limit + 1))
        request.META["CONTENT_LENGTH"] = str(length)  # Django makes a number of it, and fails on what is none
    try:
        return arrived.with_body(cast("bytes", request.body))
    except RawPostDataException:
        getLogger(__name__).error(_TOO_LATE)
        arrived.fault = arrived.fault or _TOO_LATE
    except UnreadablePostError:
        arrived.fault = arrived.fault or "its body cannot be read to the end"
    return arrived


def _without_body(request: HttpRequest) -> IncomingRequest:
    """The request; with a fault where Django reads its host or path differently from how they arrived."""
    scope = cast("dict[str, Any] | None", getattr(request, "scope", None))
    if scope is None:
        path: str = request.path_info
        script_name: str = request.META.get("SCRIPT_NAME", "")
        view = PathView(_as_django, (script_name + path, path), (script_name + path).encode())
        arrived = request_from_environ(cast("dict[str, Any]", request.META), view)
    else:
        arrived = request_from_scope(scope)
    try:
        request.get_host()
    except DisallowedHost:
        arrived.fault = arrived.fault or "its Host header is not one that ALLOWED_HOSTS names"
    encoding = cast("str | None", request.encoding)
    if encoding is not None and not _is_read_as_utf8(arrived.query.encode("latin-1"), encoding):
        arrived.fault = arrived.fault or "its Content-Type names a charset in which Django reads another query"
    return arrived


def _is_read_as_utf8(query: bytes, encoding: str) -> bool:
    """Whether a query in ``encoding``, which Django takes from the Content-Type, says what it says in UTF-8."""
    try:
        read = [octets.decode(encoding, "replace") for octets in (query, unquote_to_bytes(query))]
    except ValueError:  # a codec that knows no replacements
        return False
    return read == [octets.decode("utf-8", "replace") for octets in (query, unquote_to_bytes(query))]


def _as_django(octets: bytes) -> str:
    text: str = repercent_broken_unicode(octets).decode()
    return text


def _hand_over(request: HttpRequest, verified: Verified) -> None:
    setattr(request, "verified", verified)  # noqa: B010 - Django's request declares no such attribute


def _response(answer: EndpointResponse) -> HttpResponse:
    headers = {**dict(answer.headers), "Content-Length": str(len(answer.body))}
    return HttpResponse(answer.body, status=answer.status, headers=headers)


def _private(response: Any) -> Any:
    patch_vary_headers(response, ["Authorization"])
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, private=True)
    return response
