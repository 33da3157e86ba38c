"""A login with a provider of the catalogue: its facts are all that the registration names besides the client."""

import asyncio
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from oauthone import providers
from oauthone.errors import AccessDenied, ConfigurationError, FlowError
from oauthone.login import OAuth
from oauthone.login._of_provider import filled_in, refuse_denied
from oauthone.testing import ProviderBox

from .sites import SITES, Clock, Site

CALLBACK = "http://localhost/callback"
FOUND = {"oauth_token": "t"}


@pytest.fixture(scope="module")
def etrade() -> Iterator[ProviderBox]:
    with ProviderBox(like="etrade", callbacks=[CALLBACK]) as box:
        yield box


@pytest.fixture(scope="module")
def tripit() -> Iterator[ProviderBox]:
    with ProviderBox(like="tripit") as box:
        yield box


@pytest.fixture(scope="module")
def flickr() -> Iterator[ProviderBox]:
    with ProviderBox(like="flickr") as box:
        yield box


@pytest.fixture
def open_like(framework: str, clock: Clock) -> Callable[[ProviderBox], Site]:
    """Makes a site whose registration names the provider that a box is like, and no address."""

    def make(box: ProviderBox) -> Site:
        return SITES[framework](box, registered=registered(box), clock=clock)

    return make


def registered(box: ProviderBox) -> dict[str, Any]:
    """Return the arguments of ``register()`` that replace the addresses of a box."""
    addresses = dict.fromkeys(("request_token_url", "access_token_url", "authorize_url", "api_base_url"))
    return {**addresses, "provider": box.like}


# --- over every framework ---------------------------------------------------------------------------------------------


def test_renamed_parameters_and_the_methods_of_the_legs(
    open_like: Callable[[ProviderBox], Site], etrade: ProviderBox
) -> None:
    site = open_like(etrade)
    page = site.browser().log_in(etrade)
    assert page.status == 200, page.text
    assert set(page.json) == {"oauth_token", "oauth_token_secret"}


def test_a_callback_on_the_page_and_no_verifier(open_like: Callable[[ProviderBox], Site], tripit: ProviderBox) -> None:
    """As before OAuth 1.0a. The callback does not tell a refusal: the exchange fails."""
    site = open_like(tripit)
    browser = site.browser()
    assert browser.log_in(tripit).status == 200
    tripit.decision = "deny"
    try:
        assert browser.log_in(tripit).error == "TokenResponseError"
    finally:
        tripit.decision = "approve"


def test_a_relative_url_is_that_of_the_provider(open_like: Callable[[ProviderBox], Site], tripit: ProviderBox) -> None:
    site = open_like(tripit)
    assert site.app.api_base_url == f"{tripit.origin}/"
    assert site.app.provider.id == "tripit"


# --- whose account it is ----------------------------------------------------------------------------------------------


def standalone(box: ProviderBox, **options: Any) -> Any:
    client = {"client_id": box.client.client_id, "client_secret": box.client.client_secret}
    return OAuth(secret_key="secret").register("box", provider=box.like, **client, **options)


def test_the_account_of_a_token(flickr: ProviderBox) -> None:
    """It is in the token response; a token without it is asked for."""
    app, session = standalone(flickr), dict[str, Any]()
    callback = flickr.visit(app.begin(session, CALLBACK, permissions="write"))
    token = app.finish(session, callback)
    before = len(flickr.requests)
    account = app.fetch_identity(token)
    assert (account.id, account.name) == ("id-of-alice", "alice")
    assert len(flickr.requests) == before
    bare = {name: token[name] for name in ("oauth_token", "oauth_token_secret")}
    assert app.fetch_identity(bare).name == "alice"
    assert len(flickr.requests) == before + 1


def test_the_account_of_a_token_awaited(flickr: ProviderBox) -> None:
    token = flickr.issue_token()
    app = standalone(flickr, fetch_token=lambda *request: request[0] if request else None)
    given = {"oauth_token": token.token, "oauth_token_secret": token.token_secret}
    assert asyncio.run(app.afetch_identity(given)).name == "alice"
    assert asyncio.run(app.afetch_identity(request=given)).id == "id-of-alice"
    with pytest.raises(FlowError, match="there is no token of 'box'"):
        asyncio.run(app.afetch_identity())


