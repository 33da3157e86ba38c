"""A server that runs an ASGI application in a thread, on loopback sockets."""

import asyncio
import http.client
import os
import socket
import ssl
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any, cast
from urllib.parse import urlsplit

from oauthone.errors import missing_library

try:
    import trustme
    from hypercorn.asyncio import serve  # pyright: ignore[reportUnknownVariableType]  # hypercorn types it in part
    from hypercorn.config import Config, Sockets
except ModuleNotFoundError as missing:
    raise missing_library(missing.name or "hypercorn", "testing") from missing


#: The number of seconds in which a client may close its TLS connection while the server stops.
_GOODBYE = 0.2
#: The number of seconds for which a connection may be idle, or take for the head of a request.
_IDLE = 5.0


class Server:
    """A server for an ASGI application on ``127.0.0.1``, with HTTP/1.1 and HTTP/2, with or without TLS.

    Args:
        application: the ASGI application.
        ports: the ports to listen on; 0 lets the system choose one.
        tls: whether to serve TLS, with a certificate from a new authority.
        names: the names and addresses in the certificate.
    """

    def __init__(
        self,
        application: Any,
        *,
        ports: Sequence[int],
        tls: bool,
        names: Sequence[str] = ("localhost", "127.0.0.1", "::1"),
    ) -> None:
        self._application = application
        self._names = names
        self._sockets = [_listening_socket(port) for port in ports]
        self.ports: list[int] = [one.getsockname()[1] for one in self._sockets]
        self._folder = tempfile.TemporaryDirectory(prefix="oauthone-") if tls else None
        self.authority = trustme.CA() if tls else None
        self._stop: Callable[[], Any] = lambda: None
        self._failure: BaseException | None = None
        self._running = Event()
        self._thread = Thread(target=self._serve, name="oauthone-box", daemon=True)

    @property
    def ca_file(self) -> str | None:
        """The file with the certificate of the authority, for clients to trust; None without TLS."""
        return None if self._folder is None else str(Path(self._folder.name, "authority.pem"))

    def start(self) -> None:
        """Start to answer. The sockets listen already, so clients that connected earlier are answered too."""
        self._thread.start()
        self._running.wait()

    def stop(self) -> None:
        """Close everything, and raise if the server had ended with an error."""
        with suppress(RuntimeError):  # the loop is closed if the server ended early
            self._stop()
        self._thread.join()
        for one in self._sockets:
            one.close()
        if self._folder is not None:
            self._folder.cleanup()
        if self._failure is not None:
            raise RuntimeError("the box's server ended early") from self._failure

    def _serve(self) -> None:
        try:
            with asyncio.Runner(loop_factory=_Loop) as runner:
                runner.run(self._serve_until_stopped())
        except BaseException as failure:  # `stop` raises it in another thread
            self._failure = failure
        finally:
            self._running.set()

    async def _serve_until_stopped(self) -> None:
        loop, stopped = cast("_Loop", asyncio.get_running_loop()), asyncio.Event()

        def stop() -> None:
            stopped.set()
            loop.call_later(2 * _GOODBYE, loop.abort_clients)

        self._stop = lambda: loop.call_soon_threadsafe(stop)
        config = self._config()
        self._running.set()
        await serve(self._application, config, shutdown_trigger=stopped.wait)

    def _config(self) -> Config:
        config = _Config()
        config.sockets = self._sockets
        config.errorlog = None
        config.accesslog = None
        config.keep_alive_timeout = _IDLE
        config.graceful_timeout = 0.2
        config.shutdown_timeout = 1
        config.h11_max_incomplete_size = 64 * 1024
        if self.authority is not None and self._folder is not None:
            folder = Path(self._folder.name)
            self.authority.cert_pem.write_to_path(str(folder / "authority.pem"))
            certificate = self.authority.issue_cert(*self._names)
            certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
            config.certfile = config.keyfile = str(folder / "server.pem")
        return config

    def client_context(self) -> ssl.SSLContext:
        """Return a TLS context that trusts this server."""
        context = ssl.create_default_context()
        if self.authority is not None:
            context.load_verify_locations(cadata=self.authority.cert_pem.bytes().decode("ascii"))
        return context

    def get(self, url: str) -> tuple[int, str | None, str]:
        """Send a GET request to this server; return status, ``Location`` and body."""
        parts = urlsplit(url)
        connection = (
            http.client.HTTPSConnection(parts.netloc, context=self.client_context())
            if parts.scheme == "https"
            else http.client.HTTPConnection(parts.netloc)
        )
        try:
            connection.request("GET", f"{parts.path}?{parts.query}")
            response = connection.getresponse()
            return response.status, response.getheader("Location"), response.read().decode("utf-8")
        finally:
            connection.close()


class _Loop(asyncio.SelectorEventLoop):
    """A loop that does not wait for clients to close TLS connections; asyncio waits for half a minute."""

    def __init__(self) -> None:
        super().__init__()
        self.set_exception_handler(_ignore_silent_clients)
        self._made: list[Any] = []

    async def create_server(self, *arguments: Any, **options: Any) -> Any:
        if options.get("ssl") is not None:
            options["ssl_shutdown_timeout"] = _GOODBYE
        server: Any = await super().create_server(*arguments, **options)
        self._made.append(server)
        return server

    def abort_clients(self) -> None:
        """Close the remaining connections; from Python 3.13 on, a server that closes waits for them."""
        for server in self._made:
            if hasattr(server, "abort_clients"):
                server.abort_clients()


def _ignore_silent_clients(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # A request that still waits for its response when the server stops is cancelled. A client may send the rest of a
    # body that is too long after its connection was closed, or leave.
    if not isinstance(context.get("exception"), OSError | asyncio.CancelledError):
        loop.default_exception_handler(context)


class _Config(Config):
    """Settings with sockets that `Server` opened, and that it closes itself."""

    sockets: Sequence[socket.socket] = ()

    def create_sockets(self) -> Sockets:
        return Sockets([*self.sockets], [], []) if self.ssl_enabled else Sockets([], [*self.sockets], [])


def _listening_socket(port: int) -> socket.socket:
    # asyncio turns off Nagle's algorithm only for a socket with this protocol number. Otherwise a response over a kept
    # connection waits 40 ms for the client to acknowledge its head.
    one = socket.socket(proto=socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # on Windows this option would let two servers share one port
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("127.0.0.1", port))
        one.listen(128)
    except BaseException:
        one.close()
        raise
    return one
