"""What is particular to Flask."""

from typing import Any
from urllib.parse import unquote
from urllib.request import parse_http_list, parse_keqv_list

import pytest
from flask import Flask, g

from oauthone.errors import AccessDenied, ConfigurationError, SessionMissing
from oauthone.login.flask import FlaskOAuth1App, OAuth, OAuthError
from oauthone.testing import ProviderBox

from .caches import SyncCache
from .sites import FlaskSite, registration


def application(**settings: Any) -> Flask:
    app = Flask("app")
    app.config.update(SECRET_KEY="old", **settings)
    return app


def settings_for(box: ProviderBox) -> dict[str, Any]:
    return {f"BOX_{option.upper()}": value for option, value in registration(box).items()}


def test_settings_fill_in_missing_options(box: ProviderBox) -> None:
    """Their names begin with the provider's name. With ``overwrite`` they override the others."""
    oauth = OAuth(application(**settings_for(box), BOX_CLIENT_KWARGS={"realm": "settings"}))

    given = oauth.register("box", client_id="given", client_kwargs={"version": None})
    assert (given.client_id, given.client_secret) == ("given", box.client.client_secret)
    assert given.client_kwargs == {"realm": "settings", "version": None}
    assert oauth.register("box", overwrite=True, client_id="given").client_id == box.client.client_id


def test_an_application_factory_can_register_before_the_application_exists(box: ProviderBox) -> None:
    """The return value of ``register`` works afterwards, also for a second application."""
    oauth = OAuth()
    early = oauth.register("box")
    with pytest.raises(RuntimeError, match="init_app"):
        oauth.create_client("box")
    with pytest.raises(RuntimeError, match="init_app"):
        _ = early.client_id

    oauth.init_app(application(**settings_for(box)), cache=None, fetch_token=lambda name: None)
    assert early.client_id == box.client.client_id
    assert isinstance(oauth.box, FlaskOAuth1App)

    second = application(**{**settings_for(box), "BOX_CLIENT_ID": "second"})
    oauth.init_app(second)
    with second.app_context():
        assert early.client_id == "second"


class TwoApplications:
    """One registry in two Flask applications, which each have their own client at the provider, secret and cache."""

    def __init__(self, box: ProviderBox, **options: Any) -> None:
        self.box = box
        self.oauth = OAuth(**options)
        self.registered = self.oauth.register("box")
        self.clients = {"first": box.clients["HMAC-SHA1"], "second": box.clients["HMAC-SHA256"]}
        self.apps = {name: self._application(name) for name in self.clients}
        for app in self.apps.values():
            self.oauth.init_app(app)

    def _application(self, name: str) -> Flask:
        client = self.clients[name]
        settings = {
            **settings_for(self.box),
            "BOX_CLIENT_ID": client.client_id,
            "BOX_CLIENT_SECRET": client.client_secret,
            "BOX_CLIENT_KWARGS": {"signature_method": client.signature_method},
        }
        app = Flask(name)
        app.config.update(SECRET_KEY=f"the secret of {name}", **settings)
        app.register_error_handler(OAuthError, lambda error: (error.error, 400))
        app.add_url_rule("/login", "login", lambda: self.oauth.box.authorize_redirect("http://localhost/callback"))
        app.add_url_rule("/callback", "callback", lambda: self.oauth.box.authorize_access_token())
        return app

    def clients_seen(self) -> list[str]:
        """Who asked for credentials."""
        headers = [one.header("authorization") or "" for one in self.box.requests if one.method == "POST"]
        parsed = [parse_keqv_list(parse_http_list(header.partition(" ")[2])) for header in headers]
        return [unquote(one["oauth_consumer_key"]) for one in parsed]


@pytest.mark.parametrize("order", [["first", "second"], ["second", "first"], ["first", "second", "first"]])
def test_two_applications_can_share_a_registry(box: ProviderBox, order: list[str]) -> None:
    """Each signs with its own credentials and encrypts with its own secret, also if their logins alternate."""
    both = TwoApplications(box)
    browsers = [(name, both.apps[name].test_client()) for name in order]

    callbacks = [box.visit(browser.get("/login").location) for _, browser in browsers]
    pages = [
        browser.get(f"/callback?{callback.partition('?')[2]}")
        for (_, browser), callback in zip(browsers, callbacks, strict=True)
    ]

    assert [page.status_code for page in pages] == [200] * len(order)
    assert both.clients_seen() == [both.clients[name].client_id for name in order] * 2


def test_a_registered_application_has_the_options_of_the_current_flask_application(box: ProviderBox) -> None:
    """Outside an application context, it is an error if several are bound."""
    both = TwoApplications(box)

    for name, app in both.apps.items():
        with app.app_context():
            assert both.registered.client_id == both.clients[name].client_id
            assert both.oauth.app is app
    with pytest.raises(RuntimeError, match="2 Flask applications"):
        _ = both.registered.client_id
    assert both.oauth.app is None


