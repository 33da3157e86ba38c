"""One request: sent, or shown as the octets that would leave. Both are the same prepared request."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

from requests import PreparedRequest, Request, Response
from requests.adapters import BaseAdapter
from requests.utils import requote_uri
from urllib3 import Retry
from urllib3.exceptions import MaxRetryError, ResponseError

from oauthone import __version__
from oauthone.cli.output import visible
from oauthone.cli.places import home_path
from oauthone.cli.settings import Settings, session_arguments
from oauthone.clients.requests import OAuth1Session
from oauthone.core.urls import origin

_SAFE = frozenset(("GET", "HEAD", "OPTIONS", "PUT", "DELETE"))
_CHUNK = 16 * 1024
#: In a request; and in a base string, where an escape separates the parameters.
_TOKENS = (
    re.compile(r"""(\boauth_token="?)([^"&,\s]{0,3})[^"&,\s]*"""),
    re.compile(r"""((?:\b|(?<=%26))oauth_token%3D)((?:(?!%26)[^"&,\s]){0,3})(?:(?!%26)[^"&,\s])*"""),
)


def leads_somewhere(base: str, target: str) -> bool:
    """Return whether the ``Location`` of an answer is an address of the web.

    Args:
        base: the URL of the answer.
        target: the ``Location``.
    """
    try:
        request = PreparedRequest()
        request.prepare_url(urljoin(base, requote_uri(target)), None)
        parts = urlsplit(str(request.url))
        origin(parts.geturl())
        return parts.scheme in ("http", "https") and bool((parts.hostname or "").encode("idna"))
    except ValueError:  # so are the errors of requests about URLs, of IDNA and of signing
        return False


class _Session(OAuth1Session):
    """A session whose redirects carry neither a signature nor a body to another origin, and lead to addresses alone."""

    def get_redirect_target(self, resp: Response) -> str | None:
        """Return the ``Location`` of a redirect; None if none can go there, so that it is the answer."""
        try:
            target = super().get_redirect_target(resp)
        except UnicodeDecodeError:
            return None
        return target if target and leads_somewhere(resp.url, target) else None

    def rebuild_auth(self, prepared_request: PreparedRequest, response: Response) -> None:
        """Sign the next request of a redirect, or take its body away, which 307 and 308 keep."""
        super().rebuild_auth(prepared_request, response)
        if origin(prepared_request.url or "") == origin(response.request.url or ""):
            return
        for name in ("Content-Length", "Content-Type", "Transfer-Encoding"):
            prepared_request.headers.pop(name, None)
        prepared_request.body = None


class _Retry(Retry):
    """Retries for which no server makes one wait longer than for an answer: such an answer is the last one."""

    patience: float

    def new(self, **kw: Any) -> "_Retry":
        """Return a copy with other options."""
        made = super().new(**kw)
        made.patience = self.patience
        return made

    def increment(self, method: Any = None, url: Any = None, response: Any = None, *args: Any, **kw: Any) -> "_Retry":
        """Return what remains after an attempt.

        Raises:
            MaxRetryError: nothing remains, or ``Retry-After`` asks for too long a time.
        """
        if response is not None and (self.get_retry_after(response) or 0) > self.patience:
            raise MaxRetryError(kw.get("_pool"), url, ResponseError("Retry-After is too long"))  # type: ignore[arg-type]  # as urllib3 does itself
        return super().increment(method, url, response, *args, **kw)


def session_of(
    settings: Settings, *, retries: int = 0, retry_all: bool = False, patience: float = 60, clock_offset: int = 0
) -> OAuth1Session:
    """Return a session that signs with the credentials.

    Args:
        settings: the settings.
        retries: how often a request is sent again after a failed connection, 429 or 503.
        retry_all: whether that goes for methods that are not idempotent, too.
        patience: the longest time in seconds that a server may ask to wait before a retry.
        clock_offset: seconds to add to the clock.
    """
    import time

    more: dict[str, Any] = {"clock": lambda: time.time() + clock_offset} if clock_offset else {}
    if retries:
        more["retries"] = _Retry(
            total=retries,
            status_forcelist=(429, 503),
            allowed_methods=None if retry_all else _SAFE,
            backoff_factor=0.5,
            respect_retry_after_header=True,
            raise_on_status=False,
        )
        more["retries"].patience = patience
    session = _Session(**{**session_arguments(settings), **more})
    session.headers["User-Agent"] = f"oauthone/{__version__}"
    session.trust_env = True
    return session


