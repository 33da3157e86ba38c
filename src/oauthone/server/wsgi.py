"""WSGI middleware: the application behind it sees signed requests only."""

from collections.abc import Callable, Iterable
from http.client import responses
from io import BytesIO
from typing import TYPE_CHECKING, Any

from oauthone.core.verified import Verified
from oauthone.server.admission import MAX_BODY, Admission, OnRefusal, private
from oauthone.server.arrival import from_environ
from oauthone.server.verifier import Verifier

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Where the application finds `Verified` in its environ.
VERIFIED = "oauthone.verified"


class VerifyingMiddleware:
    """Verifies each request, hands the application ``environ["oauthone.verified"]``, and answers the others itself.

    Args:
        app: the WSGI application.
        verifier: how requests are verified.
        protects: says of an environ whether it is protected; by default all are.
        explain: answer refused requests with the reason, the base string and the first difference: for sandboxes.
        max_body: how many octets of a body that the signature covers are read; others are left to the application.
        on_refusal: told of each refused request and of each failure of the store, for logs.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        verifier: Verifier,
        *,
        protects: "Callable[[WSGIEnvironment], bool]" = lambda environ: True,
        explain: bool = False,
        max_body: int = MAX_BODY,
        on_refusal: OnRefusal | None = None,
    ) -> None:
        self._app = app
        self._verifier = verifier
        self._protects = protects
        self._admission = Admission(verifier, Verifier, explain=explain, max_body=max_body, on_refusal=on_refusal)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # What comes from a client is a header and starts with HTTP_; still, nobody else may set this.
        environ.pop(VERIFIED, None)
        if not self._protects(environ):
            return self._app(environ, start_response)
        arrival = from_environ(environ)
        body = read_body(environ, self._admission.max_body) if arrival.needs_body(self._admission.policy) else b""
        outcome = self._verifier.walk(self._admission.steps(arrival, body))
        if not isinstance(outcome, Verified):
            length = ("Content-Length", str(len(outcome.body)))
            start_response(f"{outcome.status} {responses[outcome.status]}", [*outcome.headers, length])
            return [outcome.body]
        environ[VERIFIED] = outcome

        def start_private(status: str, headers: list[tuple[str, str]], *failure: Any) -> Callable[[bytes], object]:
            return start_response(status, private(headers), *failure)

        return self._app(environ, start_private)


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
    """How many octets a ``Content-Length`` says that a body has; 0 where it is no number.

    Of a number that no body's length can be, no more than 16 digits are read: it stays larger than every limit.
    """
    return int(text.lstrip("0")[:16] or "0") if text.isascii() and text.isdigit() else 0
