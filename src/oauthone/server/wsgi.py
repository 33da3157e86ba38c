"""WSGI: middleware that lets only signed requests through to the application, and the request in an environ."""

from collections.abc import Callable, Collection, Iterable
from functools import partial
from http.client import responses
from io import BytesIO
from typing import TYPE_CHECKING, Any, Unpack

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import needs_body
from oauthone.core.verification_types import Verified
from oauthone.server._protected_paths import is_ambiguous, path_readings, protects_path, require_paths
from oauthone.server._protector import ProtectorOptions, ResourceProtector
from oauthone.server._responses import CACHE_CONTROL, VARY, private_headers
from oauthone.server._verifier import Verifier
from oauthone.server._wsgi_request import request_from_environ

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["VerifyingMiddleware", "request_from_environ"]

#: Where the application finds `Verified` in its environ.
VERIFIED = "oauthone.verified"


class VerifyingMiddleware:
    """Calls the application for signed requests, with ``environ["oauthone.verified"]``, and answers the others itself.

    Args:
        app: the WSGI application.
        verifier: verifies the requests.
        paths: the paths that are protected, each with all below it, such as ``("/api",)``; None protects everything.
            They are compared with ``PATH_INFO``, and match other spellings with more slashes or dot segments too.
        protects: returns whether an environ is protected, for rules that ``paths`` cannot express. If ``PATH_INFO``
            has an unusual spelling, it is called for the usual one as well, and one True is enough.
        options: see `oauthone.server.ProtectorOptions`.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        verifier: Verifier,
        *,
        paths: Collection[str] | None = None,
        protects: "Callable[[WSGIEnvironment], bool] | None" = None,
        **options: Unpack[ProtectorOptions],
    ) -> None:
        self._app = app
        self._protector = ResourceProtector(verifier, **options)
        self._paths = require_paths(paths, protects)
        self._protects = protects

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # A client can only set names that start with HTTP_; a proxy or other middleware must not set this one either.
        environ.pop(VERIFIED, None)
        if not self._is_protected(environ):
            return self._app(environ, start_response)
        protector = self._protector
        request = request_from_environ(environ)
        if needs_body(request, protector.verifier.policy):
            _read_body_into(request, environ, protector.max_body)
        outcome = protector.validate_request(request)
        if not isinstance(outcome, Verified):
            length = ("Content-Length", str(len(outcome.body)))
            start_response(f"{outcome.status} {responses[outcome.status]}", [*outcome.headers, length])
            return [outcome.body]
        environ[VERIFIED] = outcome
        return self._app(environ, partial(_start_privately, start_response))

    def _is_protected(self, environ: "WSGIEnvironment") -> bool:
        if self._paths is not None:
            path, root = environ.get("PATH_INFO", ""), environ.get("SCRIPT_NAME", "")
            if protects_path(self._paths, _as_text(path or "/")):
                return True
            return bool(root) and protects_path(self._paths, _as_text(root + path))
        if self._protects is None or self._protects(environ):
            return True
        path = _as_text(environ.get("PATH_INFO", "") or "/")
        readings = {one.encode().decode("latin-1") for one in path_readings(path)}
        return is_ambiguous(path) or any(self._protects({**environ, "PATH_INFO": one}) for one in readings)


# Outside `__call__`, which would evaluate the annotations for each request.
def _start_privately(
    start_response: "StartResponse", status: str, headers: list[tuple[str, str]], *failure: Any
) -> Callable[[bytes], object]:
    return start_response(status, private_headers(headers, VARY, CACHE_CONTROL), *failure)


def _as_text(path: str) -> str:
    """A path of an environ, which has a character for each octet, as the text that it stands for."""
    return path.encode("latin-1", "replace").decode("utf-8", "replace")


def _read_body_into(request: IncomingRequest, environ: "WSGIEnvironment", limit: int) -> None:
    """Give ``request`` its body, or a fault if the server cannot read it: servers raise exceptions of many types."""
    try:
        request.body = read_body(environ, limit)
    except Exception as failure:
        request.fault = f"its body cannot be read to the end ({type(failure).__name__})"


def read_body(environ: "WSGIEnvironment", limit: int) -> bytes:
    """The body, left in ``environ`` for the application to read again. At most one octet more than ``limit``."""
    stream, length = environ["wsgi.input"], limit + 1
    if not environ.get("wsgi.input_terminated"):
        length = min(length, declared_length(environ.get("CONTENT_LENGTH") or ""))
    chunks: list[bytes] = []
    while length > 0 and (chunk := stream.read(length)):
        chunks.append(chunk)
        length -= len(chunk)
    body = b"".join(chunks)
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return body


def declared_length(text: str) -> int:
    """How many octets a body has according to its ``Content-Length``; 0 if that is not a number.

    Only 16 digits are read, as longer numbers take long to read: the result is still larger than every limit.
    """
    return int(text.lstrip("0")[:16] or "0") if text.isascii() and text.isdigit() else 0