class Recorder(BaseAdapter):
    """Keeps the signed request instead of sending it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: PreparedRequest | None = None

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:  # type: ignore[override,unused-ignore]
        """Keep the request, and answer it with 200."""
        self.sent = request
        response = Response()
        response.status_code = 200
        response.request, response.url = request, request.url or ""
        response.raw = BytesIO()
        return response

    def close(self) -> None:
        """Nothing is open."""


def would_send(session: OAuth1Session, request: Request) -> PreparedRequest:
    """Return the request as it would be sent, signed."""
    recorder = Recorder()
    session.mount("https://", recorder)
    session.mount("http://", recorder)
    session.send(session.prepare_request(request))
    assert recorder.sent is not None
    return recorder.sent


def head_of(request: PreparedRequest) -> str:
    """Return the request line and the headers."""
    return "\n".join([request_line(request), *(f"{name}: {value}" for name, value in header_pairs(request))])


def request_line(request: PreparedRequest) -> str:
    """Return the first line."""
    parts = urlsplit(request.url or "")
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return f"{request.method} {target} HTTP/1.1"


def header_pairs(request: PreparedRequest) -> list[tuple[str, str]]:
    """Return the headers, with ``Host`` as it is sent."""
    host = urlsplit(request.url or "").netloc.rpartition("@")[2]
    made = [] if "Host" in request.headers else [("Host", host)]
    return [*made, *((name, as_str(value)) for name, value in request.headers.items())]


def as_str(value: Any) -> str:
    """Return a header as text; requests keeps some as octets."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def body_of(request: PreparedRequest) -> bytes | None:
    """Return the octets of a body, or None for a stream."""
    body: Any = request.body
    if body is None:
        return b""
    return body.encode("utf-8") if isinstance(body, str) else body if isinstance(body, bytes) else None


def without_token(text: str) -> str:
    """Return a part of a request with the beginning of its token alone, for output that may end up in a report."""
    for pattern in _TOKENS:
        text = pattern.sub(r"\1\2…", text)
    return text


def unsigned_hops(response: Response) -> Iterator[str]:
    """Yield a sentence for each redirect that was followed without a signature, since it led to another origin."""
    requests = [*(one.request for one in response.history), response.request]
    for sent in requests[1:]:
        if "oauth_signature" not in head_of(sent) and b"oauth_signature" not in (body_of(sent) or b""):
            yield f"{origin(sent.url or '')} is another origin: it got no signature and no body"


def write_body(response: Response, output: str | None) -> bytes:
    """Write a body to a file or to stdout as it comes; return its beginning, for a diagnosis.

    On a terminal JSON is indented, control characters are shown as escapes, and binary needs ``-o -``.
    """
    beginning = b""
    if output is None and sys.stdout.isatty():
        _write_for_people(response.content, response.headers.get("Content-Type", ""))
        return response.content
    if output in (None, "-"):
        for chunk in _chunks(response):
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            beginning = (beginning + chunk)[: 4 * _CHUNK]
        return beginning
    with open(home_path(str(output)), "wb") as file:
        for chunk in _chunks(response):
            file.write(chunk)
            beginning = (beginning + chunk)[: 4 * _CHUNK]
    return beginning


def _chunks(response: Response) -> Iterator[bytes]:
    return response.iter_content(_CHUNK) if response.raw is not None else iter(())


def _write_for_people(content: bytes, kind: str) -> None:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        sys.stderr.write(f"{len(content)} octets that are not text: -o FILE keeps them, -o - prints them\n")
        return
    if "json" in kind:
        with suppress(ValueError, RecursionError):
            text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    sys.stdout.write(visible(text) + ("" if text.endswith("\n") else "\n"))
