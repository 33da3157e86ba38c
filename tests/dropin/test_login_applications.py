"""What Authlib's registries and applications take besides: silent caches, errors by their class, user agents."""

import asyncio
import sys
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
import requests
from authlib.integrations import base_client
from authlib.integrations.base_client import (
    BaseApp,
    BaseOAuth,
    MissingRequestTokenError,
    MissingTokenError,
    OAuth1Mixin,
    OAuthError,
)
from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.django_client import OAuth as DjangoOAuth
from authlib.integrations.flask_client import OAuth as FlaskOAuth
from authlib.integrations.starlette_client import OAuth as StarletteOAuth
from flask import Flask
from login import django_site
from login.sites import registration
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from oauthone.testing import ProviderBox


@pytest.fixture
def box() -> Iterator[ProviderBox]:
    with ProviderBox() as box:
        yield box


class SilentCache:
    """A cache as Authlib's documentation shows it: three methods, and ``delete`` returns None."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self.kept.get(key)

    def set(self, key: str, value: str, expires: int | None = None) -> None:
        self.kept[key] = value

    def delete(self, key: str) -> None:
        self.kept.pop(key, None)


class AwaitedSilentCache(SilentCache):
    """The same, awaited."""

    async def get(self, key: str) -> str | None:  # type: ignore[override]
        return super().get(key)

    async def set(self, key: str, value: str, expires: int | None = None) -> None:  # type: ignore[override]
        super().set(key, value, expires)

    async def delete(self, key: str) -> None:  # type: ignore[override]
        super().delete(key)


def flask_site(box: ProviderBox, **options: Any) -> tuple[Any, FlaskOAuth]:
    app = Flask("app")
    app.secret_key = "secret"
    oauth = FlaskOAuth(app, **options)
    oauth.register("box", **registration(box))
    app.add_url_rule("/login", "login", lambda: oauth.box.authorize_redirect("http://localhost/authorize"))
    app.add_url_rule("/authorize", "authorize", lambda: oauth.box.authorize_access_token())
    app.register_error_handler(OAuthError, lambda error: (error.error, 400))
    return app.test_client(), oauth


def test_a_cache_that_says_nothing_about_deletions(box: ProviderBox) -> None:
    """A callback works, and works once."""
    cache = SilentCache()
    client, _ = flask_site(box, cache=cache)
    callback = box.visit(client.get("/login").location)
    assert cache.kept

    assert client.get(callback).status_code == 200
    assert not cache.kept
    assert client.get(callback).text == "callback_reused"


def test_an_awaited_cache_that_says_nothing_about_deletions(box: ProviderBox) -> None:
    """The same in Starlette."""
    oauth = StarletteOAuth(cache=AwaitedSilentCache())
    oauth.register("box", **registration(box))

    async def login(request: Any) -> Any:
        return await oauth.box.authorize_redirect(request, request.url_for("authorize"))

    async def authorize(request: Any) -> Any:
        try:
            return JSONResponse(await oauth.box.authorize_access_token(request))
        except OAuthError as error:
            return JSONResponse(error.error, 400)

    site = Starlette(
        routes=[Route("/login", login), Route("/authorize", authorize)],
        middleware=[Middleware(SessionMiddleware, secret_key="secret")],
    )
    client = TestClient(site, follow_redirects=False)
    callback = box.visit(client.get("/login").headers["location"])

    assert client.get(callback).status_code == 200
    assert client.get(callback).json() == "callback_reused"


def test_a_request_without_a_token(box: ProviderBox) -> None:
    """The error has a class of its own; ``withhold_token`` signs with the client's credentials alone."""
    client, oauth = flask_site(box)
    with client.application.app_context():
        with pytest.raises(MissingTokenError) as caught:
            oauth.box.get("account")
        said = oauth.box.get(box.two_legged_url, withhold_token=True).json()
        token = box.issue_token()
        held = {"oauth_token": token.token, "oauth_token_secret": token.token_secret}
        assert oauth.box.get("account", token=held, withhold_token=False).json()["user"] == "alice"

    assert caught.value.error == "missing_token"
    assert (said["client_id"], said["token"]) == (box.client.client_id, None)


def test_the_last_step_by_hand(box: ProviderBox) -> None:
    """Where the program keeps the temporary credentials itself."""
    _, oauth = flask_site(box)
    begun = oauth.box.create_authorization_url("http://localhost/authorize")
    verifier = box.visit(begun["url"]).partition("oauth_verifier=")[2]

    with pytest.raises(MissingRequestTokenError):
        oauth.box.fetch_access_token(oauth_verifier=verifier)
    token = oauth.box.fetch_access_token(begun["request_token"], oauth_verifier=verifier)
    assert oauth.box.get("account", token=token).json()["user"] == "alice"

    async def steps() -> Any:
        app = StarletteOAuth().register("box", **registration(box))
        begun = await app.create_authorization_url("http://localhost/authorize")
        verifier = box.visit(begun["url"]).partition("oauth_verifier=")[2]
        token = await app.fetch_access_token(begun["request_token"], oauth_verifier=verifier)
        return (await app.get("account", token=token)).json()["user"]

    assert asyncio.run(steps()) == "alice"