def test_the_account_of_the_token_of_a_view(flickr: ProviderBox) -> None:
    from flask import Flask

    from oauthone.login.flask import OAuth as FlaskOAuth

    token = flickr.issue_token()
    site = Flask("site")
    site.secret_key = "secret"
    client = {"client_id": flickr.client.client_id, "client_secret": flickr.client.client_secret}
    app = FlaskOAuth(site).register("box", provider=flickr.like, **client)
    with site.test_request_context():
        app.token = {"oauth_token": token.token, "oauth_token_secret": token.token_secret}
        assert app.fetch_identity().name == "alice"
        assert app.fetch_identity(app.token).name == "alice"


def test_the_account_in_starlette(flickr: ProviderBox) -> None:
    from oauthone.login.starlette import OAuth as StarletteOAuth

    token = flickr.issue_token()
    given = {"oauth_token": token.token, "oauth_token_secret": token.token_secret}
    client = {"client_id": flickr.client.client_id, "client_secret": flickr.client.client_secret}
    app = StarletteOAuth().register("box", provider=flickr.like, **client)
    assert asyncio.run(app.fetch_identity(given)).name == "alice"


def test_an_account_needs_the_facts() -> None:
    app = OAuth().register("box", client_id="c", request_token_url="https://api.example/request")
    with pytest.raises(ConfigurationError, match="provider="):
        app.fetch_identity({"oauth_token": "t", "oauth_token_secret": "s"})


# --- what a registration says ---------------------------------------------------------------------------------------


def test_options_are_filled_in() -> None:
    options = filled_in("x", {"provider": "x", "client_id": "c", "client_kwargs": {"timeout": 3}})
    assert options["request_token_url"] == "https://api.x.com/oauth/request_token"
    assert options["authorize_url"] == "https://api.x.com/oauth/authorize"
    assert options["access_token_url"] == "https://api.x.com/oauth/access_token"
    assert options["api_base_url"] == "https://api.x.com/"
    assert options["client_kwargs"] == {"timeout": 3, "provider": providers.get("x")}
    assert filled_in("x", {"client_id": "c"}) == {"client_id": "c"}


def test_options_that_agree_stay() -> None:
    given = {
        "provider": providers.get("x"),
        "request_token_url": "https://api.x.com/oauth/request_token",
        "api_base_url": "https://api.twitter.com/1.1/",
        "callback_token_name": "token",
    }
    options = filled_in("x", given)
    assert options["api_base_url"] == "https://api.twitter.com/1.1/"
    assert options["callback_token_name"] == "token"


def test_a_provider_whose_hosts_are_not_known_has_no_base() -> None:
    facts = providers.get("wikimedia")._replace(api_base=("https://*.wikipedia.org",))
    assert filled_in("w", {"provider": facts, "user_agent": "Printer/1.0"})["api_base_url"] is None
    no_callback = providers.get("flickr")._replace(callback=None)
    assert "callback_token_name" not in filled_in("f", {"provider": no_callback})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"provider": "flikr"}, "did you mean 'flickr'"),
        ({"provider": "xero"}, "Xero"),
        ({"provider": "jira"}, "needs the option base_url"),
        ({"provider": "instapaper"}, "'instapaper' has no login .* are xauth"),
        ({"provider": "x", "authorize_url": "https://evil.example/"}, "authorize_url of 'p' is https://evil.example/"),
        ({"provider": "discogs"}, "pass user_agent"),
    ],
)
def test_a_provider_that_cannot_be_used(options: dict[str, Any], message: str) -> None:
    """The neighbours of these are accepted above, and the last one here."""
    with pytest.raises(ConfigurationError, match=message):
        OAuth().register("p", client_id="c", client_secret="s", **options)
    assert OAuth().register("p", client_id="c", client_secret="s", provider="discogs", user_agent="Printer/1.0")


def test_a_provider_of_another_type() -> None:
    with pytest.raises(TypeError, match="not of type int"):
        OAuth().register("p", client_id="c", provider=3)  # type: ignore[typeddict-item]


