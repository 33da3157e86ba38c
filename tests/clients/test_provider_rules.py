"""The rules of a provider for each signed request."""

import pickle

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oauthone import providers
from oauthone.clients._auth import SigningAuth
from oauthone.clients._provider_rules import ProviderRules
from oauthone.errors import ConfigurationError

FLICKR = providers.get("flickr")
WIKIMEDIA = providers.get("wikimedia")


@pytest.mark.parametrize(
    "url",
    [
        "https://api.flickr.com.evil.example/x",
        "http://api.flickr.com/x",
        "https://api.flickr.com:444/x",
        "https://evil.example/?https://api.flickr.com",
    ],
)
def test_another_address_gets_no_signature(url: str) -> None:
    auth = SigningAuth("key", "secret", token="t", token_secret="s", provider=FLICKR)
    assert not auth.may_sign(url)
    with pytest.raises(ConfigurationError, match=r"is not an address of 'flickr', which has https://api\.flickr\.com"):
        auth.sign("GET", url, (), None)


@pytest.mark.parametrize("url", ["https://api.flickr.com/x", "https://API.flickr.com:443/x", "https://up.flickr.com/"])
def test_an_address_of_the_provider_gets_one(url: str) -> None:
    auth = SigningAuth("key", "secret", token="t", token_secret="s", provider=FLICKR)
    assert auth.may_sign(url)
    assert auth.sign("GET", url, (), None).authorization


_HOSTS = st.sampled_from(
    [
        "www.flickr.com",
        "WWW.flickr.com",
        "www.flickr.com:443",
        "u@www.flickr.com",
        "en.wikipedia.org",
        "evil.example",
        "",
    ]
)
_REST = st.text(st.sampled_from("/?#@:\\\t \x7f\x85%.ax\u2028"), max_size=8)


@example(["https://www.flickr.com", "https://www.flickr.com@evil.example"])
@example(["https://www.flickr.com/", "https://www.flickr.com/\\@evil.example"])
@given(st.lists(st.builds("{}://{}{}".format, st.sampled_from(["https", "http", "HTTPS"]), _HOSTS, _REST), max_size=12))
def test_remembered_origins_change_nothing(urls: list[str]) -> None:
    for facts in (FLICKR, WIKIMEDIA):
        rules = ProviderRules(facts)
        for url in [*urls, *urls]:
            assert rules.allows(url) is facts.allows(url), url


def test_only_so_many_origins_are_remembered() -> None:
    rules = ProviderRules(WIKIMEDIA)
    for number in range(200):
        assert rules.allows(f"https://w{number}.wikipedia.org/w/api.php")
    assert len(rules._allowed) == 100
    assert not rules.allows("https://wikipedia.org.evil.example/")
    assert pickle.loads(pickle.dumps(rules)).allows("https://w7.wikipedia.org/")


@pytest.mark.parametrize("value", [None, "", "python-requests/2.34", "python-httpx/0.28", "Python/3.11 aiohttp/3.14"])
def test_a_user_agent_that_names_no_application(value: str | None) -> None:
    ProviderRules(FLICKR).require_user_agent(value)
    with pytest.raises(ConfigurationError, match="'wikimedia' requires a User-Agent that names your application"):
        ProviderRules(WIKIMEDIA).require_user_agent(value)


@pytest.mark.parametrize("value", ["photo-printer/1.0", "photo-printer/1.0 python-requests/2.34"])
def test_a_user_agent_that_names_one(value: str) -> None:
    ProviderRules(WIKIMEDIA).require_user_agent(value)


@pytest.mark.parametrize("url", ["https://u:hunter2@api.flickr.com/x", "https://api.flickr.com/a\\b"])
def test_an_address_of_the_provider_that_parsers_read_differently(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"an address at https://api\.flickr\.com has user info") as caught:
        SigningAuth("key", "secret", provider=FLICKR).sign("GET", url, (), None)
    assert "hunter2" not in str(caught.value)
