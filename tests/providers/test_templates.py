"""Variables and variants: what is filled in where, and that no value leads elsewhere."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from oauthone import providers
from oauthone.errors import ConfigurationError
from oauthone.providers import Provider, names
from oauthone.providers._catalogue import entry
from oauthone.providers._templates import addresses_of, names_in, resolve

#: Values that lead elsewhere in one parser or another, or that look as if they did.
HOSTILE = st.one_of(
    st.text(max_size=20),
    st.text(alphabet="aZ9.-_~:/@?#\\%[]{}\t\n \x00\uff0f\u3002ä", max_size=20),
    st.sampled_from(
        ["evil.example/", "evil.example#", "evil.example?", "a@evil.example", "..", "../x", "%2e%2e", "a.", "x/"]
    ),
)


def urls_of(provider: providers.Provider) -> list[str]:
    return [url for _, url in addresses_of(provider)]


def test_the_address_of_a_self_hosted_provider() -> None:
    provider = providers.get("jira", base_url="https://jira.example/tracker/")
    assert provider.id == "atlassian-data-center"
    assert provider.temporary_credentials is not None
    assert provider.temporary_credentials.url == "https://jira.example/tracker/plugins/servlet/oauth/request-token"
    assert provider.authorization is not None
    assert provider.authorization.url == "https://jira.example/tracker/plugins/servlet/oauth/authorize"
    assert provider.identity is not None
    assert provider.identity.url == "https://jira.example/tracker/rest/api/2/myself"
    assert provider.api_base == ("https://jira.example/tracker",)


@pytest.mark.filterwarnings("ignore:NetSuite:FutureWarning")
def test_an_account_in_two_spellings() -> None:
    provider = providers.get("netsuite", account="1234567_SB1")
    assert provider.realm == ("account", "1234567_SB1", None)
    assert provider.api_base == (
        "https://1234567-sb1.suitetalk.api.netsuite.com",
        "https://1234567-sb1.restlets.api.netsuite.com",
    )


def test_a_default_and_another_value() -> None:
    default, own = providers.get("schoology"), providers.get("schoology", domain="district.schoology.com")
    assert default.authorization is not None
    assert own.authorization is not None
    assert default.authorization.url == "https://app.schoology.com/oauth/authorize"
    assert own.authorization.url == "https://district.schoology.com/oauth/authorize"


def test_an_address_with_an_optional_variable() -> None:
    wiki = "https://wiki.example"
    without = providers.get("mediawiki", index_url=f"{wiki}/w/index.php")
    given_too = providers.get("mediawiki", index_url=f"{wiki}/w/index.php", article_url=f"{wiki}/wiki/")
    assert without.authorization is not None
    assert without.authorization.alternatives == {}
    assert without.authorization.url == f"{wiki}/w/index.php?title=Special:OAuth/authenticate"
    assert given_too.authorization is not None
    assert given_too.authorization.alternatives == {"always_ask": f"{wiki}/wiki/Special:OAuth/authorize"}


def test_a_variant_with_other_hosts() -> None:
    sandbox = providers.get("evernote", variant="sandbox")
    assert {urlsplit(url).hostname for url in urls_of(sandbox)} == {"sandbox.evernote.com"}
    assert {urlsplit(url).hostname for url in urls_of(providers.get("evernote"))} == {"www.evernote.com"}
    trademe = providers.get("trademe", variant="sandbox")
    assert trademe.authorization is not None
    assert (trademe.authorization.url, trademe.api_base) == (
        "https://www.tmsandbox.co.nz/Oauth/Authorize",
        ("https://api.tmsandbox.co.nz",),
    )


def test_no_variant_gives_a_token_to_the_live_hosts() -> None:
    beta = providers.get("wikimedia", variant="beta")
    assert not beta.allows("https://en.wikipedia.org/w/api.php")
    assert beta.allows("https://meta.wikimedia.beta.wmflabs.org/w/api.php")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: providers.get("jira"),
            r"'atlassian-data-center' needs the option base_url: .+ Example: providers\.get\(.+base_url=",
        ),
        (lambda: providers.get("jira", baseurl="https://a.example"), r"no option 'baseurl'. Did you mean 'base_url'\?"),
        (lambda: providers.get("jira", x="y"), r"no option 'x'. It has base_url\."),
        (lambda: providers.get("flickr", base_url="https://a.example"), r"'flickr' has no option .+ It has none\."),
        (lambda: providers.get("etrade", variant="sandbx"), r"no variant 'sandbx'. Did you mean 'sandbox'\?"),
        (lambda: providers.get("flickr", variant="sandbox"), r"'flickr' has no variant 'sandbox'. It has none\."),
        (lambda: providers.get("jira", base_url=b"https://a.example"), "must be a string, not of type bytes"),
        (lambda: providers.get("jira", base_url="jira.example"), "is 'jira.example', which is not an address such as"),
        (lambda: providers.get("jira", base_url="http://jira.example"), "which must begin with https://"),
    ],
)
def test_bad_input_names_itself_and_the_remedy(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        call()


@pytest.mark.filterwarnings("ignore:NetSuite:FutureWarning")
def test_a_pattern_is_explained_by_an_example() -> None:
    with pytest.raises(ConfigurationError, match="'1234567-sb1', which does not look like 1234567_SB1"):
        providers.get("netsuite", account="1234567-sb1")
    with pytest.raises(ConfigurationError, match="has no option 'account_host'"):
        providers.get("netsuite", account="1", account_host="evil.example")


def test_a_password_in_a_value_is_not_quoted() -> None:
    with pytest.raises(ConfigurationError) as caught:
        providers.get("jira", base_url="https://me:hunter2@jira.example")
    assert "hunter2" not in str(caught.value)
    with pytest.raises(ConfigurationError) as caught:
        providers.get("jira", base_url="https://jira.example?" + "x" * 500)
    assert "x" * 100 not in str(caught.value)


@given(
    st.one_of(
        HOSTILE, HOSTILE.map(lambda value: f"https://{value}"), HOSTILE.map(lambda end: f"https://a.example{end}")
    )
)
def test_a_hostile_address_never_leads_to_another_host(value: str) -> None:
    """Where two parsers of URLs find different hosts, the value is refused. So is one with anything after the path."""
    try:
        provider = providers.get("jira", base_url=value)
    except ConfigurationError:
        return
    expected = urlsplit(value)
    assert expected.hostname
    assert (expected.username, expected.query, expected.fragment) == (None, "", "")
    for url in urls_of(provider):
        assert urlsplit(url).hostname == expected.hostname
        assert (parse_url(url).host or "").strip("[]") == expected.hostname
        assert urlsplit(url).path.startswith(expected.path.rstrip("/"))
        assert names_in(url) == set()


@given(HOSTILE)
@pytest.mark.filterwarnings("ignore:NetSuite:FutureWarning")
def test_a_hostile_account_stays_at_its_provider(value: str) -> None:
    try:
        provider = providers.get("netsuite", account=value)
    except ConfigurationError:
        return
    assert all(str(parse_url(url).host).endswith(".netsuite.com") for url in urls_of(provider))


@given(HOSTILE)
def test_a_hostile_segment_stays_a_segment(value: str) -> None:
    try:
        provider = providers.get("cardmarket", consumer_key=value)
    except ConfigurationError:
        return
    assert provider.authorization is not None
    url = parse_url(provider.authorization.url)
    assert (url.host, url.path) == ("api.cardmarket.com", f"/ws/v2.0/authenticate/{value}")


@pytest.mark.parametrize("name", names(retired=False))
def test_no_variant_but_that_of_an_older_host_takes_tokens_to_the_usual_hosts(name: str) -> None:
    provider = entry(name)
    assert isinstance(provider, Provider)
    for variant in provider.variants.keys() - {"twitter-host"}:
        bases = resolve(provider, {"consumer_key": "k"} if name == "cardmarket" else {}, variant).api_base
        assert set(bases).isdisjoint(provider.api_base)


@pytest.mark.parametrize(
    "value",
    [
        "u:hunter2@host",
        "//u:hunter2@h",
        "https://u:hunter2@h.example",
        "https://u:a/hunter2@h.example",
        "https://h.example/?t=hunter2",
        "https://h.example/\n?hunter2",
        "https://h.example#hunter2",
    ],
)
def test_a_message_does_not_repeat_what_may_be_secret(value: str) -> None:
    with pytest.raises(ConfigurationError, match="base_url of 'atlassian-data-center' is") as caught:
        providers.get("jira", base_url=value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("port", [1, 443, 65535])
def test_a_port(port: int) -> None:
    assert providers.get("jira", base_url=f"https://h.example:{port}").api_base == (f"https://h.example:{port}",)


@pytest.mark.parametrize("port", ["0", "65536", "99999", "00000"])
def test_a_port_that_no_machine_has(port: str) -> None:
    with pytest.raises(ConfigurationError, match="is not an address such as"):
        providers.get("jira", base_url=f"https://h.example:{port}")


def test_a_missing_option_names_the_page_that_tells_about_it() -> None:
    for name in ("mediawiki", "opencaching", "open-bank-project"):
        found = entry(name)
        assert isinstance(found, Provider)
        with pytest.raises(ConfigurationError, match=f"Example: .*; see {found.docs}$"):
            providers.get(name)
