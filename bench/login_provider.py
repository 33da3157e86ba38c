"""A provider over HTTPS in a separate process, so that a login pays for its own connections and for nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import certifi
import trustme


class Provider(NamedTuple):
    """Where the provider answers, and the authorities of a usual installation with the provider's among them."""

    origin: str
    ca_file: str


@contextlib.contextmanager
def running() -> Iterator[Provider]:
    """Serve from another process; yield the provider."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        authority, ca_file, own = trustme.CA(), Path(folder, "authorities.pem"), Path(folder, "own.pem")
        ca_file.write_bytes(Path(certifi.where()).read_bytes() + authority.cert_pem.bytes())
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(own))
        command = [sys.executable, "-m", __name__, str(own)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            assert server.stdin is not None
            try:
                yield Provider(f"https://127.0.0.1:{int(server.stdout.readline())}", str(ca_file))
            finally:
                server.stdin.close()  # the server ends with its standard input
                server.wait(10)


def response(number: int) -> bytes:
    """The provider's answer to either leg, with other credentials each time."""
    issued = {"oauth_token": f"{number:024}", "oauth_token_secret": "t" * 32, "oauth_callback_confirmed": "true"}
    body = urlencode(issued).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def _serve(certificate: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    numbers = count()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                assert b"\r\nauthorization: oauth " in head.lower()
                writer.write(response(next(numbers)))
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
