"""A page for the person at this machine alone: on loopback, opened once by a secret address, closed to other sites.

The address carries a token in its fragment, which no log and no Referer contains. The script trades it for a key that
it sends with each call. There is no cookie, since every port of a host would receive it.
"""

import json
import secrets
import time
import webbrowser
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias, cast

from oauthone.core.encoding import constant_time_equal
from oauthone.errors import missing_library
from oauthone.testing.bodies import read_body
from oauthone.testing.serving import Server

try:
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.requests import Request
    from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
    from starlette.routing import Route
    from starlette.types import ASGIApp, Message, Receive, Scope, Send
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "testing") from missing

#: What the page may ask: a coroutine function by name, from a JSON object to a JSON object.
Calls: TypeAlias = Mapping[str, Callable[[dict[str, Any]], Awaitable[Any]]]

PAGES = Path(__file__).parent / "pages"
_NEWER = "This address has ended, because a newer page was opened: use the newest address in the terminal."
_SECONDS_IN_PS = 60
_MOST_TABS = 16
#: How long a call may be in octets, one for a session among them, and how long it may take in seconds.
_LONGEST_CALL = 4 * 1024 * 1024
_LONGEST_TOKEN = 4 * 1024
_SLOWEST_CALL = 30
_HEADERS = (
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
    ),
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)
_RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in _HEADERS]


#: Browsers that would take over the terminal.
_TEXT_BROWSERS = frozenset(("www-browser", "links", "links2", "elinks", "lynx", "w3m", "browsh"))


def open_in_browser(address: str) -> bool:
    """Open an address in the usual browser, but not in one that would take over the terminal; return whether it did."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    name = Path(str(getattr(browser, "name", ""))).name
    return name not in _TEXT_BROWSERS and browser.open(address)


class PrivatePage:
    """A server for a page and its calls. It runs until its ``with`` block ends.

    Args:
        files: the files by path: ``{"/": …}`` is the page.
        calls: what the page may ask.
        port: the port; 0 lets the system choose.
    """

    def __init__(self, files: Mapping[str, Path], calls: Calls, port: int = 0) -> None:
        self._calls = calls
        self._token = ""
        self._token_ends = 0.0
        self._older: deque[str] = deque(maxlen=_MOST_TABS)
        self._keys: list[str] = []
        routes = [Route(path, _serving(file)) for path, file in files.items()]
        routes += [Route("/favicon.ico", _no_icon), Route("/call/{name}", self._call, methods=["POST"])]
        self._server = Server(_Guard(Starlette(routes=routes), lambda: self.port), ports=(port,), tls=False)

    def __enter__(self) -> "PrivatePage":
        self._server.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.stop()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._server.ports[0]

    def new_address(self, *, for_command_line: bool = False) -> str:
        """Return the address that opens the page once, and end all sessions so far.

        Args:
            for_command_line: whether a command receives it, so that other users see it for a moment. It is good for
                one minute then.
        """
        self._keys.clear()
        self._older += [self._token] if self._token else []
        self._token = secrets.token_urlsafe(32)
        self._token_ends = time.monotonic() + _SECONDS_IN_PS if for_command_line else float("inf")
        return f"http://127.0.0.1:{self.port}/#{self._token}"

    def _begin_session(self, given: dict[str, Any]) -> Response:
        """Trade the token of the address for a key."""
        token, good = self._token, time.monotonic() < self._token_ends
        if not (token and good and constant_time_equal(str(given.get("token", "")), token)):
            is_older = any(constant_time_equal(str(given.get("token", "")), older) for older in self._older)
            return _refused(403, _NEWER if is_older else "This address was used already, or is too old.")
        self._token = ""
        self._keys = [*self._keys[1 - _MOST_TABS :], secrets.token_urlsafe(32)]
        return JSONResponse({"key": self._keys[-1]})

    async def _call(self, request: Request) -> Response:
        name = request.path_params["name"]
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if name != "session" and not (scheme == "Bearer" and self._is_key(key)):
            return _refused(401, "This session has ended.")
        try:
            most = _LONGEST_CALL if self._is_key(key) else _LONGEST_TOKEN
            given = _object(json.loads(await read_body(request, most, _SLOWEST_CALL)))
            if name == "session":
                return self._begin_session(given)
            if name not in self._calls:
                return _refused(404, f"There is no call {name!r}.")
            return JSONResponse(await self._calls[name](given))
        except HTTPException as refused:
            return _refused(refused.status_code, refused.detail)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as wrong:
            return _refused(400, str(wrong) if isinstance(wrong, ValueError) else "This call is not complete.")

    def _is_key(self, given: str) -> bool:
        return any(constant_time_equal(given, key) for key in self._keys)


def _object(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise ValueError("a call is a JSON object")
    return cast("dict[str, Any]", given)


class _Guard:
    """Refuses requests that name another host or come from another site, and adds the headers to all answers."""

    def __init__(self, application: ASGIApp, port: Callable[[], int]) -> None:
        self._application = application
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._application(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *_RAW_HEADERS]}
            await send(message)

        hosts = [f"{host}:{self._port()}" for host in ("127.0.0.1", "localhost", "[::1]")]
        headers = scope.get("headers", ())
        if scope["type"] != "http" or not _are_own(headers, hosts):
            await _refused(403, "Open this page by the address in the terminal.")(scope, receive, send_with_headers)
            return
        await self._application(scope, receive, send_with_headers)


def _are_own(headers: Iterable[tuple[bytes, bytes]], hosts: list[str]) -> bool:
    """Return whether the host is ours and the origin, if any, is the same. A name that was rebound is not."""
    found = [(name.lower(), value.decode("latin-1")) for name, value in headers]
    named = [value for name, value in found if name in (b"host", b":authority")]
    origins = [value for name, value in found if name == b"origin"]
    return len(named) == 1 and named[0] in hosts and origins in ([], [f"http://{named[0]}"])


def _refused(status: int, words: str) -> Response:
    """Return an error. Its words may quote what was sent, which JSON can hold and UTF-8 cannot."""
    return JSONResponse({"error": words.encode("utf-8", "replace").decode("utf-8")}, status)


def _serving(file: Path) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        return FileResponse(file)

    return serve


async def _no_icon(request: Request) -> Response:
    return PlainTextResponse("", 204)
