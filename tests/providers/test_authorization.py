"""The addresses of pages on which the resource owner decides, read by the parser of the standard library."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from oauthone import providers
from oauthone.errors import ConfigurationError
from oauthone.providers._authorization import authorization_url, flows_of, page_of, required_page, says_refused
from oauthone.providers._model import Callback

CALLBACK = "https://app.example/done?x=1"


def parts(name: str, page: str | None = None, redirect_uri: str | None = None, **given: Any) -> tuple[str, list[Any]]:
    """Return the address without its query, and the pairs of that."""
    url = authorization_url(providers.get(name), "t/=", given, client_id="key", redirect_uri=redirect_uri, page=page)
    found = urlsplit(url)
    return f"{found.scheme}://{found.netloc}{found.path}", parse_qsl(found.query, strict_parsing=True)


def test_the_usual_page() -> None:
    address, pairs = parts("flickr", redirect_uri=CALLBACK, perms="write")
    assert address == "https://www.flickr.com/services/oauth/authorize"
    assert pairs == [("oauth_token", "t/="), ("perms", "write")]


def test_parameters_with_names_of_the_providers_own() -> None:
    assert parts("etrade")[1] == [("token", "t/="), ("key", "key")]


def test_the_client_identifier_and_a_query_of_the_providers_own() -> None:
    assert parts("wikimedia")[1] == [
        ("title", "Special:OAuth/authenticate"),
        ("oauth_token", "t/="),
        ("oauth_consumer_key", "key"),
    ]


def test_a_parameter_that_is_sent_several_times_and_a_callback() -> None:
    """Before OAuth 1.0a, the callback belonged here. One that was chosen for this address wins."""
    levels = [("allow_permission", "READ_PUBLIC"), ("allow_permission", "WRITE_PUBLIC")]
    chosen = ["READ_PUBLIC", "WRITE_PUBLIC"]
    assert parts("launchpad", redirect_uri=CALLBACK, allow_permission=chosen)[1] == [
        ("oauth_token", "t/="),
        *levels,
        ("oauth_callback", CALLBACK),
    ]
    assert parts("launchpad", allow_permission=chosen)[1] == [("oauth_token", "t/="), *levels]
    other = "https://app.example/other"
    assert parts("launchpad", redirect_uri=CALLBACK, oauth_callback=other)[1][1:] == [("oauth_callback", other)]


def test_another_page() -> None:
    assert parts("x", page="sign_in")[0] == "https://api.x.com/oauth/authenticate"
    assert parts("hatena", page="mobile")[0] == "https://www.hatena.ne.jp/touch/oauth/authorize"
    with pytest.raises(ConfigurationError, match="'x' has no page 'mobile'; it has sign_in"):
        parts("x", page="mobile")
    with pytest.raises(ConfigurationError, match="'flickr' has no page 'mobile'; it has only one"):
        parts("flickr", page="mobile")


def test_the_name_of_a_page() -> None:
    x = providers.get("x")
    assert page_of(x, "https://api.x.com/oauth/authorize") is None
    assert page_of(x, "https://api.x.com/oauth/authenticate") == "sign_in"
    with pytest.raises(ConfigurationError, match=r"'x' has https://api\.x\.com/oauth/authorize and .*, not https://a"):
        page_of(x, "https://api.x.com/oauth/authorise")


def test_a_provider_without_a_page() -> None:
    """The error names the ways to a token that there are, and where they are described."""
    assert required_page(providers.get("flickr")).url == "https://www.flickr.com/services/oauth/authorize"
    with pytest.raises(ConfigurationError, match=r"'bricklink' has no page to visit; .* static-token \(see http"):
        parts("bricklink")
    assert providers.get("bricklink").homepage in flows_of(providers.get("bricklink")._replace(docs=None))


@pytest.mark.parametrize(
    ("refusal", "callback", "refused"),
    [
        ("rejected=1", "https://app.example/done?oauth_token=t&rejected=1", True),
        ("rejected=1", "?rejected=1&oauth_token=t#_=_", True),
        ("rejected=1", "https://app.example/done?oauth_token=t&rejected=10", False),
        ("rejected=1", "https://app.example/done?oauth_token=t&oauth_verifier=rejected%3D1", False),
        ("oauth_verifier=", "oauth_token=t&oauth_verifier=", True),
        ("oauth_verifier=", "oauth_token=t&oauth_verifier=v", False),
        ("denied=<token>", "?denied=<token>", False),
        ("", "?oauth_token=t", False),
        (None, "?oauth_token=t", False),
    ],
)
def test_a_refusal_in_a_providers_own_form(refusal: str | None, callback: str, refused: bool) -> None:
    flickr = providers.get("flickr")
    assert says_refused(flickr._replace(callback=Callback(refusal=refusal)), callback) is refused
    assert not says_refused(flickr._replace(callback=None), callback)


@pytest.mark.parametrize("page", [["sign_in"], {}, 3])
def test_a_page_that_is_no_name(page: Any) -> None:
    facts = providers.get("x")
    with pytest.raises(ConfigurationError, match="'x' has no page"):
        authorization_url(facts, "t", {}, client_id="k", redirect_uri=None, page=page)
