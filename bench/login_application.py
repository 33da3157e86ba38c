"""An application in which people log in with Starlette, and their visits, for any library with Authlib's interface."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any
from urllib.parse import urlencode

import httpx2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from . import cases

_PROVIDER = "https://provider.example.com"
_CALLBACK = "https://client.example.com/callback"

Run = Callable[[], object]


def without_network(registry: Any) -> Any:
    """Register an application whose provider answers without a network."""
    return register(registry, _PROVIDER, client_kwargs={"transport": httpx2.MockTransport(_Provider())})


def register(registry: Any, origin: str, **options: Any) -> Any:
    """Register the provider at ``origin``."""
    return registry.register(
        "provider",
        client_id=cases.CLIENT_ID,
        client_secret=cases.CLIENT_SECRET,
        request_token_url=f"{origin}/request_token",
        access_token_url=f"{origin}/access_token",
        authorize_url=f"{origin}/authorize",
        api_base_url=f"{origin}/api/",
        **options,
    )


def site(app: Any) -> Starlette:
    """An application with a page that starts a login and one that finishes it."""

    async def start(request: Request) -> Any:
        return await app.authorize_redirect(request, _CALLBACK)

    async def finish(request: Request) -> JSONResponse:
        return JSONResponse(await app.authorize_access_token(request))

    return Starlette(
        routes=[Route("/login", start), Route("/callback", finish)],
        middleware=[Middleware(SessionMiddleware, secret_key="a secret", https_only=True)],
    )


def visitor(loop: asyncio.AbstractEventLoop, site: Starlette) -> Run:
    """Log in with the cookies and the redirect that the application answers with, as a browser does."""

    async def visit() -> int:
        _, headers = await _get(site, "/login")
        cookies = b"; ".join([value.partition(b";")[0] for name, value in headers if name == b"set-cookie"])
        token = httpx2.URL(dict(headers)[b"location"].decode()).params["oauth_token"]
        query = urlencode({"oauth_token": token, "oauth_verifier": "verifier"})
        status, _ = await _get(site, "/callback", query, [(b"cookie", cookies)])
        return status

    assert loop.run_until_complete(visit()) == 200
    return lambda: loop.run_until_complete(visit())


async def _get(site: Any, path: str, query: str = "", headers: Any = ()) -> tuple[int, list[tuple[bytes, bytes]]]:
    """Call an ASGI application; return the status and the headers of its response."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await site(_scope(path, query, headers), receive, send)
    return sent[0]["status"], sent[0]["headers"]


def _scope(path: str, query: str, headers: Any = ()) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"client.example.com"), *headers],
        "server": ("client.example.com", 443),
    }


class _Provider:
    """A provider that issues other credentials each time, and checks no more than that a request is signed."""

    def __init__(self) -> None:
        self._numbers = count()

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        assert request.headers["Authorization"].startswith("OAuth ")
        issued = {"oauth_token": f"{next(self._numbers):024}", "oauth_token_secret": cases.TOKEN_SECRET}
        confirmed = {"oauth_callback_confirmed": "true"} if request.url.path == "/request_token" else {}
        return httpx2.Response(200, text=urlencode(issued | confirmed))


def login(loop: asyncio.AbstractEventLoop, app: Any) -> Run:
    """Log in with a dict for a session, and other temporary credentials each time."""

    async def visit() -> dict[str, Any]:
        session: dict[str, Any] = {}
        response = await app.authorize_redirect(Request({**_scope("/login", ""), "session": session}), _CALLBACK)
        token = httpx2.URL(response.headers["location"]).params["oauth_token"]
        query = urlencode({"oauth_token": token, "oauth_verifier": "verifier"})
        issued: dict[str, Any] = await app.authorize_access_token(
            Request({**_scope("/callback", query), "session": session})
        )
        return issued

    assert loop.run_until_complete(visit())["oauth_token_secret"] == cases.TOKEN_SECRET
    return lambda: loop.run_until_complete(visit())
