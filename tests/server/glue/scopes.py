"""Signed requests for the modules of the frameworks, without a server."""

import http.client
from typing import Any, NamedTuple

from oauthone import Signer
from oauthone.server import Client, IssuedToken, MemoryStore

CLIENTS = [Client.create("client", "secret")]


def new_store() -> MemoryStore:
    """Return a store with a client and a token."""
    made = MemoryStore(CLIENTS)
    made.save_token(IssuedToken("t", "ts", "client", "ann", extra={"scope": "read write"}))
    return made


async def call(app: Any, scope: dict[str, Any], body: bytes = b"") -> list[Any]:
    """Return the messages of an ASGI application."""
    sent: list[Any] = []
    first = {"type": "websocket.connect"} if scope["type"] == "websocket" else {"type": "http.request", "body": body}

    async def receive() -> Any:
        return first

    async def send(message: Any) -> None:
        sent.append(message)

    base = {"headers": [(b"host", b"x.example")], "method": "GET", "path": "/", "query_string": b"", "scheme": "https"}
    await app({**base, **scope}, receive, send)
    return sent


class Whatever(NamedTuple):
    """An unsigned request."""

    headers: dict[str, str]
    query: str
    body: bytes | None


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def status_of(port: int, method: str, one: Whatever) -> int:
    """Send a request to a server of this machine, and return the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, f"/{one.query}", one.body, one.headers)
        return connection.getresponse().status
    finally:
        connection.close()


def sign_form(url: str, body: bytes = b"a=1", **signer: Any) -> dict[str, str]:
    """Return the headers of a signed form."""
    signed = Signer("client", "secret", token="t", token_secret="ts", **signer).sign("POST", url, FORM, body)
    return {**FORM, "Authorization": str(signed.authorization)}


TOLD: list[Any] = []


def told(error: Any) -> None:
    """A listener that remembers each rejection in ``TOLD``."""
    TOLD.append(error)


def configure_django() -> None:
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(SECRET_KEY="for tests only", USE_TZ=True)
        django.setup()


def header(method: str, url: str, headers: Any = None, body: bytes | None = None) -> dict[str, str]:
    return {"Authorization": str(Signer("client", "secret").sign(method, url, headers, body).authorization)}
