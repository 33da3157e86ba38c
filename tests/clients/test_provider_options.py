"""What the facts about a provider mean for the options of a client."""

from pathlib import Path
from typing import Any

import pytest

from oauthone import providers
from oauthone.clients._auth import SigningAuth
from oauthone.clients._provider_options import first_callback, flow_requirements, sends_callback_first
from oauthone.clients.requests import OAuth1Auth, OAuth1Session
from oauthone.core.parameters import Placement
from oauthone.core.signature import HmacMethod
from oauthone.core.signing import random_nonce
from oauthone.errors import ConfigurationError
from oauthone.providers import Provider
from oauthone.providers._model import BodyHash, Callback, Nonce

FLICKR = providers.get("flickr")
TRADEME = providers.get("trademe")
HATENA = providers.get("hatena")
MAAS = providers.get("maas", base_url="http://maas.example:5240/MAAS")
LAUNCHPAD = providers.get("launchpad")
CARDMARKET = providers.get("cardmarket", consumer_key="k")
WOOCOMMERCE = providers.get("woocommerce", base_url="http://shop.example")
FATSECRET = providers.get("fatsecret")
PEM = (Path(__file__).parents[1] / "vectors/keys/mastercard-rsa2048.pem").read_bytes()
CALLBACK = "https://app.example/done"


def signed(provider: Provider, url: str, **options: Any) -> Any:
    return SigningAuth("key", "secret", provider=provider, **options).sign("GET", url, (), None)


@pytest.mark.parametrize("make", [OAuth1Session, OAuth1Auth])
def test_a_warning_about_a_provider_that_ends_names_the_callers_line(make: Any) -> None:
    with pytest.warns(FutureWarning, match="Garmin ends OAuth") as caught:
        make("key", "secret", provider="garmin")
    assert [warning.filename for warning in caught] == [__file__]


# --- how requests are signed ------------------------------------------------------------------------------------------


def test_the_method_that_the_provider_prefers() -> None:
    assert SigningAuth("key", "secret", provider=TRADEME).signer.signature_method.name == "PLAINTEXT"
    chosen = SigningAuth("key", "secret", provider=TRADEME, signature_method="HMAC-SHA1")
    assert chosen.signer.signature_method.name == "HMAC-SHA1"
    own = HmacMethod("HMAC-SHA1", "sha1")
    assert SigningAuth("key", "secret", provider=FLICKR, signature_method=own).signer.signature_method is own


@pytest.mark.parametrize("method", ["PLAINTEXT", HmacMethod("HMAC-SHA256", "sha256"), 7], ids=repr)
def test_a_method_that_the_provider_does_not_accept(method: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"signature_method=.* contradicts .*'flickr', which has HMAC-SHA1"):
        SigningAuth("key", "secret", provider=FLICKR, signature_method=method)


def test_the_placement() -> None:
    assert SigningAuth("key", "secret", provider=WOOCOMMERCE).signer.placement is Placement.QUERY
    chosen = SigningAuth("key", "secret", provider=WOOCOMMERCE, signature_type=Placement.HEADER)
    assert chosen.signer.placement is Placement.HEADER
    with pytest.raises(ConfigurationError, match=r"signature_type='BODY' contradicts .*, which has QUERY or HEADER"):
        SigningAuth("key", "secret", provider=WOOCOMMERCE, signature_type="BODY")


def test_a_fixed_realm() -> None:
    url = "https://n.hatena.com/x"
    assert signed(HATENA, url).authorization.startswith('OAuth realm="", ')
    assert signed(HATENA, url, realm="").authorization.startswith('OAuth realm="", ')
    with pytest.raises(ConfigurationError, match=r"realm='x' contradicts .*'hatena', which has '': leave realm out"):
        signed(HATENA, url, realm="x")
    assert signed(FLICKR, "https://api.flickr.com/x", realm="x").authorization.startswith('OAuth realm="x", ')


def test_the_request_url_as_realm() -> None:
    """It is the URL of the request, without the query."""
    url = "https://api.cardmarket.com/ws/v2.0/account"
    assert signed(CARDMARKET, f"{url}?a=1").authorization.startswith(f'OAuth realm="{url}", ')
    assert signed(CARDMARKET, f"{url}/2").authorization.startswith(f'OAuth realm="{url}/2", ')
    with pytest.raises(ConfigurationError, match=r"realm='x' contradicts .*, which has the URL of each request"):
        signed(CARDMARKET, url, realm="x")


def test_a_request_without_a_version() -> None:
    url = "http://shop.example/wp-json/wc/v3/orders"
    assert "oauth_version" not in signed(WOOCOMMERCE, url).url
    assert "oauth_version" in signed(FLICKR, "https://api.flickr.com/x").authorization
    assert "oauth_version" not in signed(FLICKR, "https://api.flickr.com/x", version=None).authorization
    with pytest.raises(ConfigurationError, match=r"version='1\.0a' contradicts .*, which has no version"):
        signed(WOOCOMMERCE, url, version="1.0a")


