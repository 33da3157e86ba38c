"""The workers of the server under test: a process for each listening socket, which shares the store with the others.

python -m race.worker STORE FD …
"""

import os
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import Any

from forks import fork

from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import StoreError, VerificationError
from oauthone.server import MemoryStore, Provider, Verifier

#: How many seconds a worker waits for Redis, separately for a connection of its pool, to connect, and for a reply.
TIMEOUT = 1.0


def store_for(url: str) -> Any:
    """Return the store of a URL; ``memory`` is a store that no other worker shares, ``cluster:6379,6380`` a cluster."""
    if url == "memory":
        return MemoryStore()
    if url.startswith("redis:"):
        from oauthone.server.stores.redis import RedisStore

        return RedisStore(url, timeout=TIMEOUT)
    if url.startswith("cluster:"):
        from redis.backoff import NoBackoff
        from redis.cluster import ClusterNode, RedisCluster
        from redis.retry import Retry

        from oauthone.server.stores.redis import RedisStore

        waits: dict[str, Any] = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}
        nodes = [ClusterNode("127.0.0.1", int(port)) for port in url.partition(":")[2].split(",")]
        return RedisStore(RedisCluster(startup_nodes=nodes, retry=Retry(NoBackoff(), 0), **waits))
    from oauthone.server.stores.sqlalchemy import SQLAlchemyStore

    return SQLAlchemyStore(url, timeout=30)


def handler_for(store: Any) -> type[BaseHTTPRequestHandler]:
    verifier = Verifier(store, allow_insecure_transport=True)
    provider = Provider(store, verifier=verifier)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 1 << 16

        def do_GET(self) -> None:
            try:
                verifier.verify("GET", self._url(), self.headers.items())
            except VerificationError as refused:
                self._answer(refused.status, refused.problem.encode())
            except StoreError:
                self._answer(503, b"")
            else:
                self._answer(200, b"")

        def do_POST(self) -> None:
            answer = provider.token_credentials(IncomingRequest.from_url("POST", self._url(), self.headers.items()))
            self._answer(answer.status, answer.body)

        def log_message(self, *arguments: Any) -> None:
            pass

        def _url(self) -> str:
            return f"http://{self.headers['Host']}{self.path}"

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


class Worker(ThreadingHTTPServer):
    """A server on a shared socket: a worker that is too late to accept a connection continues to wait."""

    def __init__(self, listening: socket.socket, store: Any) -> None:
        super().__init__(("127.0.0.1", 0), handler_for(store), bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.socket.setblocking(False)


def main() -> None:
    url, *descriptors = sys.argv[1:]
    if url != "memory":
        import_module(f"oauthone.server.stores.{'redis' if url.startswith(('redis:', 'cluster:')) else 'sqlalchemy'}")
    number = fork(len(descriptors))
    worker = Worker(socket.socket(fileno=int(descriptors[number])), store_for(url))
    os.write(sys.stdout.fileno(), b"ready\n")  # in one piece, beside those of the others
    worker.serve_forever()


if __name__ == "__main__":
    main()
