"""The registry of providers: their names, their options, and the secret that encrypts their logins."""

import string
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from oauthone.errors import ConfigurationError, FlowError, SessionMissing
from oauthone.login import OAuth
from oauthone.login.django import OAuth as DjangoOAuth
from oauthone.login.flask import OAuth as FlaskOAuth
from oauthone.login.starlette import OAuth as StarletteOAuth
from oauthone.testing import ProviderBox

from .conftest import Opener
from .sites import OPTIONS, SECRET, registration

REGISTRIES: list[Callable[[], Any]] = [OAuth, FlaskOAuth, DjangoOAuth, StarletteOAuth]

CALLBACK = "http://localhost/callback"


def test_a_provider_is_an_attribute_and_found_by_name(open_site: Opener) -> None:
    """It is made once."""
    site = open_site()

    assert site.oauth.create_client("box") is site.oauth.box
    assert site.oauth.create_client("unknown") is None
    with pytest.raises(AttributeError, match="'unknown'"):
        _ = site.oauth.unknown
    assert "box" in repr(site.oauth.box)
    assert site.box.client.client_secret not in repr(site.oauth.box)


def test_registering_again_replaces_the_options(open_site: Opener, box: ProviderBox) -> None:
    site = open_site()
    site.oauth.register("box", **{**registration(box), "client_id": "another"})

    assert site.oauth.box.client_id == "another"


def test_a_subclass_of_the_application_can_be_registered_as_client_cls(open_site: Opener, box: ProviderBox) -> None:
    site = open_site()
    kind: Any = type(site.app)
    box_options = registration(box)

    class Box(kind):
        OAUTH_APP_CONFIG = {**box_options, "client_id": "from the class"}  # noqa: RUF012

        def greeting(self) -> str:
            return f"Log in with {self.name}"

    made = site.oauth.register("own", client_cls=Box, client_id="from the call")

    assert made.greeting() == "Log in with own"
    assert made.client_id == "from the call"
    assert made.request_token_url == box.request_token_url


def test_the_secret_may_be_text_or_octets(box: ProviderBox) -> None:
    """Both give the same key."""
    session: dict[str, Any] = {}
    callback = box.visit(OAuth(secret_key=SECRET).register("box", **registration(box)).begin(session, CALLBACK))

    again = OAuth(secret_key=SECRET.encode()).register("box", **registration(box))

    assert again.finish(session, callback)["oauth_token"]


@pytest.mark.parametrize("oauth", [OAuth(), OAuth(secret_key="")], ids=["none", "empty"])
def test_a_missing_secret_is_reported_before_the_provider_is_asked(box: ProviderBox, oauth: OAuth) -> None:
    """The error says where to pass one."""
    with pytest.raises(SessionMissing, match=r"secret_missing.*OAuth\(secret_key=…\)"):
        oauth.register("box", **registration(box)).begin({})

    assert box.requests == []


def test_a_login_cannot_be_finished_with_another_secret(box: ProviderBox) -> None:
    """The error says that the secret changed."""
    session: dict[str, Any] = {}
    begun = OAuth(secret_key="one").register("box", **registration(box))
    callback = box.visit(begun.begin(session, "http://localhost/callback"))

    with pytest.raises(FlowError, match="secret changed"):
        OAuth(secret_key="two").register("box", **registration(box)).finish(session, callback)


def test_each_login_is_decrypted_with_the_secret_that_encrypted_it(box: ProviderBox) -> None:
    oauth = OAuth()
    secrets = ["one"]
    oauth.framework_secrets = lambda request: list(secrets)  # type: ignore[method-assign]
    app = oauth.register("box", **registration(box))
    session: dict[str, Any] = {}
    before, forgotten = box.visit(app.begin(session, CALLBACK)), box.visit(app.begin(session, CALLBACK))

    secrets[:] = ["two", "one"]
    after = box.visit(app.begin(session, CALLBACK))
    assert app.finish(session, before)["oauth_token"]
    secrets[:] = ["two"]
    with pytest.raises(FlowError, match="secret changed"):
        app.finish(session, forgotten)
    assert app.finish(session, after)["oauth_token"]


@pytest.mark.parametrize("make", REGISTRIES)
@pytest.mark.parametrize("name", ["cache", "register", "fetch_token", "create_client", "pending", "_lock", "__init__"])
def test_an_attribute_of_the_registry_cannot_be_a_providers_name(make: Callable[[], Any], name: str) -> None:
    """``oauth.cache`` would not be the provider."""
    with pytest.raises(ConfigurationError, match=f"cannot be called '{name}'"):
        make().register(name, **OPTIONS)


def test_an_attribute_of_one_frameworks_registry_is_a_free_name_elsewhere() -> None:
    """``oauth.app`` is the Flask application, ``oauth.config`` Starlette's settings."""
    with pytest.raises(ConfigurationError, match="cannot be called 'app'"):
        FlaskOAuth().register("app", **OPTIONS)
    with pytest.raises(ConfigurationError, match="cannot be called 'config'"):
        StarletteOAuth().register("config", **OPTIONS)
    oauth = OAuth()
    assert oauth.register("app", **OPTIONS) is oauth.app is oauth.create_client("app")


@example("__call__")
@given(st.text(min_size=1, max_size=20) | st.text(string.ascii_lowercase + "_", min_size=1, max_size=12))
def test_every_other_name_finds_its_provider(name: str) -> None:
    """By name and as an attribute. A class also has the attributes of its own class, which ``dir()`` leaves out."""
    oauth = OAuth()
    try:
        made = oauth.register(name, **OPTIONS)
    except ConfigurationError:
        assert hasattr(OAuth, name) or name in vars(oauth)
        return
    assert oauth.create_client(name) is made
    assert name.startswith("__") or getattr(oauth, name) is made


@pytest.mark.parametrize("registry", [lambda: FlaskOAuth(Flask("app")), StarletteOAuth], ids=["Flask", "Starlette"])
@pytest.mark.parametrize("name", ["client_id", "client_secret"])
def test_white_space_around_credentials_is_a_warning(registry: Callable[[], Any], name: str) -> None:
    """When the provider is registered, not at the first login."""
    credentials = {"client_id": "id", "client_secret": "secret", name: "S3cr3t\n"}
    with pytest.warns(UserWarning, match=f"^{name} of 'box' begins or ends") as caught:
        registry().register("box", request_token_url="https://provider.example/", **credentials)
    assert (len(caught), caught[0].filename) == (1, __file__)
    assert "S3cr3t" not in str(caught[0].message)