def test_the_provider_may_be_named_in_the_settings() -> None:
    oauth = OAuth({"photos": {"provider": "flickr", "client_id": "c", "client_secret": "s"}})
    app = oauth.register("photos")
    assert app.provider == providers.get("flickr")


@pytest.mark.parametrize(
    ("name", "query"), [("openmage", "?rejected=1"), ("netsuite", "?oauth_token=t&oauth_verifier=")]
)
def test_a_refusal_in_the_providers_own_words(name: str, query: str) -> None:
    options = {"openmage": {"base_url": "https://shop.example"}, "netsuite": {"account": "1234567"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # NetSuite's end is announced
        facts = providers.get(name, **options[name])
    settings = OAuth().register("p", client_id="c", client_secret="s", provider=facts).settings
    with pytest.raises(AccessDenied):
        refuse_denied(settings, FOUND, query)
    refuse_denied(settings, FOUND, "?oauth_token=t&oauth_verifier=v")
    plain = OAuth().register("p", client_id="c", request_token_url="https://api.example/request").settings
    refuse_denied(plain, FOUND, query)
    with pytest.raises(AccessDenied):
        refuse_denied(plain, {"denied": "t"}, "?denied=t")


# --- what every login would fail with is an error of register() -------------------------------------------------------

TRELLO = {"client_id": "key", "client_secret": "hush"}


@pytest.mark.parametrize(
    ("provider", "options", "message"),
    [
        ("trello", {"client_kwargs": {"provider": "flickr"}}, "client_kwargs of 'a' has the provider 'flickr', but"),
        (
            "trello",
            {"client_kwargs": {"provider": providers.get("x")}},
            "client_kwargs of 'a' has the provider 'x', but",
        ),
        ("trello", {"client_kwargs": {"provider": 7}}, "client_kwargs of 'a' has the provider 'int', but"),
        (
            "trello",
            {"api_base_url": "https://evil.example/"},
            "api_base_url of 'a' is not an address of 'trello', which",
        ),
        ("trello", {"client_kwargs": {"signature_method": "PLAINTEXT"}}, "signature_method='PLAINTEXT' contradicts"),
        ("trello", {"client_kwargs": {"require_verifier": False}}, "require_verifier=False contradicts"),
        ("trello", {"client_secret": None}, "'trello' needs client_secret"),
        ("launchpad", {}, "client_secret=… contradicts"),
        ("trello", {"authorize_params": {"scope": "evil"}}, "scope of 'trello' is 'evil', which must be"),
        (
            "flickr",
            {"authorize_params": {"perms": "read", "permissions": "read"}},
            "are the same parameter of 'flickr'",
        ),
        ("flickr", {"authorize_params": {"page": "evil"}}, "'flickr' has no page 'evil'"),
        ("hatena", {}, "'hatena' needs scope"),
        (
            "hatena",
            {"request_token_params": {"params": {"scope": "read_public"}}},
            "params has scope, whose value is not",
        ),
        ("flickr", {"request_token_params": {"method": "PUT"}}, "'flickr' takes GET or POST there, not PUT"),
        ("flickr", {"access_token_params": {"perms": "read"}}, "'flickr' takes perms elsewhere"),
    ],
)
def test_an_option_that_contradicts_the_provider(provider: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(message)) as caught:
        OAuth(secret_key="secret").register("a", **{**TRELLO, "provider": provider, **options})
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("provider", "options"),
    [
        ("trello", {"client_kwargs": {"provider": "trello", "timeout": 3}, "authorize_params": {"scope": "read"}}),
        ("trello", {"client_kwargs": {"provider": providers.get("trello")}, "api_base_url": "https://trello.com/1/"}),
        ("hatena", {"request_token_params": {"scope": "read_public", "timeout": 3}}),
        ("flickr", {"request_token_params": {"method": "POST"}, "access_token_params": {"method": "GET"}}),
        ("flickr", {"authorize_params": {"permissions": "read"}}),
        ("launchpad", {"client_secret": None}),
        ("x", {"authorize_params": {"page": "sign_in"}}),
    ],
)
def test_an_option_that_does_not(provider: str, options: dict[str, Any]) -> None:
    app = OAuth(secret_key="secret").register("a", **{**TRELLO, "provider": provider, **options})
    assert app.provider.id == provider