def test_a_body_hash() -> None:
    hashing = FLICKR._replace(body_hash=BodyHash("sha1", "always"))
    assert "oauth_body_hash" in signed(hashing, "https://api.flickr.com/x").authorization
    assert SigningAuth("key", "secret", provider=hashing, body_hash="always").signer.body_hash == "always"
    for given in ({"body_hash": "never"}, {"body_hash": "auto"}, {"force_include_body": True}):
        with pytest.raises(ConfigurationError, match=r"body_hash='.*' contradicts .*, which has always"):
            SigningAuth("key", "secret", provider=hashing, **given)
    assert SigningAuth("key", "secret", provider=FLICKR, force_include_body=True).signer.body_hash == "auto"
    assert SigningAuth("key", "secret", provider=FLICKR).signer.body_hash == "never"


def test_an_empty_token() -> None:
    """Some providers want oauth_token in requests without a user, too; it stays away once there is a token."""
    url = "https://api.cardmarket.com/x"
    auth = SigningAuth("key", "secret", provider=CARDMARKET)
    assert 'oauth_token=""' in auth.sign("GET", url, (), None).authorization
    with_token = auth.with_token("t", "s")
    assert 'oauth_token="t"' in with_token.sign("GET", url, (), None).authorization
    assert 'oauth_token=""' in with_token.with_token(None).sign("GET", url, (), None).authorization
    assert "oauth_token" not in signed(FLICKR, "https://api.flickr.com/x").authorization


def test_timestamps_that_never_go_back() -> None:
    times = iter([50.0, 40.0])
    auth = SigningAuth("key", "secret", provider=FATSECRET, clock=times.__next__)
    url = "https://platform.fatsecret.com/rest/server.api"
    assert [auth.sign("GET", url, (), None).timestamp for _ in range(2)] == ["50", "50"]


@pytest.mark.parametrize(
    ("facts", "length"),
    [
        (None, 24),
        (Nonce(), 24),
        (Nonce(max_length=80), 24),
        (Nonce(max_length=10), 10),
        (Nonce(min_length=6, recommended_length=20), 20),
        (Nonce(recommended_length=32), 32),
        (Nonce(min_length=40), 40),
    ],
    ids=repr,
)
def test_the_length_of_a_nonce(facts: Nonce | None, length: int) -> None:
    assert len(signed(FLICKR._replace(nonce=facts), "https://api.flickr.com/x").nonce) == length


def test_a_nonce_of_the_callers_own_wins() -> None:
    own = WOOCOMMERCE._replace(nonce=Nonce(max_length=3))
    assert signed(own, "http://shop.example/x", nonce=lambda: "mine").nonce == "mine"
    assert SigningAuth("key", "secret", provider=FLICKR).signer.replace(nonce=random_nonce)


def test_a_secret_that_is_missing() -> None:
    """The error says where the provider shows it. Some providers give none, and RSA needs none."""
    with pytest.raises(
        ConfigurationError, match=r"'flickr' needs client_secret, .*: https://www\.flickr\.com/services"
    ):
        SigningAuth("key", provider=FLICKR)
    with pytest.raises(ConfigurationError, match="'flickr' needs client_secret"):
        SigningAuth("key", "", provider=FLICKR, signature_method=HmacMethod("HMAC-SHA1", "sha1"))
    assert SigningAuth("key", provider=LAUNCHPAD).signer.secrets == ("", "")
    with pytest.raises(ConfigurationError, match=r"needs client_secret, .*: https://www.flickr.com$"):
        SigningAuth("key", provider=FLICKR._replace(docs=None))


def test_a_secret_for_a_provider_that_has_none() -> None:
    """PLAINTEXT would send it. RSA uses no shared secret, and some programs pass a word that means nothing."""
    for facts in (LAUNCHPAD, MAAS):
        with pytest.raises(
            ConfigurationError, match=f"client_secret=… contradicts .*{facts.id!r}.* leave client_secr"
        ) as caught:
            SigningAuth("key", "hush", provider=facts)
        assert "hush" not in str(caught.value)
        assert SigningAuth("key", "", token="t", token_secret="s", provider=facts).signer.secrets == ("", "s")
    assert SigningAuth("key", "any", rsa_key=PEM, provider="mastercard").signer.signature_method.name.startswith("RSA")


@pytest.mark.parametrize("name", ["noun-project", "here", "mastercard"])
def test_a_token_for_a_provider_that_issues_none(name: str) -> None:
    options: dict[str, Any] = {"rsa_key": PEM} if name == "mastercard" else {}
    for token in ("hush", {"oauth_token": "hush", "oauth_token_secret": "s"}):
        with pytest.raises(
            ConfigurationError, match=f"token=… contradicts .*{name!r}, which issues no tokens"
        ) as caught:
            OAuth1Session("key", "secret", token=token, provider=name, **options)
        assert "hush" not in str(caught.value)
    client = OAuth1Session("key", "secret", provider=name, **options)
    with pytest.raises(ConfigurationError, match="which issues no tokens"):
        client.token = {"oauth_token": "hush", "oauth_token_secret": "s"}
    assert client.token is None
    client.token = None
    assert OAuth1Session("key", "secret", token="t", provider="tumblr").token


