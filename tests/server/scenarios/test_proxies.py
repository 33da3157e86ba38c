"""Real uvicorn, which trusts ``X-Forwarded-Proto`` from its own machine, and the effect on a verifier."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest
import uvicorn

from oauthone import Signer
from oauthone.server import Client, MemoryStore

from ..glue.surfaces import asgi


class Uvicorn(uvicorn.Server):
    """A server that signals when it serves."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serves = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serves.set()


@contextmanager
def behind_uvicorn(settings: dict[str, Any], **options: Any) -> Iterator[int]:
    store = MemoryStore([Client.create("client", "secret", signature_methods=("HMAC-SHA1", "PLAINTEXT"))])
    app = asgi(store, {"token": "none", **settings}, {})
    server = Uvicorn(uvicorn.Config(app, log_config=None, lifespan="off", ws="none", **options))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            assert server.serves.wait(20)
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def status_of(port: int, method: str, forwarded: str | None) -> int:
    """Return the status of a request that its client signed for https."""
    signed = Signer("client", "secret", signature_method=method).sign("GET", "https://api.example/")
    headers = {"Authorization": str(signed.authorization), "Host": "api.example"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(
            "GET", "/", headers=headers | ({} if forwarded is None else {"X-Forwarded-Proto": forwarded})
        )
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("forwarded", [None, "http", "https"])
@pytest.mark.parametrize(("public", "statuses"), [("https", [200, 200]), ("http", [401, 403])])
def test_with_a_public_url_no_header_decides_about_the_scheme(
    forwarded: str | None, public: str, statuses: list[int]
) -> None:
    with behind_uvicorn({"public_url": f"{public}://api.example"}) as port:
        assert [status_of(port, method, forwarded) for method in ("HMAC-SHA1", "PLAINTEXT")] == statuses


@pytest.mark.parametrize(
    ("options", "statuses"),
    [({}, [401, 403, 200, 200]), ({"proxy_headers": False}, [401, 403, 401, 403])],
    ids=["by default", "no proxy headers"],
)
def test_without_a_public_url_the_scheme_is_that_of_the_server(options: dict[str, Any], statuses: list[int]) -> None:
    """By default a client on the same machine decides it, and so does a proxy there."""
    asked = [(method, forwarded) for forwarded in (None, "https") for method in ("HMAC-SHA1", "PLAINTEXT")]
    with behind_uvicorn({"hosts": ["api.example"]}, **options) as port:
        assert [status_of(port, *one) for one in asked] == statuses
