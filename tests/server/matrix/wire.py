"""HTTP/1.1 by hand: sends bytes, and reads one response at a time."""

import json
import socket
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple, Self

PATIENCE = 4.0


class OutOfStep(Exception):
    """The bytes from the server are not the response to the request."""


class Response(NamedTuple):
    """A response. ``view`` is what the application reported; None if it was not reached."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    version: str = "HTTP/1.1"

    def values(self, name: str) -> list[str]:
        """Return the values of a header."""
        return [value for key, value in self.headers if key.lower() == name]

    @property
    def ends(self) -> bool:
        """Whether it is the last response on its connection (RFC 9112 section 9.3)."""
        options = ",".join(self.values("connection")).lower()
        return "close" in options or (self.version == "HTTP/1.0" and "keep-alive" not in options)

    @property
    def view(self) -> dict[str, Any] | None:
        """The report of the application."""
        found = self.values("x-view")
        return json.loads(found[0]) if found else None


def request(
    method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes = b"", version: str = "HTTP/1.1"
) -> bytes:
    """Return the octets of a request, unchecked. Each character is an octet."""
    lines = [f"{method} {target} {version}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


class Connection:
    """One connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, traceback: TracebackType | None) -> None:
        self._socket.close()

    def send(self, octets: bytes) -> bool:
        """Return whether the server still accepted the bytes."""
        try:
            self._socket.sendall(octets)
        except (ConnectionError, TimeoutError):
            return False
        return True

    def receive(self, *, to_head: bool = False) -> Response | None:
        """Return the next response; None if the server closed the connection instead.

        Raises:
            OutOfStep: the bytes are not a response.
        """
        while True:
            start = self._until(b"\r\n")
            if start is None:
                return None
            parts = start.split(b" ", 2)
            if not parts[0].startswith(b"HTTP/1.") or len(parts) < 2 or not parts[1].isdigit():
                raise OutOfStep(f"{start[:80]!r} begins no response")
            status, headers = int(parts[1]), self._headers()
            if status >= 200:
                bodiless = to_head or status in (204, 304)
                return Response(status, headers, b"" if bodiless else self._body(headers), parts[0].decode())

    def rest(self) -> bytes:
        """Return the bytes after the last response."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
        while self._fill():
            pass
        return self._buffer

    def _headers(self) -> list[tuple[str, str]]:
        headers = []
        while line := self._until(b"\r\n"):
            name, _, value = line.decode("latin-1").partition(":")
            headers.append((name, value.strip()))
        return headers

    def _body(self, headers: list[tuple[str, str]]) -> bytes:
        named = {name.lower(): value for name, value in headers}
        if "chunked" in named.get("transfer-encoding", ""):
            chunks = []
            while size := int((self._until(b"\r\n") or b"0").split(b";")[0], 16):
                chunks.append(self._exactly(size))
                self._until(b"\r\n")
            while self._until(b"\r\n"):
                pass  # trailers
            return b"".join(chunks)
        if "content-length" in named:
            return self._exactly(int(named["content-length"]))
        while self._fill():
            pass
        rest, self._buffer = self._buffer, b""
        return rest

    def _until(self, end: bytes) -> bytes | None:
        while end not in self._buffer:
            if not self._fill():
                if self._buffer:
                    raise OutOfStep(f"the connection ends within {self._buffer[:80]!r}")
                return None
        before, _, self._buffer = self._buffer.partition(end)
        return before

    def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            if not self._fill():
                raise OutOfStep("the connection ends within a body")
        octets, self._buffer = self._buffer[:size], self._buffer[size:]
        return octets

    def _fill(self) -> bool:
        if not self._ended:
            try:
                if hasattr(
                    socket, "TCP_QUICKACK"
                ):  # otherwise some servers wait for an acknowledgement, and this client waits for them
                    self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
                more = self._socket.recv(65536)
            except ConnectionError:
                more = b""
            self._ended = not more
            self._buffer += more
        return not self._ended
