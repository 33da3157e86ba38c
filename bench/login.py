"""A whole login with Starlette, and one signed request, over a transport that responds at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from urllib.parse import urlencode

import httpx2
from authlib.integrations.starlette_client import OAuth as AuthlibOAuth
from starlette.requests import Request

from oauthone.login.starlette import OAuth

from . import cases
from .measure import Effort, compare
from .report import TIMES, Goal, Row

TITLE = "login: CPU of a login with Starlette, both legs and the session, without a network; ratio: times as fast"

_PROVIDER = "https://provider.example.com"
_SITE = "https://client.example.com"
_CALLBACK = f"{_SITE}/callback"

_Run = Callable[[], object]


def run(effort: Effort) -> Iterator[Row]:
    """Yield one row for a login, and one for a signed request with the token."""
    registries: dict[str, Any] = {"ours": OAuth(secret_key="a secret"), "Authlib": AuthlibOAuth()}
    apps = {name: _register(registry) for name, registry in registries.items()}
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        yield _row("log in", {name: _login(loop, app) for name, app in apps.items()}, effort)
        yield _row("GET with the token", {name: _request(loop, app) for name, app in apps.items()}, effort)


def _row(work: str, runs: dict[str, _Run], effort: Effort) -> Row:
    samples = compare(runs, effort)
    return Row(work, "µs", samples.medians(), samples.ratio("Authlib", "ours"), Goal(TIMES, None, 1), samples=samples)


def _register(registry: Any) -> Any:
    return registry.register(
        "provider",
        client_id=cases.CLIENT_ID,
        client_secret=cases.CLIENT_SECRET,
        request_token_url=f"{_PROVIDER}/request_token",
        access_token_url=f"{_PROVIDER}/access_token",
        authorize_url=f"{_PROVIDER}/authorize",
        api_base_url=f"{_PROVIDER}/api/",
        client_kwargs={"transport": httpx2.MockTransport(_Provider())},
    )


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
        response = await app.authorize_redirect(_visit("/login", "", session), _CALLBACK)
        token = httpx2.URL(response.headers["location"]).params["oauth_token"]
        query = urlencode({"oauth_token": token, "oauth_verifier": "verifier"})
        issued: dict[str, Any] = await app.authorize_access_token(_visit("/callback", query, session))
        return issued

    assert loop.run_until_complete(login())["oauth_token_secret"] == cases.TOKEN_SECRET
    return lambda: loop.run_until_complete(login())


def _request(loop: asyncio.AbstractEventLoop, app: Any) -> _Run:
    token = {"oauth_token": cases.TOKEN, "oauth_token_secret": cases.TOKEN_SECRET}

    async def request() -> Any:
        return await app.get("account", token=token)

    assert loop.run_until_complete(request()).status_code == 200
    return lambda: loop.run_until_complete(request())


def _visit(path: str, query: str, session: dict[str, Any]) -> Request:
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "https",
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"host", b"client.example.com")],
        "server": ("client.example.com", 443),
        "session": session,
    }
    return Request(scope)
