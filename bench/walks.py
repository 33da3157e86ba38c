"""``python -m bench.walks``: how often a request changes from one file of the package to another, beside the target.

A reader who follows a request through the code has to change files as often. Time and load do not affect the counts.
Every transport responds at once, so no coroutine suspends, and each walk runs once before it is counted, so no import
counts.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Coroutine, Mapping
from http.cookies import SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import flask
import httpx2
import requests
from requests.adapters import BaseAdapter
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from werkzeug.test import EnvironBuilder, run_wsgi_app

from oauthone import Signer
from oauthone.clients.requests import OAuth1Auth, OAuth1Session
from oauthone.login.starlette import OAuth
from oauthone.server import AsyncVerifier, Client, IssuedToken, MemoryStore, Verifier
from oauthone.server.asgi import VerifyingMiddleware
from oauthone.server.flask import signature_required

from . import cases
from .changes import Changes

_TOKEN: dict[str, Any] = {"token": cases.TOKEN, "token_secret": cases.TOKEN_SECRET}
_ISSUED = {"oauth_token": cases.TOKEN, "oauth_token_secret": cases.TOKEN_SECRET}
_FORM = cases.FORM_10
_PROVIDER = "https://provider.example.com"
_SITE = "https://client.example.com"
_SECRET = "what the application encrypts and signs with"

#: A function that calls another one, and may count meanwhile.
Count = Callable[[Callable[[], Any]], Any]


class Walk(NamedTuple):
    """One path of a request through the package. ``aim`` is the largest number of changes that it should take."""

    name: str
    aim: int
    go: Callable[[Count], None]


# --- clients ----------------------------------------------------------------------------------------------------------


class _AnsweringAdapter(BaseAdapter):
    """An adapter for requests that responds without a connection."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        assert "Authorization" in request.headers
        response = requests.Response()
        response.status_code, response.url, response.request = 200, str(request.url), request
        response._content = b"{}"
        return response

    def close(self) -> None:
        """Do nothing: no connection is open."""


def _session(count: Count) -> None:
    _get(OAuth1Session(cases.CLIENT_ID, cases.CLIENT_SECRET, **_TOKEN), count)


def _bare_auth(count: Count) -> None:
    session = requests.Session()
    session.auth = OAuth1Auth(cases.CLIENT_ID, cases.CLIENT_SECRET, **_TOKEN)
    _get(session, count)


def _get(session: requests.Session, count: Count) -> None:
    with session:
        session.mount("https://", _AnsweringAdapter())
        assert count(lambda: session.get(cases.GET_3.url)).status_code == 200


# --- servers ----------------------------------------------------------------------------------------------------------


def _store() -> MemoryStore:
    store = MemoryStore([Client.create(cases.CLIENT_ID, cases.CLIENT_SECRET)])
    store.save_token(IssuedToken(cases.TOKEN, cases.TOKEN_SECRET, cases.CLIENT_ID))
    return store


def _signed_headers() -> dict[str, str]:
    signer = Signer(cases.CLIENT_ID, cases.CLIENT_SECRET, **_TOKEN)
    signed = signer.sign(_FORM.method, _FORM.url, _FORM.headers, _FORM.body)
    return {**_FORM.headers, "Authorization": str(signed.authorization)}


def _verifier(count: Count) -> None:
    verifier, headers = Verifier(_store()), _signed_headers()
    verified = count(lambda: verifier.verify(_FORM.method, _FORM.url, headers, _FORM.octets))
    assert verified.client_id == cases.CLIENT_ID


def _flask(count: Count) -> None:
    app = flask.Flask("walks")

    @app.post("/<path:path>")
    @signature_required(Verifier(_store()))
    def view(path: str) -> dict[str, str]:
        return flask.request.form.to_dict()

    url, headers = urlsplit(_FORM.url), [*_signed_headers().items()]
    origin = f"{url.scheme}://{url.netloc}"
    environ = EnvironBuilder(url.path, origin, method=_FORM.method, headers=headers, data=_FORM.octets).get_environ()
    _, status, _ = count(lambda: run_wsgi_app(app, environ))
    assert status.startswith("200")


def _asgi(count: Count) -> None:
    async def view(scope: Any, receive: Any, send: Any) -> None:
        await JSONResponse({})(scope, receive, send)

    app = VerifyingMiddleware(view, AsyncVerifier(_store()))
    status, _ = _visit(app, count, _FORM.url, _FORM.method, _signed_headers(), _FORM.octets)
    assert status == 200


