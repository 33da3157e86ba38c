"""Servers that a test scripts by hand: fixed bytes, lost responses, and a relay in front of a box."""

import socket
import socketserver
import struct
from collections.abc import Callable, Iterable
from select import select
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from oauthone.server import Verifier
from oauthone.testing import ProviderBox


class Seen(NamedTuple):
    """A request as a `ScriptedServer` received it."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    octets: bytes

    @property
    def url(self) -> str:
        """The absolute URL."""
        return self.target if "://" in self.target else f"http://{self.header('host')}{self.target}"

    def header(self, name: str) -> str | None:
        """The first value of a header, or None."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    def nonce(self, verifier: Verifier) -> str:
        """The nonce, after ``verifier`` accepted the request."""
        return verifier.verify(self.method, self.url, self.headers, self.body).parameters["oauth_nonce"]


class Exchange:
    """One request on a connection, which a step of the script may answer."""

    def __init__(self, connection: socket.socket, seen: Seen, stopped: Event) -> None:
        self.connection = connection
        self.seen = seen
        self.stopped = stopped

    def reset(self) -> None:
        """Reset the connection without a response."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


#: Answers one request and returns whether the connection stays open.
Step = Callable[[Exchange], bool]


def octets(*parts: bytes) -> Step:
    """Send exactly these bytes, then close."""

    def send(exchange: Exchange) -> bool:
        for part in parts:
            exchange.connection.sendall(part)
        return False

    return send


def answer(body: bytes | str = b"", status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> Step:
    """Send a well-formed response."""
    body = body.encode("utf-8") if isinstance(body, str) else body
    lines = [
        f"HTTP/1.1 {status} Canned",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    head = "\r\n".join([*lines, "", ""]).encode("utf-8")

    def send(exchange: Exchange) -> bool:
        exchange.connection.sendall(head + (b"" if exchange.seen.method == "HEAD" else body))
        return True

    return send


def reset(exchange: Exchange) -> bool:
    """Reset the connection without a response."""
    exchange.reset()
    return False


def hang(exchange: Exchange) -> bool:
    """Never respond."""
    exchange.stopped.wait()
    return False


def _through(box: ProviderBox, seen: Seen) -> bytes:
    """Send the bytes of ``seen`` to ``box``, and return its response."""
    address = urlsplit(box.origin)
    head, _, rest = seen.octets.partition(b"\r\n")
    request = head + b"\r\nConnection: close\r\n" + rest.replace(b"Connection: keep-alive\r\n", b"", 1)
    if "://" in seen.target:
        before, _, after = request.partition(seen.target.encode("latin-1"))
        parts = urlsplit(seen.target)
        request = before + f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}".encode("latin-1") + after
    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def relay(box: ProviderBox) -> Step:
    """Pass the request on to ``box``, and its response back. A request in proxy form is handled as a proxy does."""

    def pass_on(exchange: Exchange) -> bool:
        exchange.connection.sendall(_through(box, exchange.seen))
        return False

    return pass_on


def lose(box: ProviderBox, then: Step = reset) -> Step:
    """Pass the request on to ``box``, which counts it, and drop the response."""

    def pass_on(exchange: Exchange) -> bool:
        _through(box, exchange.seen)
        return then(exchange)

    return pass_on


def tunnel(address: tuple[str, int]) -> Step:
    """Answer a CONNECT as a proxy does, but always connect to this address."""

    def pump(exchange: Exchange) -> bool:
        with socket.create_connection(address) as far:
            near = exchange.connection
            near.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            while True:
                for ready in select([near, far], [], [])[0]:
                    chunk = ready.recv(1 << 16)
                    if not chunk:
                        return False
                    (far if ready is near else near).sendall(chunk)

    return pump


class ScriptedServer:
    """Answers the n-th request with the n-th step of its script, and repeats the last step.

    Args:
        steps: the script.
        host: the address to listen on.

    Attributes:
        seen: the requests, in order.
        connections: the number of connections.
        cut_off: the number of responses that ended early because the client closed the connection.
    """

    def __init__(self, *steps: Step, host: str = "127.0.0.1") -> None:
        self.steps = list(steps)
        self.seen: list[Seen] = []
        self.connections = 0
        self.cut_off = 0
        self.stopped = Event()
        self._turn = Lock()
        self.hung_up = Event()
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                server.talk(self.connection, self.rfile)

        class Listener(socketserver.ThreadingTCPServer):
            address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
            daemon_threads = True
            request_queue_size = 64

        self._listener = Listener((host, 0), Handler)
        self._thread = Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True)
        name = f"[{host}]" if ":" in host else host
        self.origin = f"http://{name}:{self._listener.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopped.set()
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()

    def talk(self, connection: socket.socket, stream: Any) -> None:
        """Answer the requests of one connection."""
        self.connections += 1
        try:
            while (seen := _read(stream)) is not None:
                with self._turn:
                    self.seen.append(seen)
                    step = self.steps[min(len(self.seen), len(self.steps)) - 1]
                if not step(Exchange(connection, seen, self.stopped)):
                    return
        except OSError:
            self.cut_off += 1
            self.hung_up.set()


def _read(stream: Any) -> Seen | None:
    line = stream.readline()
    if not line:
        return None
    head = [line]
    while (line := stream.readline()) not in (b"\r\n", b""):
        head.append(line)
    head.append(line)
    pairs = [header.decode("latin-1").partition(":") for header in head[1:-1]]
    headers = tuple((name.lower(), value.strip()) for name, _, value in pairs)
    fields = dict(headers)
    body, raw = b"", b""
    if fields.get("transfer-encoding") == "chunked":
        size = -1
        while size:
            line = stream.readline()
            size = int(line, 16)
            chunk = stream.read(size + 2)
            body, raw = body + chunk[:-2], raw + line + chunk
    else:
        body = raw = stream.read(int(fields.get("content-length", "0")))
    method, target, _ = head[0].decode("latin-1").split(" ")
    return Seen(method, target, headers, body, b"".join(head) + raw)


def repeat(target: str) -> Step:
    """Redirect to ``target`` with the query of the request."""

    def step(exchange: Exchange) -> bool:
        location = f"{target}?{urlsplit(exchange.seen.target).query}"
        return answer(status=302, headers=[("Location", location)])(exchange)

    return step


#: The response of a token endpoint.
GRANTED = answer("oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true")
