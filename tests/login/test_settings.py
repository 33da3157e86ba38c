"""What holds for one registration: an RSA key and a TLS context are made once, and names are free to use."""

import asyncio
import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone import RsaKey
from oauthone.errors import ConfigurationError, SigningError
from oauthone.login import OAuth, StandaloneApp
from oauthone.login.django import OAuth as DjangoOAuth
from oauthone.login.flask import OAuth as FlaskOAuth
from oauthone.login.starlette import OAuth as StarletteOAuth
from oauthone.testing import ProviderBox

from .conftest import Opener
from .sites import registration

OPTIONS: dict[str, Any] = {"client_id": "c", "request_token_url": "https://api.example/request"}
REGISTRIES: list[Callable[[], Any]] = [OAuth, FlaskOAuth, DjangoOAuth, StarletteOAuth]


def test_an_rsa_key_is_parsed_once(open_site: Opener, box: ProviderBox, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the registration, not in each login and each request."""
    from cryptography.hazmat.primitives import serialization

    client = box.clients["RSA-SHA256"]
    parsed: list[bytes] = []
    load = serialization.load_pem_private_key

    def counting(data: bytes, *arguments: Any, **options: Any) -> Any:
        parsed.append(data)
        return load(data, *arguments, **options)

    monkeypatch.setattr(serialization, "load_pem_private_key", counting)
    site = open_site(
        registered={
            "client_id": client.client_id,
            "client_secret": None,
            "client_kwargs": {"signature_method": "RSA-SHA256", "rsa_key": client.rsa_key},
        }
    )
    for _ in range(2):
        assert site.browser().log_in(box).status == 200

    assert len(parsed) == 1


def test_an_unusable_rsa_key_is_reported_by_register() -> None:
    with pytest.raises(SigningError, match="RSA key"):
        OAuth().register("box", **OPTIONS, client_kwargs={"rsa_key": "-----BEGIN RSA PRIVATE KEY-----\nno"})


def test_an_rsa_key_may_be_parsed_or_a_function_or_none(box: ProviderBox) -> None:
    key = RsaKey(box.clients["RSA-SHA1"].rsa_key or "")
    for given_key in (key, lambda octets: b"signed", None):
        OAuth().register("box", **OPTIONS, client_kwargs={"rsa_key": given_key})


@pytest.mark.parametrize("module", ["httpx", "httpx2"])
def test_clients_share_one_tls_context(box: ProviderBox, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    """Without it, httpx and httpx2 make one for each client."""
    clients: Any = pytest.importorskip(f"oauthone.clients.{module}")
    made: list[Any] = []
    make = clients.OAuth1Client.library.create_ssl_context
    monkeypatch.setattr(
        clients.OAuth1Client.library, "create_ssl_context", lambda **options: made.append(options) or make(**options)
    )
    issued = box.issue_token()
    token = {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret}
    app = OAuth().register("box", **{**registration(box), "client_cls": clients.AsyncOAuth1Client})
    waiting = OAuth().register("box", **{**registration(box), "client_cls": clients.OAuth1Client})

    async def scenario() -> list[str]:
        return [(await app.aget("x", token=token)).json()["user"] for _ in range(3)]

    assert asyncio.run(scenario()) == ["alice"] * 3
    assert [waiting.get("x", token=token).json()["user"] for _ in range(2)] == ["alice"] * 2
    assert made == [{"trust_env": True}] * 2


@pytest.mark.parametrize("given_option", ["verify", "transport"])
def test_verify_and_transport_of_the_application_are_used(box: ProviderBox, given_option: str) -> None:
    clients: Any = pytest.importorskip("oauthone.clients.httpx2")
    issued = box.issue_token()
    token = {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret}
    option = {"verify": False, "transport": clients.OAuth1Client.library.HTTPTransport(trust_env=False)}[given_option]
    app = OAuth().register(
        "box",
        **{
            **registration(box),
            "client_cls": clients.OAuth1Client,
            "client_kwargs": {given_option: option, "trust_env": False},
        },
    )

    assert app.get("x", token=token).json()["user"] == "alice"


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


@given(st.text(min_size=1, max_size=20) | st.text(string.ascii_lowercase + "_", min_size=1, max_size=12))
def test_every_other_name_finds_its_provider(name: str) -> None:
    """By name and as an attribute."""
    oauth = OAuth()
    try:
        made = oauth.register(name, **OPTIONS)
    except ConfigurationError:
        assert name in dir(oauth)
        return
    assert oauth.create_client(name) is made
    assert name.startswith("__") or getattr(oauth, name) is made


def test_options_are_attributes_that_can_be_changed() -> None:
    """Any other attribute does not exist."""
    app = OAuth().register("box", **OPTIONS)
    assert (app.client_id, app.client_secret, app.client_kwargs) == ("c", None, {})
    app.client_id = "changed"
    assert app.client_id == "changed"
    assert "'changed'" in repr(app.settings)
    with pytest.raises(AttributeError, match="no attribute 'clientid'"):
        _ = app.clientid


def test_an_assigned_option_is_used(box: ProviderBox) -> None:
    """In the login and in requests; on the object, or as an attribute of its class."""
    oauth = OAuth(secret_key="secret")
    app = oauth.register("box", **OPTIONS, api_base_url="https://other.example/api/")
    for name, value in registration(box).items():
        setattr(app, name, value)
    session: dict[str, Any] = {}

    token = app.finish(session, box.visit(app.begin(session, "http://localhost/callback")))
    assert app.get("x", token=token).json()["user"] == "alice"
    with pytest.raises(ConfigurationError, match="leads away"):
        app.get("//other.example/api/x", token=token)

    class Own(StandaloneApp):
        user_agent = "own/1"

    own = oauth.register("own", **registration(box), client_cls=Own)
    assert own.get("x", token=token).status_code == 200
    assert box.requests[-1].header("user-agent") == "own/1"


def test_an_api_base_url_that_is_not_absolute_is_reported_for_relative_urls(box: ProviderBox) -> None:
    """Absolute URLs do not need it."""
    app = OAuth().register("box", **{**registration(box), "api_base_url": "api.example"})
    issued = box.issue_token()
    token = {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret}

    assert app.get(f"{box.origin}/api/x", token=token).status_code == 200
    with pytest.raises(SigningError, match="not an absolute URL"):
        app.get("x", token=token)


@given(st.tuples(st.text("abc:/|", max_size=6), st.text("abc:/|", max_size=6)).map(list), st.data())
def test_a_login_belongs_to_its_provider_and_token(pair: list[str], data: st.DataObject) -> None:
    """Provider "a" with token "bc" is not provider "ab" with token "c"."""
    from oauthone.login._pending_entries import identify

    text = "".join(pair)
    cut = data.draw(st.integers(0, len(text)))
    other = [text[:cut], text[cut:]]

    assert (identify(pair[0], pair[1]) == identify(other[0], other[1])) == (pair == other)
