"""A small keep-alive HTTP server on a raw socket, in a separate process, so that only the client is measured."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Serve from another process, on another core if the system allows it; yield the origin."""
    with _cores() as server_core:
        command = [sys.executable, "-m", "bench.server", str(server_core)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            assert server.stdin is not None
            try:
                yield f"http://127.0.0.1:{int(server.stdout.readline())}"
            finally:
                server.stdin.close()  # the server ends with its standard input
                server.wait(10)


@contextlib.contextmanager
def _cores() -> Iterator[int]:
    """Keep this process on its first core and yield the last one; yield -1 if it has only one."""
    if not hasattr(os, "sched_setaffinity") or len(allowed := os.sched_getaffinity(0)) < 2:
        yield -1
        return
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield max(allowed)
    finally:
        os.sched_setaffinity(0, allowed)


def serve(core: int) -> None:
    """Answer every request on every connection until standard input ends; print the port first."""
    if core >= 0:
        os.sched_setaffinity(0, {core})
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=_accept, args=(listener,), daemon=True).start()
    sys.stdin.read()


def _accept(listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: socket.socket) -> None:
    received = b""
    with connection, contextlib.suppress(ConnectionError):
        while octets := connection.recv(65536):
            received += octets
            head, blank_line, body = received.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            if blank_line and len(body) >= (int(length[1]) if length else 0):
                connection.sendall(_ANSWER)
                received = b""


if __name__ == "__main__":
    serve(int(sys.argv[1]))
