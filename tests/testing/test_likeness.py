"""How a box is like a provider: which facts, clients and addresses it has."""

from collections.abc import Callable

import pytest

from oauthone import providers
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import ConfigurationError
from oauthone.providers._templates import addresses_of
from oauthone.testing import ProviderBox
from oauthone.testing._likeness import Likeness, at_origin, example_of, leads_to

Likes = Callable[..., ProviderBox]

ORIGIN = "http://127.0.0.1:1"


def names(of: Likeness, url: str) -> list[str]:
    return of.names_at(IncomingRequest.from_url("GET", url))


def test_a_provider_is_given_by_name_or_as_it_is() -> None:
    assert Likeness("twitter", ()).original == providers.get("x")
    flickr = providers.get("flickr")
    assert Likeness(flickr, ()).original is flickr
    with pytest.raises(ConfigurationError, match="did you mean 'flickr'"):
        ProviderBox(like="flikr")
    with pytest.raises(providers.ProviderRetired, match="Xero"):
        ProviderBox(like="xero")


def test_variables_have_their_examples() -> None:
    jira = example_of("jira")
    assert jira.api_base == ("https://jira.example",)
    assert example_of("schoology").authorization is not None
    assert example_of("schoology").authorization.url == "https://app.schoology.com/oauth/authorize"  # type: ignore[union-attr]
    with ProviderBox(like=providers.get("jira", base_url="https://work.example/jira")) as box:
        assert box.request_token_url == f"{box.origin}/jira/plugins/servlet/oauth/request-token"


def test_all_addresses_are_those_of_the_box() -> None:
    for name in providers.names():
        there = at_origin(example_of(name), ORIGIN)
        addresses = [address for _, address in addresses_of(there)]
        assert addresses
        assert {address[: len(ORIGIN)] for address in addresses} == {ORIGIN}, name
    moved = at_origin(example_of("wikimedia"), ORIGIN)
    assert moved.api_base == (ORIGIN,)
    tripit = at_origin(example_of("tripit"), ORIGIN)
    assert tripit.realm is not None
    assert tripit.realm.value == "https://api.tripit.com/"


def test_the_clients_of_a_provider(likes: Likes) -> None:
    assert list(likes("discogs").clients) == ["HMAC-SHA1", "PLAINTEXT"]
    launchpad = likes("launchpad")
    assert (launchpad.client.client_secret, launchpad.client.signature_method) == ("", "PLAINTEXT")
    assert likes("jira").client.rsa_key is not None


def test_a_box_says_which_provider_it_is_like(likes: Likes) -> None:
    box = likes("flickr")
    assert (box.like.id, box.like.api_base) == ("flickr", (box.origin,))
    with ProviderBox() as plain, pytest.raises(ConfigurationError, match="like no provider"):
        _ = plain.like


def test_what_is_at_an_address() -> None:
    evernote, mediawiki = Likeness("evernote", ()), Likeness("mediawiki", ())
    assert names(evernote, "https://www.evernote.com/oauth") == ["token_credentials", "temporary_credentials"]
    assert names(evernote, "https://www.evernote.com/oauth/") == []
    assert names(evernote, "https://evernote.example/oauth") == []
    wiki = "https://wiki.example/w/index.php"
    for title in ("Special:OAuth/initiate", "Special%3AOAuth%2Finitiate"):
        assert names(mediawiki, f"{wiki}?format=json&title={title}") == ["temporary_credentials"]
    assert names(mediawiki, f"{wiki}?title=Special:OAuth/other") == []
    for slash in ("/", ""):
        assert names(Likeness("wordpress", ()), f"https://blog.example/wp-json{slash}") == ["discovery"]
    assert names(Likeness("here", ()), "https://account.api.here.com/oauth2/token") == ["exchange"]


@pytest.mark.parametrize(
    ("name", "url", "expected"),
    [
        ("hattrick", "https://chpp.hattrick.org/oauth/authenticate.aspx?oauth_token=a", True),
        ("plurk", "https://www.plurk.com/m/authorize", True),
        ("plurk", "https://www.plurk.com/OAuth/authorize?oauth_token=a", True),
        ("plurk", "https://www.plurk.com/OAuth/access_token", False),
        ("bricklink", "https://api.bricklink.com/", False),
    ],
)
def test_where_the_resource_owner_decides(name: str, url: str, expected: bool) -> None:
    assert Likeness(name, ()).is_authorization(IncomingRequest.from_url("GET", url)) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://maas.example:5240/MAAS/api/2.0/machines/", True),
        ("http://maas.example:5240/MAAS/api/2.0", True),
        ("http://maas.example:5240/MAAS/api/2.0x", False),
        ("http://maas.example:5240/MAAS/", False),
        ("https://maas.example:5240/MAAS/api/2.0/", False),
    ],
)
def test_where_the_data_is(url: str, expected: bool) -> None:
    assert Likeness("maas", ()).is_api(IncomingRequest.from_url("GET", url)) is expected


def test_a_path_is_compared_decoded() -> None:
    request = IncomingRequest.from_url("POST", "https://launchpad.net/%2Brequest-token")
    assert leads_to("https://launchpad.net/+request-token", request)
    assert leads_to("https://launchpad.net", IncomingRequest.from_url("GET", "https://launchpad.net/"))
