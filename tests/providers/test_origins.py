"""Which URLs are inside a base, and which values may stand in an address. The judges are the parsers of clients."""

from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from oauthone.errors import ConfigurationError
from oauthone.providers._origins import checked_address, checked_host, checked_segment, is_host, is_inside

WILD = "https://*.wikipedia.example"


@pytest.mark.parametrize(
    ("base", "url"),
    [
        (WILD, "https://en.wikipedia.example/w/api.php"),
        (WILD, "https://EN.m.Wikipedia.example"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/y"),
        ("https://[::1]:8000", "https://[::1]:8000/y"),
        ("https://api.example", "https://api.example/ü?q=a@b#@"),
        ("https://api.example/v1", "https://api.example/v1?next=https://evil.example"),
    ],
)
def test_a_url_inside(base: str, url: str) -> None:
    assert is_inside(base, url)


@pytest.mark.parametrize(
    "url",
    [
        "https://wikipedia.example/",
        "https://evilwikipedia.example/",
        "https://en.wikipedia.example.evil.example/",
        "https://en.wikipedia.example:444/",
        "http://en.wikipedia.example/",
        "https://.wikipedia.example/",
        "https://en..wikipedia.example/",
        "https://evil.example\uff0f.wikipedia.example/",
        "https://evil.example%2f.wikipedia.example/",
        "https://evil.example\\.wikipedia.example/",
        "https://evil.example\t.wikipedia.example/",
        "https://user@en.wikipedia.example/",
        "https://en.wikipedia.example:x/",
        " https://en.wikipedia.example/",
    ],
)
def test_a_url_outside(url: str) -> None:
    assert not is_inside(WILD, url)


@given(
    st.text(alphabet="ae.-:/@?#\\%[]\t\uff0f\u3002ß*", max_size=12),
    st.sampled_from(["", ".wikipedia.example", "/.wikipedia.example"]),
)
def test_what_is_inside_goes_there_in_every_parser(start: str, end: str) -> None:
    """A URL that clients would send to another host is never inside."""
    url = f"https://{start}{end}"
    if is_inside(WILD, url):
        hosts = {urlsplit(url).hostname, parse_url(url).host, httpx.URL(url).host}
        assert all(host and host.endswith(".wikipedia.example") for host in hosts), hosts


@pytest.mark.parametrize(
    "value",
    [
        "https://jira.example",
        "https://jira.example:8443/jira",
        "https://xn--bcher-kva.example/a%20b/~c",
        "https://192.0.2.1",
        "https://[2001:db8::1]:8443/x",
        "http://localhost:8080",
        "http://127.0.0.1",
        "http://[::1]/x",
        "HTTPS://Jira.example",
    ],
)
def test_an_address(value: str) -> None:
    scheme, _, rest = value.partition("://")
    assert checked_address(value, allow_http=False) == f"{scheme.lower()}://{rest}"
    assert checked_address(f"{value}/", allow_http=False) == f"{scheme.lower()}://{rest}"


def test_plain_http_is_an_address_where_it_is_allowed() -> None:
    assert checked_address("http://maas.example:5240/MAAS", allow_http=True) == "http://maas.example:5240/MAAS"
    with pytest.raises(ConfigurationError, match="must begin with https://"):
        checked_address("http://maas.example:5240/MAAS", allow_http=False)


@pytest.mark.parametrize(
    "value",
    [
        *("", "jira.example", "//jira.example", "ftp://jira.example", "https:jira.example", "https:///jira.example"),
        *("javascript://jira.example", "https://", "https://jira.example:", "https://jira.example:x", "https://:443"),
        *("https://user@jira.example", "https://u:p@jira.example", "https://jira.example@evil.example"),
        *("https://jira.example?x", "https://jira.example/?x=1", "https://jira.example#x", "https://jira.example/#"),
        *(
            "https://jira.example\\evil",
            "https:\\\\jira.example",
            "https://jira.example/a\\b",
            "https://jira.example/a b",
        ),
        *("https://jira.example\n", "https://jira\t.example", "https://jira.example/\x00", " https://jira.example"),
        *("https://jira..example", "https://-jira.example", "https://jira.example.", "https://jirä.example"),
        *(
            "https://jira.example\uff0fevil",
            "https://jira\u3002example",
            "https://jira%2eexample",
            "https://{base_url}",
        ),
        *(
            "https://jira.example/..",
            "https://jira.example/a/../b",
            "https://jira.example/%2e%2E/b",
            "https://jira.example/.",
        ),
        *("https://jira.example/a//b", "https://jira.example/%", "https://jira.example/{x}", "https://jira.example/ä"),
        *("https://[::1", "https://[::1]x", "https://[jira.example]:1/x/]", f"https://{'a' * 64}.example"),
        f"https://{'a.' * 130}example",
    ],
)
def test_no_address(value: str) -> None:
    with pytest.raises(ConfigurationError):
        checked_address(value, allow_http=True)


@pytest.mark.parametrize("value", ["app.schoology.example", "1234567-sb1", "a"])
def test_a_host(value: str) -> None:
    assert checked_host(value) == value


@pytest.mark.parametrize(
    "value", ["", "a/b", "a:1", "a@b", "a.", ".a", "-a", "a_b", "ä", "a\n", "a?b", "a%2fb", "[::1]"]
)
def test_no_host(value: str) -> None:
    assert not is_host(value)
    with pytest.raises(ConfigurationError, match="is not a host name"):
        checked_host(value)


@pytest.mark.parametrize("value", ["admin", "app-token_1.2~3", "..."])
def test_a_segment(value: str) -> None:
    assert checked_segment(value) == value


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "a?b", "a#b", "a%2fb", "a b", "a\n", "ä", "{a}", "a\\b"])
def test_no_segment(value: str) -> None:
    with pytest.raises(ConfigurationError, match="may contain only"):
        checked_segment(value)
