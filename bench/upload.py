"""`python -m bench.upload [CLIENT …] [--mib N]`: the memory of a streamed upload of 1 GiB, signed in the header.

Each client runs in a separate process and sends pieces of 64 KiB, made on demand, to a server that counts bytes. The
output is the growth of the peak resident memory during the upload, compared with a small request before it. The exit
status is 0 if every client stayed below 64 MiB.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

LIMIT = 64
PIECE = b"x" * 65_536
NIQUESTS = str(Path(os.environ.get("NIQUESTS", ".venv-niquests")) / "bin" / "python")
#: The clients, and the function that runs each.
CLIENTS = {
    "requests": sys.executable,
    "httpx": sys.executable,
    "httpx async": sys.executable,
    "httpx2": sys.executable,
    "httpx2 async": sys.executable,
    "aiohttp": sys.executable,
    "niquests": NIQUESTS,
    "niquests async": NIQUESTS,
}


def pieces(mib: int) -> Iterator[bytes]:
    """Yield the body."""
    for _ in range(mib * 16):
        yield PIECE


async def awaited(mib: int) -> AsyncIterator[bytes]:
    """Yield the body asynchronously."""
    for piece in pieces(mib):
        yield piece


def upload(client: str, url: str, mib: int) -> float:
    """Send the body; return by how many MiB the peak memory of this process grew."""
    library = client.removesuffix(" async")
    module = importlib.import_module(f"oauthone.clients.{library}")
    if client == "aiohttp" or client.endswith(" async"):
        kind = getattr(module, "AsyncOAuth1Session", None) or module.AsyncOAuth1Client
        return asyncio.run(_awaited(kind, library, url, mib))
    kind = getattr(module, "OAuth1Session", None) or module.OAuth1Client
    argument = "content" if library.startswith("httpx") else "data"
    with kind("client", "secret", token="token", token_secret="secret") as signing:
        _check(signing.post(url, **{argument: pieces(1)}).content, 1)
        before = _peak()
        _check(signing.post(url, **{argument: pieces(mib)}).content, mib)
        return _peak() - before


async def _awaited(kind: Any, library: str, url: str, mib: int) -> float:
    argument = "content" if library.startswith("httpx") else "data"

    async def post(signing: Any, size: int) -> None:
        response = await signing.post(url, **{argument: awaited(size)})
        content = await response.read() if library == "aiohttp" else response.content
        _check(await content if hasattr(content, "__await__") else content, size)

    async with kind("client", "secret", token="token", token_secret="secret") as signing:
        await post(signing, 1)
        before = _peak()
        await post(signing, mib)
        return _peak() - before


def _check(answer: bytes, mib: int) -> None:
    """Check that the server received all bytes of a signed body."""
    assert answer == str(mib << 20).encode(), answer


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def serve() -> None:
    """Count the bytes of chunked bodies until standard input ends; print the port first."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=_accept, args=(listener,), daemon=True).start()
    sys.stdin.read()


def _accept(listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: socket.socket) -> None:
    with connection, connection.makefile("rb") as stream, contextlib.suppress(ConnectionError):
        while line := stream.readline():
            headers = [line]
            while (line := stream.readline()).strip():
                headers.append(line.lower())
            signed = any(header.startswith(b"authorization: oauth ") for header in headers)
            assert b"transfer-encoding: chunked\r\n" in headers, headers
            count = 0
            while size := int(stream.readline(), 16):
                left = size
                while left:
                    left -= len(stream.read(min(left, 1 << 16)))
                count += size
                stream.readline()
            stream.readline()
            body = str(count).encode() if signed else b"unsigned"
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def main() -> None:
    """Measure the chosen clients."""
    parser = argparse.ArgumentParser(prog="python -m bench.upload")
    parser.add_argument("clients", nargs="*", metavar="CLIENT", help=f"one of {', '.join(CLIENTS)}; default: all")
    parser.add_argument("--mib", type=int, default=1024, help="the size of the body")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--to", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
    elif options.to:
        print(upload(options.clients[0], options.to, options.mib))
    else:
        sys.exit(_measure(options.clients or list(CLIENTS), options.mib))


def _measure(clients: list[str], mib: int) -> int:
    command = [sys.executable, "-m", "bench.upload", "--serve"]
    worst = 0.0
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}/upload?a=1"
        for client in clients:
            arguments = [CLIENTS[client], "-m", "bench.upload", client, "--to", url, "--mib", str(mib)]
            added = float(subprocess.run(arguments, check=True, stdout=subprocess.PIPE, text=True).stdout)
            print(f"{client:15} {mib} MiB sent, {added:6.1f} MiB of memory added", flush=True)
            worst = max(worst, added)
        assert server.stdin is not None
        server.stdin.close()
    print(f"every client stays below {LIMIT} MiB" if worst < LIMIT else f"MISSED: more than {LIMIT} MiB")
    return int(worst >= LIMIT)


if __name__ == "__main__":
    main()