def _visit(
    app: Any, count: Count, url: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes = b""
) -> tuple[int, list[tuple[str, str]]]:
    """Send a request to an ASGI application; return status and headers."""
    parts = urlsplit(url)
    lines = {"Host": parts.netloc, "Content-Length": str(len(body)), **(headers or {})}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": parts.scheme,
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in lines.items()],
        "server": (parts.hostname, 443),
        "client": ("192.0.2.1", 50000),
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    count(lambda: asyncio.run(_unsuspended(app(scope, receive, send))))
    return sent[0]["status"], [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]


async def _unsuspended(walk: Coroutine[Any, Any, Any]) -> Any:
    """Return the result of ``walk``. A coroutine that waits would be entered, and counted, once more for each wait."""
    try:
        walk.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("the walk suspended, so it would be counted again")


# --- logins -----------------------------------------------------------------------------------------------------------


def _provider(request: httpx2.Request) -> httpx2.Response:
    assert request.headers["Authorization"].startswith("OAuth ")
    confirmed = {"oauth_callback_confirmed": "true"} if request.url.path == "/request_token" else {}
    return httpx2.Response(200, text=urlencode(_ISSUED | confirmed))


class _Site:
    """An application with a login, and a browser that visits it."""

    def __init__(self) -> None:
        self._cookies: dict[str, str] = {}
        self._remote = OAuth(secret_key=_SECRET).register(
            "provider",
            client_id=cases.CLIENT_ID,
            client_secret=cases.CLIENT_SECRET,
            request_token_url=f"{_PROVIDER}/request_token",
            access_token_url=f"{_PROVIDER}/access_token",
            authorize_url=f"{_PROVIDER}/authorize",
            api_base_url=f"{_PROVIDER}/api/",
            client_kwargs={"transport": httpx2.MockTransport(_provider)},
        )
        self._app = Starlette(
            routes=[Route(f"/{view.__name__}", view) for view in (self.start, self.finish, self.account)],
            middleware=[Middleware(SessionMiddleware, secret_key=_SECRET)],
        )

    async def start(self, request: Request) -> Response:
        """Redirect the browser to the provider."""
        return await self._remote.authorize_redirect(request, f"{_SITE}/finish")

    async def finish(self, request: Request) -> Response:
        """Receive the browser at the callback."""
        return JSONResponse(await self._remote.authorize_access_token(request))

    async def account(self, request: Request) -> Response:
        """Send a signed request to the provider."""
        return Response((await self._remote.get("account", token=_ISSUED)).content)

    def visit(self, path: str, count: Count, status: int = 200) -> None:
        """Open a page; the browser keeps the cookies."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        found, headers = _visit(self._app, count, _SITE + path, headers={"Cookie": cookies})
        assert found == status
        for name, value in headers:
            if name == "set-cookie":
                self._cookies |= {cookie.key: cookie.value for cookie in SimpleCookie(value).values()}


def _login_start(count: Count) -> None:
    _Site().visit("/start", count, 302)


def _login_finish(count: Count) -> None:
    site = _Site()
    site.visit("/start", _uncounted, 302)
    site.visit(f"/finish?{urlencode({'oauth_token': cases.TOKEN, 'oauth_verifier': 'v'})}", count)


def _login_request(count: Count) -> None:
    _Site().visit("/account", count)


# --- the table --------------------------------------------------------------------------------------------------------

WALKS = (
    Walk("requests: OAuth1Session.get", 36, _session),
    Walk("requests: a bare OAuth1Auth", 28, _bare_auth),
    Walk("signed form POST into Flask", 54, _flask),
    Walk("signed form POST into ASGI", 54, _asgi),
    Walk("signed form POST, Verifier.verify", 54, _verifier),
    Walk("login with Starlette, start", 170, _login_start),
    Walk("login with Starlette, finish", 185, _login_finish),
    Walk("signed request from a login", 75, _login_request),
)


def _uncounted(function: Callable[[], Any]) -> Any:
    return function()


def main() -> None:
    """Print a line for each walk and, if asked, the pairs of files."""
    parser = argparse.ArgumentParser(prog="python -m bench.walks", description="Count changes between files.")
    parser.add_argument("--pairs", action="store_true", help="print for each walk which file leads into which")
    with_pairs = parser.parse_args().pairs
    print(f"{'changes from file to file':<36}{'now':>6}{'aim':>6}{'files':>7}")
    for name, aim, go in WALKS:
        go(_uncounted)
        changes = Changes()
        go(changes.during)
        print(f"{name:<36}{changes.pairs.total():>6}{aim:>6}{len(changes.files):>7}")
        if with_pairs:
            print(*(f"{times:>6} × {a} → {b}" for (a, b), times in changes.pairs.most_common()), sep="\n", end="\n\n")


if __name__ == "__main__":
    main()