# --- what the flow requires -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "given", "required"),
    [
        ("required", None, True),
        ("required", True, True),
        ("optional", None, False),
        ("optional", True, True),
        ("optional", False, False),
        ("none", None, False),
        ("none", False, False),
        (None, None, True),
        (None, False, False),
    ],
)
def test_whether_a_verifier_is_required(fact: Any, given: bool | None, required: bool) -> None:
    assert flow_requirements(FLICKR._replace(verifier=fact), given, None).require_verifier is required


@pytest.mark.parametrize(("fact", "given"), [("required", False), ("none", True)])
def test_a_verifier_that_contradicts(fact: Any, given: bool) -> None:
    with pytest.raises(ConfigurationError, match=f"require_verifier={given} contradicts .*'flickr', .* {fact}"):
        flow_requirements(FLICKR._replace(verifier=fact), given, None)


@pytest.mark.parametrize(
    ("fact", "sent", "given", "required"),
    [
        ("sent", "temporary_credentials", None, True),
        ("missing", "temporary_credentials", None, False),
        (None, "temporary_credentials", None, True),
        (None, "temporary_credentials", False, False),
        (None, "authorization", None, False),
        (None, "authorization", True, True),
        (None, None, None, True),
        ("sent", "authorization", None, True),
    ],
)
def test_whether_the_callback_must_be_confirmed(fact: Any, sent: Any, given: bool | None, required: bool) -> None:
    facts = FLICKR._replace(callback_confirmed=fact, callback=Callback(sent))
    assert flow_requirements(facts, None, given).require_callback_confirmed is required


@pytest.mark.parametrize(("fact", "given"), [("sent", False), ("missing", True)])
def test_a_confirmation_that_contradicts(fact: Any, given: bool) -> None:
    with pytest.raises(ConfigurationError, match=f"require_callback_confirmed={given} contradicts .* {fact}"):
        flow_requirements(FLICKR._replace(callback_confirmed=fact), None, given)


@pytest.mark.parametrize(
    ("facts", "redirect_uri", "first"),
    [
        (None, None, None),
        (Callback(), CALLBACK, CALLBACK),
        (Callback("temporary_credentials", oob=True), None, None),
        (Callback("temporary_credentials", oob=True), "oob", "oob"),
        (Callback("temporary_credentials", oob=False), CALLBACK, CALLBACK),
        (Callback("temporary_credentials", oob=False, optional=True), "", ""),
        (Callback("authorization", oob=False), None, ""),
        (Callback("authorization", oob=False), CALLBACK, ""),
        (Callback("registered"), None, ""),
        (Callback("none"), "", ""),
    ],
)
def test_the_callback_of_the_first_leg(facts: Callback | None, redirect_uri: str | None, first: str | None) -> None:
    assert first_callback(FLICKR._replace(callback=facts), redirect_uri) == first


@pytest.mark.parametrize(
    ("facts", "redirect_uri", "message"),
    [
        (Callback("temporary_credentials", oob=False), None, "shows no code to type in: pass redirect_uri=…, a URL"),
        (Callback("temporary_credentials", oob=False), "oob", "shows no code to type in"),
        (Callback("authorization"), "oob", "does not know 'oob'"),
        (Callback("registered"), CALLBACK, "redirect_uri=.* contradicts .* callback: the one that is registered there"),
        (Callback("none"), CALLBACK, "redirect_uri=.* contradicts .* callback: none"),
    ],
)
def test_a_callback_that_the_provider_does_not_take(facts: Callback, redirect_uri: str | None, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        first_callback(FLICKR._replace(callback=facts), redirect_uri)


def test_where_the_callback_is_sent() -> None:
    assert sends_callback_first(FLICKR)
    assert not sends_callback_first(LAUNCHPAD)


def test_a_callback_that_is_left_out() -> None:
    """An empty text sends none, which only some providers take."""
    for facts in (FLICKR, HATENA):
        with pytest.raises(
            ConfigurationError, match=r"redirect_uri='' contradicts .*, which has a callback in the req"
        ):
            first_callback(facts, "")
    assert FLICKR.callback is not None
    with pytest.raises(ConfigurationError, match="shows no code to type in: pass redirect_uri=…"):
        first_callback(FLICKR._replace(callback=Callback("temporary_credentials", oob=False)), "")
    assert first_callback(FLICKR._replace(callback=FLICKR.callback._replace(optional=True)), "") == ""
    assert first_callback(FLICKR._replace(callback=None), "") == ""
    assert first_callback(LAUNCHPAD, "") == ""
