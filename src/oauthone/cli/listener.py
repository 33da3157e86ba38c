"""The server on this machine to which the provider sends the browser back.

It answers one path, to GET with the right Host and the token of this login. Whatever else comes never ends the wait,
however much it is: any page in the browser can send it. The code leaves the address bar at once: the browser is sent
on to a page without it.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from oauthone.cli.output import CommandError, Exit
from oauthone.core.encoding import constant_time_equal
from oauthone.core.flow import callback_parameters
from oauthone.errors import CallbackError

_MAX_REJECTED = 64
_LONGEST_TARGET = 8 * 1024
_PATIENCE = 2.0

_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;"
    "padding:0 1rem}h1{font-size:1.375rem}"
)
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
}
_PAGES = {
    "done": (200, "Back at the terminal", "You agreed. You can close this page and return to the terminal."),
    "refused": (200, "Nothing was saved", "You refused, or the provider did. You can close this page."),
    "older": (400, "An older login", "That belongs to an older login. Use the newest tab."),
    "unknown": (404, "Nothing here", "This address waits for the end of a login."),
    "method": (405, "Nothing here", "This address takes GET."),
    "long": (414, "Nothing here", "This address is too long."),
    "host": (421, "Nothing here", "This address is for this machine alone."),
    "many": (429, "Nothing here", "Too many requests came that belong to no login."),
}


class Listener:
    """Waits for one callback.

    Args:
        callback: the URL that is registered with the provider; None takes a free port.

    Raises:
        CommandError: the port is taken.
    """

    def __init__(self, callback: str | None = None) -> None:
        parts = urlsplit(callback or "http://127.0.0.1:0/callback")
        self.path = parts.path or "/"
        self.token: str | None = None
        #: Called in a thread with the target of the request that has the answer.
        self.deliver: Callable[[str], None] = lambda target: None
        self._rejected = 0
        self._is_started = False
        self._delivered = ""
        self._shown = threading.Event()
        self._lock = threading.Lock()
        self._servers = self._bound(parts.hostname or "127.0.0.1", 80 if parts.port is None else parts.port)
        port = self._servers[0].server_address[1]
        self.hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}
        self.url = callback or f"http://127.0.0.1:{port}{self.path}"

    def _bound(self, host: str, port: int) -> list[ThreadingHTTPServer]:
        """The servers: for ``localhost`` one for each kind of address, since a browser may take either."""
        listener = self

        class Handler(_Handler):
            owner = listener

        families = [(socket.AF_INET6, "::1")] if host == "::1" else [(socket.AF_INET, "127.0.0.1")]
        found: list[ThreadingHTTPServer] = []
        try:
            for family, address in families:
                found.append(_server(family, address, port, Handler))
        except OSError as failure:
            raise CommandError(
                Exit.NETWORK,
                f"Port {port}, which your registered callback names, cannot be used: {failure.strerror}.",
                "End the program that has it, or paste the address: --no-browser",
                code="port_taken",
            ) from None
        if host == "localhost" and socket.has_ipv6:
            with suppress(OSError):  # Without IPv6 no browser will use it.
                found.append(_server(socket.AF_INET6, "::1", found[0].server_address[1], Handler))
        return found

    def start(self) -> None:
        """Answer requests in threads until `stop`."""
        self._is_started = True
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Close the port, once the browser that brought the answer has its page, or does not ask for it for a while."""
        if self._delivered:
            self._shown.wait(_PATIENCE)
        for server in self._servers:
            if self._is_started:  # else nobody would answer a wish to shut down
                server.shutdown()
            server.server_close()

    def judge(self, target: str) -> str:
        """Return the name of the page for a callback, and deliver the first one that belongs to this login.

        A refusal belongs to it by its token, too: otherwise any page could end the login.
        """
        try:
            found = callback_parameters(target)
        except CallbackError:
            return "older"
        refused = "denied" in found or "oauth_problem" in found
        given = found.get("oauth_token") or found.get("denied") or ""
        if not self.token or not constant_time_equal(given, self.token):
            return "older"
        page = "refused" if refused else "done"
        with self._lock:
            if not self._delivered:
                self._delivered = target
                self.deliver(target)
        return page

    def shown(self) -> None:
        """Note that a browser has the last page, so that nothing more has to be answered."""
        self._shown.set()

    def allows_another(self) -> bool:
        """Count a request that does not belong to this login; False after too many."""
        with self._lock:
            self._rejected += 1
            return self._rejected <= _MAX_REJECTED


def _server(family: int, address: str, port: int, handler: Any) -> ThreadingHTTPServer:
    class Server(ThreadingHTTPServer):
        address_family = socket.AddressFamily(family)
        allow_reuse_address = False
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A browser that closes the connection is no news."""

    return Server((address, port), handler)


class _Handler(BaseHTTPRequestHandler):
    owner: Listener
    timeout = _PATIENCE
    server_version, sys_version = "oauthone", ""

    def setup(self) -> None:
        """Close the connection after a while, as `timeout` starts anew with each octet."""
        super().setup()
        self._end = threading.Timer(_PATIENCE, self._hang_up)
        self._end.daemon = True
        self._end.start()

    def finish(self) -> None:
        """Also stop the clock."""
        self._end.cancel()
        super().finish()

    def _hang_up(self) -> None:
        """Read no more. What was read is still answered, however late that is on a busy machine."""
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RD)

    def do_GET(self) -> None:
        """Answer a browser."""
        path = self.path.partition("?")[0]
        if self.headers.get("Host", "").lower() not in self.owner.hosts:
            self._reject("host")
        elif len(self.path) > _LONGEST_TARGET:
            self._reject("long")
        elif path in ("/done", "/refused") and path != self.owner.path:
            self._page(path[1:])
            self.owner.shown()
        elif path != self.owner.path:
            self._reject("unknown")
        else:
            page = self.owner.judge(self.path)
            self._reject(page) if page == "older" else self._send_on(page)

    def do_HEAD(self) -> None:
        """Neither HEAD nor a preflight ends the wait."""
        self._page("method")

    do_POST = do_OPTIONS = do_PUT = do_DELETE = do_HEAD

    def _reject(self, name: str) -> None:
        """Answer what does not belong to this login. Only that counts, so a flood cannot shut the callback out."""
        self._page(name if self.owner.allows_another() else "many")

    def _send_on(self, page: str) -> None:
        self.send_response(303)
        self.send_header("Location", f"/{page}")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _page(self, name: str) -> None:
        status, title, text = _PAGES[name]
        html = (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" '
            f'content="width=device-width"><title>{title}</title><style>{_STYLE}</style>'
            f"<main><h1>{title}</h1><p>{text}</p></main></html>"
        ).encode()
        self.send_response(status)
        for header, value in {**_HEADERS, "Content-Length": str(len(html))}.items():
            self.send_header(header, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(html)

    def log_message(self, format: str, *args: Any) -> None:
        """A request line has the code in it."""
