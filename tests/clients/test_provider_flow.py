"""The flow with a provider whose facts are known: endpoints, chosen parameters, callbacks and pages."""

import copy
import pickle
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from oauthone import providers
from oauthone.clients._provider_flow import flow_of
from oauthone.clients.requests import OAuth1Session
from oauthone.errors import AccessDenied, ConfigurationError

CALLBACK = "https://app.example/done"


def test_the_endpoint_and_how_the_provider_wants_it() -> None:
    flow = flow_of("fatsecret", None, None)
    target = flow.target("temporary_credentials", None, None, {"timeout": 3})
    assert target == ("https://authentication.fatsecret.com/oauth/request_token", "GET", "QUERY", {"timeout": 3}, True)
    assert flow.target("token_credentials", None, "POST", {}).method == "POST"
    assert flow.target("token_credentials", flow.provider.token_credentials.url, None, {}).method == "GET"


@pytest.mark.parametrize(
    ("provider", "name", "given", "message"),
    [
        (
            "flickr",
            "temporary_credentials",
            {"url": "https://evil.example/"},
            "endpoint https://www.flickr.com/.*, not https://evil",
        ),
        ("flickr", "token_credentials", {"method": "PUT"}, "'flickr' takes GET or POST there, not PUT"),
        ("flickr", "renew", {}, "'flickr' has no endpoint for renew .* three-legged"),
        ("instapaper", "temporary_credentials", {}, "'instapaper' has no endpoint for temporary credentials .* xauth"),
        ("hatena", "temporary_credentials", {}, "'hatena' needs scope"),
    ],
)
def test_what_the_provider_does_not_have(provider: str, name: str, given: dict[str, Any], message: str) -> None:
    options = {"url": None, "method": None, "given": {}, **given}
    with pytest.raises(ConfigurationError, match=message):
        flow_of(provider, None, None).target(name, **options)


def test_an_endpoint_for_a_flow_that_no_client_has() -> None:
    cardmarket = providers.get("cardmarket", consumer_key="k")
    with pytest.raises(ConfigurationError, match="no endpoint for token credentials that this client could use"):
        flow_of(cardmarket, None, None).target("token_credentials", None, None, {})