def test_a_bound_registry_uses_the_settings_of_the_current_application(box: ProviderBox) -> None:
    bound = application(**settings_for(box))
    oauth = OAuth(bound)
    app = oauth.register("box")
    assert app.client_id == box.client.client_id

    with application(**{**settings_for(box), "BOX_CLIENT_ID": "another"}).app_context():
        assert app.client_id == oauth.box.client_id == "another"
    with application().app_context(), pytest.raises(ConfigurationError, match="request_token_url"):
        _ = app.client_id
    assert app.client_id == box.client.client_id


def test_one_application_cannot_decrypt_the_logins_of_another(box: ProviderBox) -> None:
    both = TwoApplications(box)
    first, second = (app.test_client() for app in both.apps.values())
    callback = box.visit(first.get("/login").location)
    second.get("/login")
    with first.session_transaction() as session:
        taken = session["_oauthone"]
    with second.session_transaction() as session:
        session["_oauthone"] = taken

    assert second.get(f"/callback?{callback.partition('?')[2]}").text == "login_lost"
    assert first.get(f"/callback?{callback.partition('?')[2]}").status_code == 200


def test_each_application_has_its_own_cache_and_fetch_token(box: ProviderBox) -> None:
    """Missing ones come from the constructor, or from an earlier ``init_app``."""
    cache, own_cache = SyncCache(), SyncCache()
    oauth = OAuth(cache=cache, fetch_token=lambda name: {"oauth_token": "shared"})
    first, second = application(**settings_for(box)), application(**settings_for(box))
    oauth.register("box")
    oauth.init_app(first)
    oauth.init_app(second, cache=own_cache, fetch_token=lambda name: {"oauth_token": "own"})
    oauth.init_app(second)

    seen: list[Any] = []
    for app in (first, second):
        with app.app_context():
            seen.append((oauth.cache, oauth.box.token))
    assert seen == [(cache, {"oauth_token": "shared"}), (own_cache, {"oauth_token": "own"})]
    oauth.cache = None
    assert oauth.cache is None


def test_without_init_app_the_settings_are_those_of_the_current_application(box: ProviderBox) -> None:
    oauth = OAuth()
    with application(**settings_for(box)).app_context():
        oauth.register("box")

        assert oauth.box.client_id == box.client.client_id


def test_a_missing_secret_key_is_reported(box: ProviderBox) -> None:
    """Without it, Flask has no session."""
    app = Flask("app")
    oauth = OAuth(app)
    oauth.register("box", **registration(box))

    with app.test_request_context(), pytest.raises(SessionMissing, match="SECRET_KEY"):
        oauth.box.authorize_redirect("http://localhost/callback")
    assert box.requests == []


def test_a_session_on_the_server_needs_a_secret_unless_there_is_a_cache(box: ProviderBox) -> None:
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


def test_a_login_finishes_with_a_former_secret_key(box: ProviderBox) -> None:
    """If that is among the fallbacks."""
    site = FlaskSite(box)
    browser = site.browser()
    callback = box.visit(browser.begin())

    site.flask.config.update(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[site.flask.secret_key])

    assert browser.come_back(callback).status == 200


def test_the_token_of_a_login_signs_the_requests_of_its_view(box: ProviderBox) -> None:
    """In the next request, ``fetch_token`` is called."""
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


def test_the_token_is_kept_for_one_request(box: ProviderBox) -> None:
    """In Flask's ``g``, by provider."""
    site = FlaskSite(box)
    with site.flask.app_context():
        site.app.token = {"oauth_token": "t", "oauth_token_secret": "s"}
        assert site.app.token["oauth_token"] == "t"
        assert "_oauthone_token_box" in g
    with site.flask.app_context():
        assert site.app.token is None


def test_an_error_handler_can_catch_oauth_error(box: ProviderBox) -> None:
    site = FlaskSite(box)
    site.flask.register_error_handler(OAuthError, lambda error: (f"page for {error.error}", 400))
    site.flask.register_error_handler(AccessDenied, lambda error: ("you refused", 200))

    assert site.browser().open("/callback?denied=x").text == "you refused"
    assert site.browser().open("/callback?oauth_token=x").text == "page for login_lost"
    assert site.flask.extensions["oauthone.login.flask"] is site.oauth


def test_flask_caching_works_as_an_extension(box: ProviderBox) -> None:
    from flask_caching import Cache

    cache = Cache(config={"CACHE_TYPE": "SimpleCache"})
    site = FlaskSite(box, cache=cache)
    cache.init_app(site.flask)
    browser = site.browser()
    callback = box.visit(browser.begin())

    assert browser.come_back(callback).status == 200
    assert browser.come_back(callback).error == "CallbackReused"
