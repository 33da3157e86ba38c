"""Where a request goes: whether two URLs share an origin, and whether a secret may travel to a URL."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from urllib3.util import parse_url

from oauthone.core.urls import (
    Origin,
    host_of_authority,
    host_of_url,
    is_confidential,
    origin,
    require_confidential,
    split_authority,
    split_query,
)
from oauthone.errors import InsecureTransportError, SigningError


@pytest.mark.parametrize(
    "url",
    [
        "HTTPS://User@A.Example:443/p?q#f",
        "https://a.example?q",
        "https://a.example#f",
        "https://a.example:/p",
        "https://a.example:00443",
        "https://b.example:80@a.example/",
    ],
)
def test_an_origin_has_one_value(url: str) -> None:
    assert origin(url) == origin("https://a.example") == ("https", "a.example", 443)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("HTTP://A.example:80/x", "http://a.example"),
        ("https://a.example:80", "https://a.example:80"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("http://[::1]/", "http://[::1]"),
        ("ws://a.example/", "ws://a.example"),
        ("https://b\u00fccher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_as_text(url: str, text: str) -> None:
    assert str(origin(url)) == text
    assert origin(text) == origin(url)


def test_a_name_that_two_standards_read_differently_is_itself_alone() -> None:
    """IDNA 2003 turns "straße" into "strasse", IDNA 2008 into another name. It is equal to itself only."""
    name = "https://stra\u00dfe.example"
    assert origin(name) == origin(name + ":443/x")
    assert origin(name) != origin("https://strasse.example")
    assert origin("https://a\u00df..example") == origin("https://a\u00df..example/")
    for odd in ("https://\u00fc.xn--0", "https://\u00fc.xn--\u00fc"):
        assert origin(odd) == origin(f"{odd}:443/") != origin("https://xn--tda.xn--0")


def test_an_origin_of_parts() -> None:
    assert Origin.of("HTTP", "A.example", None) == origin("http://a.example:80")
    assert Origin.of("ftp", "a.example", None).port is None


_SCHEMES = st.sampled_from(["http", "https", "HTTPS", "ftp"])
_USERS = st.sampled_from(["", "u@", "u:p@", "b.example@", "b.example:80@"])
_HOSTS = st.sampled_from(["a.example", "A.EXAMPLE", "a.exampl", "a.example.b", "b.example", "127.0.0.1", "[::1]"])
_PORTS = st.one_of(st.just(""), st.just(":"), st.integers(0, 65535).map(":{}".format), st.sampled_from([":80", ":443"]))
_TAILS = st.sampled_from(["", "/", "?", "#", "/a@b.example", "?@b.example", "#@b.example", "/:80", "//b.example"])
_URLS = st.builds("{}://{}{}{}{}".format, _SCHEMES, _USERS, _HOSTS, _PORTS, _TAILS)


@example("http://a.example", "http://a.example:0")
@given(_URLS, _URLS)
def test_two_urls_share_an_origin_if_another_parser_says_so(one: str, two: str) -> None:
    def judged(url: str) -> tuple[str | None, str, int | None]:
        read = parse_url(url)
        port = {"http": 80, "https": 443}.get(read.scheme or "") if read.port is None else read.port
        return read.scheme, (read.host or "").lower(), port

    assert (origin(one) == origin(two)) == (judged(one) == judged(two))


@pytest.mark.parametrize(
    "other",
    [
        "http://a.example",
        "https://a.example:444",
        "https://a.example:44",
        "https://a.exampl",
        "https://b.example",
        "https://a.example.b",
        "https://xa.example",
        "https://a.example@b.example",
        "https://a.example:443@b.example",
    ],
)
def test_another_scheme_host_or_port_is_another_origin(other: str) -> None:
    assert origin(other) != origin("https://a.example")


@pytest.mark.parametrize(
    "url",
    [
        "a.example",
        "/path",
        "https:///path",
        "https://?a.example",
        "https://:443/",
        "https://user@/",
        "https://a.example:port/",
        "https://a.example:\u0664\u0664/",
        "https://a.example:-1/",
        r"https://evil.example\@a.example/",
    ],
)
def test_what_has_no_clear_origin_is_refused(url: str) -> None:
    with pytest.raises(SigningError):
        origin(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/",
        "HTTPS://a.example",
        "http://localhost/",
        "http://LOCALHOST:8080/",
        "http://app.localhost/",
        "http://127.0.0.1:5000",
        "http://127.1.2.3/",
        "http://[::1]:80/",
    ],
)
def test_https_and_loopback_keep_a_secret(url: str) -> None:
    assert is_confidential(url)
    require_confidential(url, "a secret", allow_insecure_transport=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/",
        "http://localhost.example/",
        "http://localhost@a.example/",
        "http://notlocalhost/",
        "http://127.0.0.1.example/",
        "http://1127.0.0.1/",
        "http://[::2]/",
        "http://0.0.0.0/",
        "ftp://a.example/",
    ],
)
def test_another_machine_over_plain_http_does_not(url: str) -> None:
    """The error says where the secret would have gone, and gives two solutions."""
    assert not is_confidential(url)
    with pytest.raises(InsecureTransportError) as caught:
        require_confidential(url, "the canary", allow_insecure_transport=False)
    for part in ("the canary would be sent unencrypted to", "use https", "allow_insecure_transport=True"):
        assert part in str(caught.value)
    require_confidential(url, "the canary", allow_insecure_transport=True)


def test_hosts_are_compared_as_cookies_see_them() -> None:
    """Without a port, in lower case, and empty for a value without a host."""
    assert [host_of_authority(given) for given in ("LOCALHOST:5000", "[::1]:80", "", "[", "app.example")] == [
        "localhost",
        "::1",
        "",
        "",
        "app.example",
    ]
    assert [
        host_of_url(url)
        for url in ("https://App.example:8443/cb?x", "oob", "", "http://a\\@b/", "myapp://back", "http://[")
    ] == [
        "app.example",
        "",
        "",
        "a",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://a.example/p?q=1#f", ("https://a.example/p", "q=1")),
        ("https://a.example/p#f?q=1", ("https://a.example/p", "")),
        ("https://a.example/p?a?b", ("https://a.example/p", "a?b")),
        ("https://a.example?", ("https://a.example", "")),
    ],
)
def test_query_and_fragment_are_split_off(url: str, parts: tuple[str, str]) -> None:
    assert split_query(url) == parts


@pytest.mark.parametrize(
    "url", ["", "/path", "//a.example/p", "a.example", "https://", "https:///p", "://a.example/", r"http://a\@b/"]
)
def test_what_is_no_absolute_url_is_refused(url: str) -> None:
    """So is a backslash before the path, because parsers disagree about the host."""
    with pytest.raises(SigningError, match=r"it is not an absolute URL such as 'https://api\.example/path'"):
        split_authority(url)


def test_a_long_url_is_shortened_in_the_message() -> None:
    """To 80 characters."""
    for length, shown in ((80, "x" * 80), (81, "x" * 77 + "...")):
        with pytest.raises(SigningError) as caught:
            split_authority("x" * length)
        assert f"cannot sign {shown!r}: " in str(caught.value)