@pytest.mark.parametrize(
    ("provider", "name", "given", "message"),
    [
        (
            "flickr",
            "temporary_credentials",
            {"permissions": "read"},
            r"pass it to create_authorization_url\(\)$",
        ),
        ("flickr", "token_credentials", {"perms": "read"}, r"'flickr' takes perms elsewhere: pass it to create_auth"),
        (
            "hatena",
            "token_credentials",
            {"scope": "read_public"},
            r"pass it to fetch_request_token\(\)$",
        ),
        ("discogs", "temporary_credentials", {"permissions": "read"}, "'discogs' has no parameter for permissions"),
        (
            "hatena",
            "temporary_credentials",
            {"params": {"scope": "evil"}},
            r"params has scope, whose value is not check",
        ),
        (
            "hatena",
            "token_credentials",
            {"data": b"scope=evil"},
            r"data has scope, .*: pass scope=… to fetch_request_tok",
        ),
        (
            "instapaper",
            "token_credentials",
            {"data": {"x_auth_username": "a"}},
            "pass x_auth_username=… to fetch_access",
        ),
        ("instapaper", "token_credentials", {"data": [("x_auth_mode", "a")]}, "data has x_auth_mode"),
        (
            "instapaper",
            "token_credentials",
            {"data": "a=b", "x_auth_username": "a", "x_auth_password": "b"},
            "data must be a mapping, because the parameters of 'instapaper' travel in the same form",
        ),
    ],
)
def test_a_parameter_in_the_wrong_place(provider: str, name: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        flow_of(provider, None, None).target(name, None, None, given)


@pytest.mark.parametrize("content", [{"x": "1"}, [("x", "1")], "x=1", b"x=1", b"\xff", None, iter(())], ids=repr)
def test_what_else_a_program_sends_is_its_own_affair(content: Any) -> None:
    target = flow_of("flickr", None, None).target("temporary_credentials", None, None, {"params": content})
    assert target.options == {"params": content}
    target = flow_of("etrade", None, None).target("renew", None, None, {"data": content})
    assert target.options == {"data": content}


def test_the_authorization_address_names_the_method_that_takes_a_parameter() -> None:
    with OAuth1Session("key", "secret", provider="hatena") as session:
        with pytest.raises(ConfigurationError, match=r"'hatena' takes scope elsewhere: pass it to fetch_request_token"):
            session.create_authorization_url(request_token="t", scope="read_public")
        with pytest.raises(ConfigurationError, match="'hatena' has no parameter q here: it takes none"):
            session.create_authorization_url(request_token="t", q="x")


def test_parameters_of_the_first_leg_travel_in_the_query() -> None:
    target = flow_of("hatena", None, None).target(
        "temporary_credentials", None, None, {"scope": ["read_public", "write_public"], "headers": {"x": "y"}}
    )
    assert parse_qsl(urlsplit(target.url).query) == [("scope", "read_public,write_public")]
    assert target.options == {"headers": {"x": "y"}}
    assert "scope" not in repr(target) or "read_public" in repr(target)


def test_a_users_own_credentials_travel_in_a_form() -> None:
    given = {"x_auth_username": "alice", "x_auth_password": "hush", "data": {"more": "1"}}
    target = flow_of("instapaper", None, None).target("token_credentials", None, None, given)
    assert target.options["data"] == {
        "more": "1",
        "x_auth_username": "alice",
        "x_auth_password": "hush",
        "x_auth_mode": "client_auth",
    }
    assert "hush" not in repr(target)
    assert "hush" not in target.url


def test_the_page_by_its_name_or_by_its_address() -> None:
    with OAuth1Session("key", "secret", provider="x") as session:
        by_name = session.create_authorization_url(request_token="t", page="sign_in")
        assert by_name == "https://api.x.com/oauth/authenticate?oauth_token=t"
        assert session.create_authorization_url("https://api.x.com/oauth/authenticate", "t") == by_name
        with pytest.raises(ConfigurationError, match=r"not https://evil.example/"):
            session.create_authorization_url("https://evil.example/", "t")


def test_a_provider_without_a_page_says_so_before_it_misses_credentials() -> None:
    with OAuth1Session("key", "secret", provider="bricklink") as session:
        with pytest.raises(ConfigurationError, match=r"'bricklink' has no page to visit; .*static-token"):
            session.create_authorization_url()
        with pytest.raises(ConfigurationError, match="'bricklink' has no endpoint for temporary credentials"):
            session.fetch_request_token()


def test_a_provider_from_before_oauth_1_0a() -> None:
    """The callback is sent on the authorization address alone."""
    with OAuth1Session("key", provider="launchpad", redirect_uri=CALLBACK) as session:
        assert session._flow_state.of_provider is not None
        assert session._flow_state.of_provider.first_callback(session.redirect_uri) == ""
        url = session.create_authorization_url(request_token="t")
    assert ("oauth_callback", CALLBACK) in parse_qsl(urlsplit(url).query)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))])
def test_copies_know_the_provider(duplicate: Any) -> None:
    with OAuth1Session("key", "secret", provider="fatsecret", redirect_uri=CALLBACK) as session:
        copied = duplicate(session)
        assert copied.provider == session.provider == providers.get("fatsecret")
        assert copied.auth.provider == session.provider
        assert copied._target("temporary_credentials", None, None, {}) == session._target(
            "temporary_credentials", None, None, {}
        )


@pytest.mark.parametrize(
    ("refusal", "query"),
    [("rejected=1", "oauth_token=t&rejected=1"), ("oauth_verifier=", "oauth_token=t&oauth_verifier=")],
)
def test_a_refusal_in_the_providers_own_form(refusal: str, query: str) -> None:
    """It ends the authorization; a callback of a user who agreed does not."""
    facts = providers.get("openmage", base_url="https://shop.example")
    assert facts.callback is not None
    facts = facts._replace(callback=facts.callback._replace(refusal=refusal))
    with OAuth1Session("key", "secret", token="t", token_secret="s", provider=facts) as session:
        with pytest.raises(AccessDenied):
            session.parse_authorization_response(f"https://app.example/done?{query}")
        agreed = session.parse_authorization_response("https://app.example/done?oauth_token=t&oauth_verifier=v")
    assert agreed == {"oauth_token": "t", "oauth_verifier": "v"}
