"""The shipped data, and finding a provider in it."""

import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oauthone import providers
from oauthone.errors import ConfigurationError
from oauthone.providers import ProviderRetired, _catalogue
from oauthone.providers._catalogue import DATA, aliases, as_provider, at, entry, load, names
from oauthone.providers._provider import Provider, RetiredProvider
from oauthone.providers._templates import addresses_of

from .conftest import SMALLEST

Write = Callable[[str, str], Path]


def words(text: str) -> set[str]:
    return set(re.findall(r"\S+", text))


THREE_LEGGED = words(
    "discogs etrade evernote fatsecret flickr hatena hattrick launchpad plurk ravelry schoology telldus trademe trello "
    "smugmug tripit tumblr wikimedia x zaim zotero"
)
SELF_HOSTED = words(
    "atlassian-data-center magento2 mediawiki open-bank-project opencaching openmage usos wordpress-oauth1"
)
OTHERS = words("bricklink cardmarket here instapaper maas mastercard noun-project woocommerce")
RETIRING = {"garmin", "netsuite"}
RETIRED = words(
    "500px bitbucket-cloud digg douban dropbox-v1 etsy-v2 fitbit foursquare google khan-academy linkedin meetup "
    "mendeley openstreetmap quickbooks rdio readability sina-weibo twinfield upwork vimeo withings xero yahoo yelp-v2"
)
FILES = sorted(DATA.rglob("*.toml"))

#: An option for each provider that needs one.
OPTIONS = {"netsuite": {"account": "1234567"}, "cardmarket": {"consumer_key": "key"}}
OPTIONS |= {"mediawiki": {"index_url": "https://wiki.example/w/index.php"}}


def options_of(name: str) -> dict[str, str]:
    found = entry(name)
    assert isinstance(found, Provider)
    needs = "base_url" in found.variables
    return OPTIONS.get(name, {"base_url": "https://host.example"} if needs else {})


def test_the_catalogue() -> None:
    assert set(providers.names()) == THREE_LEGGED | SELF_HOSTED | OTHERS | RETIRING
    assert set(providers.names(retired=True)) == RETIRED
    assert providers.names() == sorted(providers.names())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_fits_the_model(path: Path) -> None:
    provider = load(path)
    assert (path.parent == DATA / "retired") == isinstance(provider, RetiredProvider)
    if isinstance(provider, Provider):
        assert provider.level == "verified"


@pytest.mark.parametrize("name", sorted(THREE_LEGGED | SELF_HOSTED | OTHERS | RETIRING))
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_each_provider_can_be_had(name: str) -> None:
    provider = providers.get(name, **options_of(name))
    assert provider.id == name
    assert [url for _, url in addresses_of(provider) if "{" in url] == []
    for variant in provider.variants:
        assert providers.get(name, variant=variant, **options_of(name)) != provider
    if "three-legged" in provider.flows:
        assert None not in (provider.temporary_credentials, provider.authorization, provider.token_credentials)
    if provider.identity and provider.identity.url:
        assert provider.allows(provider.identity.url)


@pytest.mark.parametrize("name", sorted(RETIRED))
def test_each_retired_provider_says_so(name: str) -> None:
    with pytest.raises(providers.ProviderRetired) as caught:
        providers.get(name)
    assert caught.value.provider == name
    certain = entry(name).level
    assert str(caught.value).endswith(" (no source is recorded).") == (certain == "unknown")
    assert str(caught.value).endswith(" (from one source).") == (certain == "single")
    if certain != "verified":
        assert not re.search(r"\b(?:19|20)\d\d\b", str(caught.value))


@pytest.mark.parametrize("name", sorted(RETIRING))
def test_a_retiring_provider_warns_its_caller(name: str) -> None:
    with pytest.warns(FutureWarning, match="2026-12-31|2028.2") as caught:
        providers.get(name, **options_of(name))
    assert [one.filename for one in caught] == [__file__]


def test_a_living_provider_does_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert providers.get("flickr").status == "active"


@pytest.mark.parametrize(
    ("alias", "name"),
    [("twitter", "x"), ("wikipedia", "wikimedia"), ("trade-me", "trademe"), ("thenounproject", "noun-project")],
)
def test_an_alias(alias: str, name: str) -> None:
    assert providers.get(alias) == providers.get(name)


def test_an_alias_of_a_retired_provider() -> None:
    with pytest.raises(providers.ProviderRetired, match="Dropbox"):
        providers.get("dropbox")


