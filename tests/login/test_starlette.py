"""What is particular to Starlette and FastAPI."""

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.config import Config
from starlette.datastructures import URL, Secret
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request

from oauthone.errors import SessionMissing
from oauthone.login.starlette import OAuth, StarletteOAuth1App
from oauthone.testing import ProviderBox

from .sites import registration


def settings_for(box: ProviderBox) -> dict[str, str]:
    return {f"BOX_{option.upper()}": value for option, value in registration(box).items()}


def request_in(app: Any, **scope: Any) -> Request:
    found = {"type": "http", "headers": [(b"host", b"localhost")], "query_string": b"", "session": {}, "app": app}
    return Request({**found, **scope})


@pytest.mark.parametrize("kind", ["Config", "dict"])
def test_settings_fill_in_what_is_not_given(box: ProviderBox, kind: str) -> None:
    """Those that are named after the provider, in a Config or a dict."""
    given: Any = settings_for(box)
    oauth = OAuth(Config(environ=given) if kind == "Config" else given)

    app = oauth.register("box", client_id="given")

    assert isinstance(app, StarletteOAuth1App)
    assert (app.client_id, app.client_secret) == ("given", box.client.client_secret)


def test_no_session_middleware(box: ProviderBox) -> None:
    """The error names what to add, and the provider is asked for nothing."""
    app = OAuth().register("box", **registration(box))
    request = Request({"type": "http", "headers": [], "query_string": b""})

    with pytest.raises(SessionMissing, match="SessionMiddleware"):
        asyncio.run(app.authorize_redirect(request, "http://localhost/callback"))
    assert box.requests == []


@pytest.mark.parametrize(
    "middleware",
    [
        Middleware(SessionMiddleware, secret_key="text"),
        Middleware(SessionMiddleware, "positional"),
        Middleware(SessionMiddleware, secret_key=Secret("hides itself")),
    ],
    ids=["text", "positional", "Secret"],
)
def test_the_secret_of_the_middleware_is_found(box: ProviderBox, middleware: Middleware) -> None:
    """However it was given."""
    app = OAuth().register("box", **registration(box))
    request = request_in(Starlette(middleware=[middleware]))

    response = asyncio.run(app.authorize_redirect(request, URL("http://localhost/callback")))

    assert (response.status_code, response.headers["location"][:5]) == (302, "http:")
    assert request.session["_oauthone"]


def test_a_secret_that_cannot_be_found(box: ProviderBox) -> None:
    """With the sessions of somebody else's middleware: the error names the argument."""
    app = OAuth().register("box", **registration(box))
    for application in (Starlette(), None):
        with pytest.raises(SessionMissing, match=r"OAuth\(secret_key=…\)"):
            asyncio.run(app.authorize_redirect(request_in(application), "http://localhost/callback"))
    assert box.requests == []

    told = OAuth(secret_key=Secret("given")).register("box", **registration(box))
    asyncio.run(told.authorize_redirect(request_in(None), "http://localhost/callback"))


def test_a_token_that_is_looked_up_in_a_database(box: ProviderBox) -> None:
    """``fetch_token`` may be awaited, and gets the name and the request."""
    issued = box.issue_token()
    asked: list[tuple[str, Any]] = []

    async def fetch(name: str, request: Any) -> dict[str, str]:
        asked.append((name, request))
        return {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret}

    app = OAuth(fetch_token=fetch).register("box", **registration(box))
    request = request_in(None)

    assert asyncio.run(app.get("x", request=request)).json()["user"] == "alice"
    assert asked == [("box", request)]


@pytest.mark.parametrize(
    ("hidden", "expected"),
    [((), "httpx2"), (("httpx2",), "httpx"), (("httpx", "httpx2"), "pip install 'oauthone[httpx2]'")],
)
def test_which_http_library_is_taken(hidden: tuple[str, ...], expected: str) -> None:
    """httpx2, else httpx, else an error that names the extra."""
    program = f"""
import sys
for name in {hidden!r}:
    sys.modules[name] = None
from oauthone.login._handlers import httpx_client
try:
    print(httpx_client().__module__)
except ModuleNotFoundError as missing:
    print(missing)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50, check=True)

    assert expected in done.stdout


def test_another_missing_library_is_told_as_it_is() -> None:
    """What httpx2 itself lacks is not taken for httpx2."""
    program = """
import sys
sys.modules["oauthone.clients._httpx_clients"] = None
from oauthone.login._handlers import httpx_client
httpx_client()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50)

    assert done.returncode == 1
    assert "oauthone.clients._httpx_clients" in done.stderr
