"""The options of one provider: those that are refused, and what is made from them once for all clients."""

import asyncio
from typing import Any

import pytest

from oauthone import RsaKey
from oauthone.errors import ConfigurationError, SigningError
from oauthone.login import OAuth
from oauthone.testing import ProviderBox

from .conftest import Opener
from .sites import OPTIONS, registration

TOKEN = {"oauth_token": "t", "oauth_token_secret": "s"}


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
    make = clients.OAuth1Client._library.create_ssl_context
    monkeypatch.setattr(
        clients.OAuth1Client._library, "create_ssl_context", lambda **options: made.append(options) or make(**options)
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
    option = {"verify": False, "transport": clients.OAuth1Client._library.HTTPTransport(trust_env=False)}[given_option]
    app = OAuth().register(
        "box",
        **{
            **registration(box),
            "client_cls": clients.OAuth1Client,
            "client_kwargs": {given_option: option, "trust_env": False},
        },
    )

    assert app.get("x", token=token).json()["user"] == "alice"


def test_an_api_base_url_that_is_not_absolute_is_reported_for_relative_urls(box: ProviderBox) -> None:
    """Absolute URLs do not need it."""
    app = OAuth().register("box", **{**registration(box), "api_base_url": "api.example"})
    issued = box.issue_token()
    token = {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret}

    assert app.get(f"{box.origin}/api/x", token=token).status_code == 200
    with pytest.raises(SigningError, match="not an absolute URL"):
        app.get("x", token=token)


def test_a_relative_url_stays_at_the_origin_of_api_base_url(open_site: Opener, box: ProviderBox) -> None:
    issued = box.issue_token()
    token = {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret}
    browser = open_site(fetch_token=lambda *_: token).browser()

    for path in ("photos?size=1", "/doors/1", f"{box.origin}/absolute"):
        assert browser.open(f"/account?path={path.replace('?', '%3F')}").json["user"] == "alice"

    urls = [one.url for one in box.requests]
    assert urls == [f"{box.origin}/api/photos?size=1", f"{box.origin}/doors/1", f"{box.origin}/absolute"]
    page = browser.open(f"/account?path=//{box.other_origin.partition('//')[2]}/x")
    assert page.error == "ConfigurationError"
    assert "leads away" in page.json["message"]


def test_a_relative_url_needs_api_base_url(open_site: Opener) -> None:
    page = open_site(registered={"api_base_url": None}, fetch_token=lambda *_: TOKEN).browser().open("/account?path=x")

    assert page.error == "ConfigurationError"
    assert "api_base_url" in page.json["message"]


@pytest.mark.parametrize("option", ["tokn", "scope", "clientid"])
def test_a_misspelt_option_is_rejected(open_site: Opener, box: ProviderBox, option: str) -> None:
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{option}'"):
        open_site().oauth.register("other", **registration(box), **{option: "x"})


@pytest.mark.parametrize("option", ["server_metadata_url", "refresh_token_url", "jwks_uri", "update_token"])
def test_an_option_of_oauth_2_is_rejected(open_site: Opener, box: ProviderBox, option: str) -> None:
    """The error names the protocol."""
    with pytest.raises(TypeError, match=r"OAuth 2.*only for OAuth 1\.0"):
        open_site().oauth.register("other", **registration(box), **{option: "x"})


def test_a_provider_without_request_token_url_is_rejected(open_site: Opener, box: ProviderBox) -> None:
    """It would be a provider of OAuth 2."""
    given = {**registration(box), "request_token_url": None}

    with pytest.raises(ConfigurationError, match=r"request_token_url.*only for OAuth 1\.0.*OAuth 2"):
        open_site().oauth.register("other", **given)


def test_a_provider_without_client_id_is_rejected(open_site: Opener, box: ProviderBox) -> None:
    with pytest.raises(ConfigurationError, match="client_id"):
        open_site().oauth.register("other", **{**registration(box), "client_id": None})
