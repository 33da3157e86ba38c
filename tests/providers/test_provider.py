"""`Provider`: how certain it is, and where its tokens may be sent."""

from collections.abc import Callable
from pathlib import Path

import pytest

from oauthone import providers
from oauthone.providers._catalogue import load
from oauthone.providers._model import Source, Table
from oauthone.providers._provider import RetiredProvider

from .conftest import SMALLEST


def test_the_level_is_the_lowest_of_endpoints_methods_and_signature(write: Callable[[str, str], Path]) -> None:
    assert load(write("box", SMALLEST)).level == "single"
    assert load(write("box", SMALLEST.replace('"single"', '"unknown"'))).level == "unknown"
    assert load(write("box", SMALLEST.replace('"single"', '"verified"'))).level == "verified"


def test_the_level_of_a_retired_provider_is_that_of_its_end(write: Callable[[str, str], Path]) -> None:
    head = SMALLEST.partition("flows")[0].replace('"active"', '"retired"') + 'message = "Gone."\n'
    provider = load(write("box", head + '[sources.status]\nlevel = "single"\nas_of = "2026"\nfound_in = ["a page"]\n'))
    assert isinstance(provider, RetiredProvider)
    assert provider.level == "single"


def test_the_level_of_a_fact_is_that_of_its_sources() -> None:
    provider = providers.get("etrade")
    assert provider.level_of("token_lifetime") == "verified"
    assert provider.level_of("error_shapes") == "single"
    assert provider.level_of("revoke") == provider.level_of("variables") == "verified"
    assert providers.get("trello").level_of("token_lifetime") == "unknown"
    assert provider._replace(sources=Table({"errors": Source("unknown", "2026")})).level_of("error_shapes") == "unknown"
    with pytest.raises(AttributeError, match="a provider has no attribute 'colour'"):
        provider.level_of("colour")


@pytest.mark.parametrize(
    "url",
    [
        "https://api.flickr.com/services/rest?method=x#y",
        "https://API.Flickr.com:443",
        "https://up.flickr.com/services/upload/",
    ],
)
def test_tokens_may_be_sent_to_the_api(url: str) -> None:
    assert providers.get("flickr").allows(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.flickr.com/services/rest",
        "https://flickr.com/",
        "https://api.flickr.com:8443/",
        "https://api.flickr.com.evil.example/",
        "https://api.flickr.com@evil.example/",
        "https://evil.example/https://api.flickr.com/",
        "//api.flickr.com/",
        "/services/rest",
        "",
    ],
)
def test_tokens_may_not_be_sent_elsewhere(url: str) -> None:
    assert not providers.get("flickr").allows(url)


def test_the_base_of_a_self_hosted_provider_is_the_given_one() -> None:
    provider = providers.get("jira", base_url="https://jira.example/tracker")
    assert provider.allows("https://jira.example/tracker/rest/api/2/myself")
    assert not provider.allows("https://other.example/tracker/rest/api/2/myself")


def test_a_variant_has_its_own_base() -> None:
    assert providers.get("etrade").allows("https://api.etrade.com/v1/accounts/list")
    assert not providers.get("etrade").allows("https://apisb.etrade.com/v1/accounts/list")
    sandbox = providers.get("etrade", variant="sandbox")
    assert sandbox.allows("https://apisb.etrade.com/v1/accounts/list")
    assert not sandbox.allows("https://api.etrade.com/v1/accounts/list")