@pytest.mark.parametrize("make", [FlaskOAuth, DjangoOAuth, StarletteOAuth])
def test_what_registering_takes(box: ProviderBox, make: Any) -> None:
    """A user agent; options without a meaning for OAuth 1.0, which are ignored; and other words are errors."""
    django_site.configure()
    oauth = make(update_token=print)
    ignored = {"fetch_request_token": print, "save_request_token": print, "refresh_token_url": "https://x.example"}
    options = {**registration(box), **ignored, "server_metadata_url": None, "update_token": print}
    app = oauth.register("box", user_agent="Printer/1", **options)

    assert isinstance(oauth, BaseOAuth)
    assert isinstance(app, BaseApp)
    assert oauth.update_token is print
    with pytest.raises(TypeError, match="tokn"):
        oauth.register("other", **registration(box), tokn="x")


def test_what_a_provider_may_send_and_leave_out() -> None:
    """It sends the verification code with the temporary credentials, which have no secret."""
    endpoints = dict.fromkeys(("request_token_url", "authorize_url", "access_token_url"), "https://provider.example/x")
    site = Flask("site")
    site.secret_key = "secret"
    box = FlaskOAuth(site).register("box", client_id="c", **endpoints)
    site.add_url_rule("/login", view_func=lambda: box.authorize_redirect("http://localhost/callback"), endpoint="login")
    site.add_url_rule("/callback", view_func=box.authorize_access_token, endpoint="callback")
    responses = [
        mock.MagicMock(spec=requests.Response, status_code=200, text=text, cookies=[])
        for text in ("oauth_token=t&oauth_verifier=early", "oauth_token=final")
    ]

    with mock.patch("requests.Session.send", side_effect=responses) as send, site.test_client() as browser:
        callback = "oauth_callback=http%3A%2F%2Flocalhost%2Fcallback"
        assert browser.get("/login").location.endswith(f"oauth_token=t&{callback}")
        assert browser.get("/callback?oauth_token=t").json == {"oauth_token": "final"}

    assert 'oauth_verifier="early"' in send.call_args[0][0].headers["Authorization"]


def test_the_user_agent_is_sent(box: ProviderBox) -> None:
    """With each request of the provider."""
    client, oauth = flask_site(box)
    oauth.register("agent", user_agent="Printer/1", **registration(box))
    awaited = StarletteOAuth().register("agent", user_agent="Printer/1", **registration(box))
    with client.application.app_context():
        oauth.agent.create_authorization_url("http://localhost/authorize")
    asyncio.run(awaited.create_authorization_url("http://localhost/authorize"))

    assert [one.header("user-agent") for one in box.requests] == ["Printer/1"] * 2


def test_errors_that_programs_raise_themselves() -> None:
    """By description alone, as in Authlib; and those of OAuth 2 can be named in an ``except``."""
    error = OAuthError(description="no account")
    assert (error.error, error.description, str(error)) == ("oauth_error", "no account", "oauth_error: no account")
    assert MismatchingStateError().error == "mismatching_state"
    assert issubclass(MissingTokenError, OAuthError)
    assert issubclass(OAuth1Mixin, BaseApp)


def test_a_registered_function_in_a_login(box: ProviderBox) -> None:
    """It finds the key as it was given, though keys are parsed once."""
    from authlib.oauth1.rfc5849.client_auth import ClientAuth
    from authlib.oauth1.rfc5849.signature import generate_signature_base_string, hmac_sha1_signature, sign_hmac_sha1

    seen: list[Any] = []

    def sign(client: Any, request: Any) -> str:
        seen.append(client.rsa_key)
        return hmac_sha1_signature(generate_signature_base_string(request), client.client_secret, client.token_secret)

    ClientAuth.register_signature_method("HMAC-SHA1", sign)
    try:
        options = {**registration(box), "client_kwargs": {"rsa_key": "as given"}}
        FlaskOAuth(Flask("app")).register("box", **options).create_authorization_url("http://localhost/x")
    finally:
        ClientAuth.register_signature_method("HMAC-SHA1", sign_hmac_sha1)
    assert seen == ["as given"]


def test_the_modules_of_the_classes() -> None:
    """Programs import from them too; what they lack says what to do."""
    from authlib.integrations import flask_client, starlette_client
    from authlib.integrations.base_client import async_app, sync_app
    from authlib.integrations.flask_client import apps
    from authlib.integrations.starlette_client.apps import StarletteOAuth1App

    assert apps.FlaskOAuth1App is flask_client.FlaskOAuth1App
    assert starlette_client.StarletteOAuth1App is StarletteOAuth1App
    assert issubclass(StarletteOAuth1App, async_app.AsyncOAuth1Mixin)
    for module, name in ((apps, "FlaskOAuth2App"), (sync_app, "OAuth2Mixin"), (async_app, "AsyncOAuth2Mixin")):
        with pytest.raises(ImportError, match=f"{name}.*install Authlib"):
            getattr(module, name)


@pytest.mark.parametrize("name", ["OpenIDMixin", "OAuth2Mixin", "FrameworkIntegration"])
def test_what_is_not_here_says_so(name: str) -> None:
    """And what nobody has is no attribute."""
    with pytest.raises(ImportError, match=f"{name}.*install Authlib"):
        exec(f"from authlib.integrations.base_client import {name}")
    with pytest.raises(ImportError, match=r"ResourceProtector.*install Authlib"):
        exec("from authlib.oauth1.rfc5849 import ResourceProtector")
    assert not hasattr(base_client, "NoSuchThing")
    assert not hasattr(sys.modules["authlib.oauth1.rfc5849"], "NoSuchThing")