def test_no_alias_is_taken_twice() -> None:
    stated = [alias for path in FILES for alias in load(path).aliases]
    assert len(stated) == len(set(stated)) == len(aliases()) > 20
    assert set(stated) & {path.stem for path in FILES} == set()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("flikr", "did you mean 'flickr'?"),
        ("Tumblr", "did you mean 'tumblr'?"),
        ("twiter", "did you mean 'twitter'?"),
        ("xer", "did you mean 'xero'?"),
        ("nothing-like-it", "python -m oauthone.providers lists them"),
        ("../data/flickr", "did you mean 'flickr'?"),
        ("retired/xero", "python -m oauthone.providers lists them"),
        ("", "python -m oauthone.providers lists them"),
        ("flickr\n", "did you mean 'flickr'?"),
        ("a\x00", "python -m oauthone.providers lists them"),
    ],
)
def test_an_unknown_name(name: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        providers.get(name)
    assert not isinstance(caught.value, providers.ProviderRetired)
    assert str(caught.value) == f"there is no provider {name!r} in the catalogue: {hint}"


def test_a_file_in_the_folder_is_all_that_a_provider_needs(write: Write) -> None:
    write("box", SMALLEST.replace("flows", 'aliases = ["crate"]\nflows', 1))
    assert names(retired=False) == ["box"]
    assert _catalogue.get("crate", None, {}).id == "box"


def test_the_data_name_only_public_sources() -> None:
    """A source is an address, a file of a repository, an issue, or a description of a program."""
    for path in FILES:
        for group, source in load(path).sources.items():
            assert source.level != "verified" or source.found_in, (path.stem, group)
            assert not [one for one in source.found_in if re.search(r"notes\.md|\bshared\b", one)], (path.stem, group)


@pytest.mark.parametrize(
    ("statement", "loaded"),
    [
        ("import oauthone.providers", {"oauthone.providers"}),
        ("from oauthone.providers import get, names", {"oauthone.providers"}),
    ],
)
def test_importing_it_loads_nothing_but_itself(statement: str, loaded: set[str]) -> None:
    program = f"import sys, oauthone\nbefore = set(sys.modules)\n{statement}\nprint(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50)
    assert set(done.stdout.split()) == loaded


@pytest.mark.parametrize(
    "line",
    [
        'aliases = ["photos"]',
        'aliases=["photos"]',
        'aliases = "photos"',
        'aliases = [\n  "photos",  # as people say\n  "pictures",\n]',
        '"aliases" = ["photos"]',
        'quirks = ["""\n[tables] look like this"""]\naliases = ["photos"]',
    ],
)
def test_aliases_however_they_are_written(write: Write, line: str) -> None:
    write("box", SMALLEST.replace("flows", f"{line}\nflows", 1))
    write("case", SMALLEST)
    write("odd", SMALLEST.replace("flows", "aliases = 7\nflows", 1))
    write("odder", SMALLEST.replace("flows", "aliases = [7]\nflows", 1))
    assert aliases()["photos"] == "box"
    assert entry("photos").id == "box"
    with pytest.raises(ConfigurationError, match=r"odd\.toml:5: aliases must be a list"):
        entry("odd")


def test_a_file_in_another_encoding(write: Write) -> None:
    path = write("box", SMALLEST)
    path.write_bytes(path.read_bytes().replace(b'"active"', '"äctive"'.encode("latin-1")))
    with pytest.raises(ConfigurationError, match=r"^box\.toml:3: this is not UTF-8$"):
        entry("box")
    path.write_bytes(SMALLEST.replace("Box", "Bóx").replace("\n", "\r\n").encode())
    assert load(path).name == "Bóx"


@pytest.mark.parametrize(("name", "options"), [(None, {}), (3, {}), ([], {}), ("etrade", {"variant": 3})])
def test_a_name_that_is_no_text(name: Any, options: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="must be a string, not of type"):
        providers.get(name, **options)


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(ConfigurationError, match=r"^there is no provider 'q{64}' in the catalogue: python -m"):
        providers.get("q" * 5000)


def test_a_provider_is_a_name_or_its_facts() -> None:
    flickr = providers.get("flickr")
    assert as_provider("flickr") == flickr
    assert as_provider(flickr) is flickr
    with pytest.raises(
        TypeError, match=r"provider is a int: pass a name, or what oauthone\.providers\.get\(\) returns"
    ):
        as_provider(1)
    with pytest.raises(
        ConfigurationError, match="there is no provider 'flikr' in the catalogue: did you mean 'flickr'"
    ):
        as_provider("flikr")
    with pytest.raises(ConfigurationError, match=r"needs the option base_url: .*administration pages show it"):
        as_provider("jira")
    with pytest.raises(ProviderRetired):
        as_provider("xero")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.flickr.com/services/rest?a=b", "flickr"),
        ("https://www.flickr.com/services/oauth/request_token", "flickr"),
        ("http://api.flickr.com/services/rest", "flickr"),
        ("https://api.schoology.com/v1/users/1", "schoology"),
        ("https://1234567-sb1.suitetalk.api.netsuite.com/x", None),
        ("https://api.example/", None),
        ("https://user@api.flickr.com/", None),
        ("no URL", None),
    ],
)
def test_the_provider_of_an_address(url: str, name: str | None) -> None:
    found = at(url)
    assert (found and found.id) == name
