"""The CPU of a login with Starlette: in an application as users run it, and without a network.

As users run it, each login makes the HTTP client that its library makes by default, with TLS, and opens a connection
for each leg. The session is Starlette's own cookie. The provider's CPU is not counted: it runs in another process.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import httpx2
from authlib.integrations.starlette_client import OAuth as AuthlibOAuth
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from oauthone.login.starlette import OAuth

from . import cases, login_provider
from .measure import Effort, compare
from .report import TIMES, Goal, Row

TITLE = "login: CPU of a login with Starlette, both legs and the session; ratio: times as fast"

_PROVIDER = "https://provider.example.com"
_CALLBACK = "https://client.example.com/callback"

_Run = Callable[[], object]


def run(effort: Effort) -> Iterator[Row]:
    """Yield a row for a login in an application, one for a login without a network, and one for a signed request."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        with login_provider.running() as provider, patch.dict(os.environ, SSL_CERT_FILE=provider.ca_file):
            sites = {name: _site(_register(made, provider.origin)) for name, made in _registries().items()}
            runs = {name: _visitor(loop, site) for name, site in sites.items()}
            yield _row("log in, https", runs, effort, must=1)
        offline = {"client_kwargs": {"transport": httpx2.MockTransport(_Provider())}}
        apps = {name: _register(made, _PROVIDER, **offline) for name, made in _registries().items()}
        yield _row("log in, no network", {name: _login(loop, app) for name, app in apps.items()}, effort)
        yield _row("GET with the token", {name: _request(loop, app) for name, app in apps.items()}, effort)


def _registries() -> dict[str, Any]:
    return {"ours": OAuth(secret_key="a secret"), "Authlib": AuthlibOAuth()}


def _row(work: str, runs: dict[str, _Run], effort: Effort, must: float | None = None) -> Row:
    samples = compare(runs, effort)
    return Row(work, "µs", samples.medians(), samples.ratio("Authlib", "ours"), Goal(TIMES, must, 1), samples=samples)


def _register(registry: Any, origin: str, **options: Any) -> Any:
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


def _site(app: Any) -> Starlette:
    """An application with a page that starts a login and one that finishes it."""

    async def start(request: Request) -> Any:
        return await app.authorize_redirect(request, _CALLBACK)

    async def finish(request: Request) -> JSONResponse:
        return JSONResponse(await app.authorize_access_token(request))

    return Starlette(
        routes=[Route("/login", start), Route("/callback", finish)],
        middleware=[Middleware(SessionMiddleware, secret_key="a secret", https_only=True)],
    )


def _visitor(loop: asyncio.AbstractEventLoop, site: Starlette) -> _Run:
    """Log in with the cookies and the redirect that the application answers with, as a browser does."""

    async def login() -> int:
        _, headers = await _get(site, "/login")
        cookies = b"; ".join([value.partition(b";")[0] for name, value in headers if name == b"set-cookie"])
        token = httpx2.URL(dict(headers)[b"location"].decode()).params["oauth_token"]
        query = urlencode({"oauth_token": token, "oauth_verifier": "verifier"})
        status, _ = await _get(site, "/callback", query, [(b"cookie", cookies)])
        return status

    assert loop.run_until_complete(login()) == 200
    return lambda: loop.run_until_complete(login())


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


def _login(loop: asyncio.AbstractEventLoop, app: Any) -> _Run:
    async def login() -> dict[str, Any]:
        session: dict[str, Any] = {}
        response = await app.authorize_redirect(Request({**_scope("/login", ""), "session": session}), _CALLBACK)
        token = httpx2.URL(response.headers["location"]).params["oauth_token"]
        query = urlencode({"oauth_token": token, "oauth_verifier": "verifier"})
        issued: dict[str, Any] = await app.authorize_access_token(
            Request({**_scope("/callback", query), "session": session})
        )
        return issued

    assert loop.run_until_complete(login())["oauth_token_secret"] == cases.TOKEN_SECRET
    return lambda: loop.run_until_complete(login())


def _request(loop: asyncio.AbstractEventLoop, app: Any) -> _Run:
    token = {"oauth_token": cases.TOKEN, "oauth_token_secret": cases.TOKEN_SECRET}

    async def request() -> Any:
        return await app.get("account", token=token)

    assert loop.run_until_complete(request()).status_code == 200
    return lambda: loop.run_until_complete(request())
