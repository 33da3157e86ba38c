"""The CPU of a login with Starlette: in an application as users run it, and without a network.

As users run it, each login makes the HTTP client that its library makes by default, with TLS, and opens a connection
for each leg. The session is Starlette's own cookie. The provider's CPU is not counted: it runs in another process.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from authlib.integrations.starlette_client import OAuth as AuthlibOAuth

from oauthone.login.starlette import OAuth

from . import cases, login_provider
from .login_application import Run, login, register, site, visitor, without_network
from .measure import Effort, compare
from .report import TIMES, Goal, Row

TITLE = "login: CPU of a login with Starlette, both legs and the session; ratio: times as fast"


def run(effort: Effort) -> Iterator[Row]:
    """Yield a row for a login in an application, one for a login without a network, and one for a signed request."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        with login_provider.running() as provider, patch.dict(os.environ, SSL_CERT_FILE=provider.ca_file):
            sites = {name: site(register(made, provider.origin)) for name, made in _registries().items()}
            runs = {name: visitor(loop, made) for name, made in sites.items()}
            yield _row("log in, https", runs, effort, must=1)
        apps = {name: without_network(made) for name, made in _registries().items()}
        yield _row("log in, no network", {name: login(loop, app) for name, app in apps.items()}, effort)
        yield _row("GET with the token", {name: _request(loop, app) for name, app in apps.items()}, effort)


def _registries() -> dict[str, Any]:
    return {"ours": OAuth(secret_key="a secret"), "Authlib": AuthlibOAuth()}


def _row(work: str, runs: dict[str, Run], effort: Effort, must: float | None = None) -> Row:
    samples = compare(runs, effort)
    return Row(work, "µs", samples.medians(), samples.ratio("Authlib", "ours"), Goal(TIMES, must, 1), samples=samples)


def _request(loop: asyncio.AbstractEventLoop, app: Any) -> Run:
    token = {"oauth_token": cases.TOKEN, "oauth_token_secret": cases.TOKEN_SECRET}

    async def request() -> Any:
        return await app.get("account", token=token)

    assert loop.run_until_complete(request()).status_code == 200
    return lambda: loop.run_until_complete(request())
