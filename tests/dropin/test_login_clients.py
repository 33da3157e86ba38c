"""Code written for Authlib's flask_client, django_client and starlette_client, unchanged."""

import asyncio
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from authlib.integrations.django_client import DjangoOAuth1App
from authlib.integrations.django_client import OAuth as DjangoOAuth
from authlib.integrations.flask_client import FlaskOAuth1App, OAuthError
from authlib.integrations.flask_client import OAuth as FlaskOAuth
from authlib.integrations.starlette_client import OAuth as StarletteOAuth
from authlib.integrations.starlette_client import StarletteOAuth1App
from flask import Flask, jsonify, url_for
from login import django_site
from starlette.applications import Starlette
from starlette.config import Config
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from oauthone.testing import Faults, ProviderBox


@pytest.fixture
def box() -> Iterator[ProviderBox]:
    with ProviderBox() as box:
        box.faults = Faults(callback_confirmed=None)  # Authlib takes such a provider without being asked to
        yield box


def settings(box: ProviderBox) -> dict[str, Any]:
    return {
        "client_id": box.client.client_id,
        "client_secret": box.client.client_secret,
        "request_token_url": box.request_token_url,
        "request_token_params": None,
        "access_token_url": box.access_token_url,
        "access_token_params": None,
        "authorize_url": box.authorize_url,
        "authorize_params": None,
        "api_base_url": f"{box.origin}/1.1/",
        "client_kwargs": None,
    }


def test_flask(box: ProviderBox) -> None:
    """Settings of the application, a view for each half of the login, a request for the profile."""
    app = Flask("app")
    app.secret_key = "secret"
    app.config.update(BOX_CLIENT_ID=box.client.client_id, BOX_CLIENT_SECRET=box.client.client_secret)
    oauth = FlaskOAuth()
    given = {name: value for name, value in settings(box).items() if not name.startswith("client_")}
    remote = oauth.register("box", **given)
    oauth.init_app(app)

    @app.route("/login")
    def login() -> Any:
        return remote.authorize_redirect(url_for("authorize", _external=True))

    @app.route("/authorize")
    def authorize() -> Any:
        token = oauth.box.authorize_access_token()
        profile = oauth.box.get("account/verify_credentials.json", params={"skip_status": "1"}, token=token)
        return jsonify(profile.json())

    client = app.test_client()
    callback = box.visit(client.get("/login").headers["Location"])

    assert client.get(callback).get_json()["user"] == "alice"
    assert app.extensions["authlib.integrations.flask_client"] is oauth
    with pytest.raises(OAuthError), app.test_request_context("/authorize?denied=x"):
        oauth.box.authorize_access_token()


def test_flask_with_a_token_that_is_fetched(box: ProviderBox) -> None:
    """Arguments by position, as Authlib has them."""
    issued = box.issue_token()
    token = {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret}
    app = Flask("app")
    oauth = FlaskOAuth(app, None, lambda name: token, None)
    oauth.register("box", True, **settings(box))

    with app.app_context():
        assert oauth.box.get("account").json()["user"] == "alice"


def test_flask_with_a_class_of_ones_own(box: ProviderBox) -> None:
    """Derived from the application class, and registered as ``client_cls``."""

    class Box(FlaskOAuth1App):
        OAUTH_APP_CONFIG = settings(box)

    oauth = FlaskOAuth(Flask("app"))

    assert isinstance(oauth.register("box", client_cls=Box), Box)


def test_django(box: ProviderBox) -> None:
    """The setting has Authlib's name."""
    django_site.configure()
    from django.test import RequestFactory, override_settings

    with override_settings(AUTHLIB_OAUTH_CLIENTS={"box": settings(box)}, ALLOWED_HOSTS=["localhost"]):
        oauth = DjangoOAuth(None, lambda name, request: request.session["token"])
        app = oauth.register("box", False)
        request = RequestFactory().get("/login", headers={"host": "localhost"})
        request.session = _Session()
        callback = box.visit(app.authorize_redirect(request, "http://localhost/authorize").url)
        back = RequestFactory().get(callback, headers={"host": "localhost"})
        back.session = request.session

        back.session["token"] = app.authorize_access_token(back)

    assert isinstance(app, DjangoOAuth1App)
    assert app.get("account", request=back).json()["user"] == "alice"


class _Session(dict[str, Any]):
    def save(self) -> None: ...

    def is_empty(self) -> bool:
        return not self


def test_starlette(box: ProviderBox) -> None:
    """Settings from a Config."""
    environ = {
        "BOX_CLIENT_ID": box.client.client_id,
        "BOX_CLIENT_SECRET": box.client.client_secret,
    }
    oauth = StarletteOAuth(Config(environ=environ), None, None, None)
    given = {name: value for name, value in settings(box).items() if not name.startswith("client_")}
    app = oauth.register("box", **given)

    async def login(request: Any) -> Any:
        return await oauth.box.authorize_redirect(request, request.url_for("authorize"))

    async def authorize(request: Any) -> Any:
        token = await oauth.box.authorize_access_token(request)
        return JSONResponse((await oauth.box.get("account", token=token)).json())

    site = Starlette(
        routes=[Route("/login", login), Route("/authorize", authorize)],
        middleware=[Middleware(SessionMiddleware, secret_key="secret")],
    )
    client = TestClient(site, follow_redirects=False)

    assert client.get(box.visit(client.get("/login").headers["location"])).json()["user"] == "alice"
    assert isinstance(app, StarletteOAuth1App)
    begun = asyncio.run(app.create_authorization_url("http://testserver/authorize"))
    assert begun["state"] == begun["request_token"]["oauth_token"]


def test_no_callback_is_asked_for_unless_there_is_one(box: ProviderBox) -> None:
    """As in Authlib, whose default is to send none."""
    oauth = FlaskOAuth(Flask("app"))
    app = oauth.register("box", **settings(box))

    with pytest.raises(OAuthError, match="parameter_absent"):
        app.create_authorization_url()
    (request,) = box.requests
    assert "oauth_callback" not in (request.header("authorization") or "")


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("flask_client", "FlaskOAuth2App"),
        ("flask_client", "token_update"),
        ("django_client", "DjangoOAuth2App"),
        ("starlette_client", "StarletteOAuth2App"),
    ],
)
def test_what_is_not_here_says_so(module: str, name: str) -> None:
    """And what nobody has is no attribute."""
    with pytest.raises(ImportError, match=f"{name}.*install Authlib"):
        exec(f"from authlib.integrations.{module} import {name}")
    assert not hasattr(sys.modules[f"authlib.integrations.{module}"], "NoSuchThing")


def test_a_provider_of_oauth_2(box: ProviderBox) -> None:
    """Without request_token_url it is one, and that is not here."""
    with pytest.raises(ValueError, match=r"only for OAuth 1\.0"):
        FlaskOAuth(Flask("app")).register("box", client_id="x", access_token_url=box.access_token_url)
