"""A provider as a company runs it: clients and tokens in a database, short-lived records in Redis.

python -m contract.real_provider PORT DATABASE REDIS JOURNAL

starts two workers. The operating system distributes connections among the workers on one port.
"""

import os
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from forks import fork
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from oauthone.errors import VerificationError
from oauthone.server import AsyncProvider, AsyncProviderStore, AsyncVerifier, EndpointResponse
from oauthone.server.asgi import VERIFIED, VerifyingMiddleware, request_from_scope
from oauthone.server.stores.redis import AsyncRedisStore
from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore

WORKERS = 2


class SplitStore:
    """A store that keeps clients and tokens in one store, and nonces and pending authorizations in another."""

    def __init__(self, lasting: AsyncProviderStore, passing: AsyncProviderStore) -> None:
        self.find_client = lasting.find_client
        self.find_credentials = lasting.find_credentials
        self.save_token = lasting.save_token
        self.use_nonce = passing.use_nonce
        self.save_pending = passing.save_pending
        self.find_pending = passing.find_pending
        self.approve_pending = passing.approve_pending
        self.take_pending = passing.take_pending
        self.count_verifier_attempt = passing.count_verifier_attempt


class WorkerName:
    """Names the process in a header of each response and in a journal, because clients hide some responses.

    It ends each connection, so that another worker may receive the next request.
    """

    def __init__(self, app: Any, journal: str) -> None:
        self._app = app
        self._journal = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        async def send_named(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"x-worker", b"%d" % os.getpid()),
                    (b"connection", b"close"),
                ]
                os.write(self._journal, f"{os.getpid()} {scope['path']}\n".encode())
            await send(message)

        await self._app(scope, receive, send_named)


def application(database: str, redis: str, journal: str) -> Any:
    """Return the provider's application, a new one for each worker."""
    store = SplitStore(AsyncSQLAlchemyStore(database, timeout=30), AsyncRedisStore(redis))
    verifier = AsyncVerifier(store, allow_insecure_transport=True)
    provider = AsyncProvider(store, verifier=verifier)

    async def request_token(request: Request) -> Response:
        return answered(
            await provider.temporary_credentials(request_from_scope(request.scope).with_body(await request.body()))
        )

    async def access_token(request: Request) -> Response:
        return answered(
            await provider.token_credentials(request_from_scope(request.scope).with_body(await request.body()))
        )

    async def authorize(request: Request) -> Response:
        """Show the page that asks, and handle its form."""
        token = request.query_params["oauth_token"]
        try:
            if request.method == "POST":
                decision = await provider.approve(token, "alice", {"scope": "read"})
                return Response(decision.verifier, 303, {"Location": decision.redirect or "/code"})
            _, client = await provider.pending(token)
        except VerificationError as refused:
            return Response(refused.problem, refused.status)
        return HTMLResponse(f"<p>May {client.name} see your photos?")

    async def resource(request: Request) -> Response:
        verified = request.scope[VERIFIED]
        said = {"client": verified.client_id, "user": verified.user, "scope": verified.credentials.extra["scope"]}
        return JSONResponse(said | {"sent": (await request.body()).decode()})

    methods = ["GET", "POST"]
    endpoints = {"/request_token": request_token, "/authorize": authorize, "/access_token": access_token}
    routes = [Route(path, endpoint, methods=methods) for path, endpoint in endpoints.items()]
    app = Starlette(routes=[*routes, Route("/resource", resource, methods=methods)])
    protected = VerifyingMiddleware(app, verifier, protects=lambda scope: scope["path"] == "/resource")
    return WorkerName(protected, journal)


def answered(answer: EndpointResponse) -> Response:
    """Return the framework's response for ours."""
    return Response(answer.body, answer.status, dict(answer.headers))


def main() -> None:
    port, *places = sys.argv[1:]
    fork(WORKERS)
    listening = socket.create_server(("127.0.0.1", int(port)), reuse_port=True)
    server = uvicorn.Server(uvicorn.Config(application(*places), log_level="warning"))
    os.write(sys.stdout.fileno(), b"ready\n")  # in one piece, beside those of the others
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
