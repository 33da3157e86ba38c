"""What is particular to Flask."""

from typing import Any

import pytest
from flask import Flask, g

from oauthone.errors import AccessDenied, SessionMissing
from oauthone.login.flask import FlaskOAuth1App, OAuth, OAuthError
from oauthone.testing import ProviderBox

from .sites import FlaskSite, registration


def application(**settings: Any) -> Flask:
    app = Flask("app")
    app.config.update(SECRET_KEY="old", **settings)
    return app


def settings_for(box: ProviderBox) -> dict[str, Any]:
    return {f"BOX_{option.upper()}": value for option, value in registration(box).items()}


def test_settings_fill_in_what_is_not_given(box: ProviderBox) -> None:
    """Those that are named after the provider; with ``overwrite`` they win."""
    oauth = OAuth(application(**settings_for(box), BOX_CLIENT_KWARGS={"realm": "settings"}))

    given = oauth.register("box", client_id="given", client_kwargs={"version": None})
    assert (given.client_id, given.client_secret) == ("given", box.client.client_secret)
    assert given.client_kwargs == {"realm": "settings", "version": None}
    assert oauth.register("box", overwrite=True, client_id="given").client_id == box.client.client_id


def test_an_application_factory(box: ProviderBox) -> None:
    """Registered before there is an application; what `register` returned works afterwards, also for a second one."""
    oauth = OAuth()
    early = oauth.register("box")
    with pytest.raises(RuntimeError, match="init_app"):
        oauth.create_client("box")
    with pytest.raises(RuntimeError, match="init_app"):
        _ = early.client_id

    oauth.init_app(application(**settings_for(box)), cache=None, fetch_token=lambda name: None)
    assert early.client_id == box.client.client_id
    assert isinstance(oauth.box, FlaskOAuth1App)

    oauth.init_app(application(**{**settings_for(box), "BOX_CLIENT_ID": "second"}))
    assert early.client_id == "second"


def test_an_application_in_whose_context_one_is(box: ProviderBox) -> None:
    """Without ``init_app``, the settings are those of the current application."""
    oauth = OAuth()
    with application(**settings_for(box)).app_context():
        oauth.register("box")

        assert oauth.box.client_id == box.client.client_id


def test_no_secret_key(box: ProviderBox) -> None:
    """Then Flask has no session."""
    app = Flask("app")
    oauth = OAuth(app)
    oauth.register("box", **registration(box))

    with app.test_request_context(), pytest.raises(SessionMissing, match="SECRET_KEY"):
        oauth.box.authorize_redirect("http://localhost/callback")
    assert box.requests == []


def test_a_session_without_a_secret(box: ProviderBox) -> None:
    """Sessions on a server need none; the login does, unless there is a cache."""
    from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

    class OnServer(SecureCookieSessionInterface):
        def open_session(self, app: Any, request: Any) -> Any:
            return SecureCookieSession()

    app = Flask("app")
    app.session_interface = OnServer()
    oauth = OAuth(app)
    oauth.register("box", **registration(box))

    with app.test_request_context(), pytest.raises(SessionMissing, match=r"OAuth\(secret_key=…\)"):
        oauth.box.authorize_redirect("http://localhost/callback")


def test_the_secret_key_changes_while_somebody_logs_in(box: ProviderBox) -> None:
    """With the old one among the fallbacks, the login ends well."""
    site = FlaskSite(box)
    browser = site.browser()
    callback = box.visit(browser.begin())

    site.flask.config.update(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[site.flask.secret_key])

    assert browser.come_back(callback).status == 200


def test_the_token_signs_the_requests_of_its_view(box: ProviderBox) -> None:
    """After the login, without being passed on; in the next request it is ``fetch_token`` that is asked."""
    site = FlaskSite(box)
    shown: list[Any] = []

    @site.flask.get("/welcome")
    def welcome() -> Any:
        token = site.app.authorize_access_token()
        shown.append((site.app.token == token, site.app.get("account").json()["user"]))
        return "welcome"

    browser = site.browser()
    assert browser.come_back(box.visit(browser.begin()), "/welcome").status == 200
    assert shown == [(True, "alice")]
    assert browser.open("/account?path=x").error == "FlowError"


def test_the_token_is_held_for_one_request(box: ProviderBox) -> None:
    """In Flask's ``g``, by provider."""
    site = FlaskSite(box)
    with site.flask.app_context():
        site.app.token = {"oauth_token": "t", "oauth_token_secret": "s"}
        assert site.app.token["oauth_token"] == "t"
        assert "_oauthone_token_box" in g
    with site.flask.app_context():
        assert site.app.token is None


def test_a_page_for_each_error(box: ProviderBox) -> None:
    """`OAuthError` is here, for an error handler."""
    site = FlaskSite(box)
    site.flask.register_error_handler(OAuthError, lambda error: (f"page for {error.error}", 400))
    site.flask.register_error_handler(AccessDenied, lambda error: ("you refused", 200))

    assert site.browser().open("/callback?denied=x").text == "you refused"
    assert site.browser().open("/callback?oauth_token=x").text == "page for login_lost"
    assert site.flask.extensions["oauthone.login.flask"] is site.oauth


def test_flask_caching_as_an_extension(box: ProviderBox) -> None:
    """It finds its application by itself."""
    from flask_caching import Cache

    cache = Cache(config={"CACHE_TYPE": "SimpleCache"})
    site = FlaskSite(box, cache=cache)
    cache.init_app(site.flask)
    browser = site.browser()
    callback = box.visit(browser.begin())

    assert browser.come_back(callback).status == 200
    assert browser.come_back(callback).error == "CallbackReused"
