"""What is particular to Starlette and FastAPI."""

import asyncio
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
def test_settings_fill_in_missing_options(box: ProviderBox, kind: str) -> None:
    """Their names begin with the provider's name. With ``overwrite`` they override the others."""
    given: Any = settings_for(box)
    oauth = OAuth(Config(environ=given) if kind == "Config" else given)

    app = oauth.register("box", client_id="given")

    assert isinstance(app, StarletteOAuth1App)
    assert (app.client_id, app.client_secret) == ("given", box.client.client_secret)


def test_a_missing_session_middleware_is_reported_before_the_provider_is_asked(box: ProviderBox) -> None:
    """The error names the middleware to add."""
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
def test_the_secret_of_the_session_middleware_is_found(box: ProviderBox, middleware: Middleware) -> None:
    """As a keyword argument and as a positional one."""
    app = OAuth().register("box", **registration(box))
    request = request_in(Starlette(middleware=[middleware]))

    response = asyncio.run(app.authorize_redirect(request, URL("http://localhost/callback")))

    assert (response.status_code, response.headers["location"][:5]) == (302, "http:")
    assert request.session["_oauthone"]


def test_the_error_for_another_session_middleware_names_secret_key(box: ProviderBox) -> None:
    app = OAuth().register("box", **registration(box))
    for application in (Starlette(), None):
        with pytest.raises(SessionMissing, match=r"OAuth\(secret_key=…\)"):
            asyncio.run(app.authorize_redirect(request_in(application), "http://localhost/callback"))
    assert box.requests == []

    told = OAuth(secret_key=Secret("given")).register("box", **registration(box))
    asyncio.run(told.authorize_redirect(request_in(None), "http://localhost/callback"))


def test_fetch_token_may_be_a_coroutine_function(box: ProviderBox) -> None:
    """It gets the name and the request."""
    issued = box.issue_token()
    asked: list[tuple[str, Any]] = []

    async def fetch(name: str, request: Any) -> dict[str, str]:
        asked.append((name, request))
        return {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret}

    app = OAuth(fetch_token=fetch).register("box", **registration(box))
    request = request_in(None)

    assert asyncio.run(app.get("x", request=request)).json()["user"] == "alice"
    assert asked == [("box", request)]
