"""A request as it arrives: its parts, and what is wrong with it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.core.incoming_request import READ_HEADERS, IncomingRequest
from oauthone.core.parsed_request import parse_request
from oauthone.core.policy import VerificationPolicy
from oauthone.core.verification import verify_request
from oauthone.core.verification_types import FindCredentials

from .incoming import NOW, URL, at_once, header


def test_header_names_are_read_in_any_case() -> None:
    for name in ("authorization", "AUTHORIZATION"):
        headers = [(name, header()[0][1])]
        assert next(
            verify_request(IncomingRequest.from_url("GET", URL, headers, b""), VerificationPolicy(), NOW)
        ) == FindCredentials("client", "t")


def test_a_url_that_is_not_absolute_is_a_clean_refusal() -> None:
    for url in ("/path", "", "api.example/", "ftp://api.example/", "https://u@api.example/", "https:///x"):
        error = at_once(header(), url=url)
        assert error.status == 400
        assert error.reason.startswith("the request is malformed: ")


def test_an_incoming_request_shows_its_method_and_address_only() -> None:
    headers = [("Authorization", 'OAuth oauth_consumer_key="k", oauth_signature="CANARY"')]
    incoming = parse_request(
        IncomingRequest.from_url("GET", "https://api.example/x?password=CANARY", headers, b"CANARY"),
        VerificationPolicy(),
    )
    for shown in (repr(incoming), repr(incoming.request)):
        assert "GET api.example /x" in shown
        assert "CANARY" not in shown


def made(url: str = "https://api.example/p", headers: Any = (), method: str = "GET", body: bytes = b"") -> Any:
    return IncomingRequest.from_url(method, url, headers, body)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://api.example/a%2Fb?x=1&y", ("https", "api.example", "/a%2Fb", "x=1&y")),
        ("HTTP://API.Example:8080", ("http", "API.Example:8080", "/", "")),
        ("https://api.example?a=/b?c", ("https", "api.example", "/", "a=/b?c")),
        ("https://[::1]:8443/", ("https", "[::1]:8443", "/", "")),
        ("https://api.example/é?é", ("https", "api.example", "/%C3%A9", "\xc3\xa9")),
    ],
)
def test_a_url_is_split_once_and_not_decoded(url: str, parts: tuple[str, str, str, str]) -> None:
    """The path is escaped where it is not ASCII, which gives the same base string."""
    request = made(url)

    assert (request.scheme, request.authority, request.path, request.query) == parts
    assert request.fault is None


@pytest.mark.parametrize(
    ("method", "scheme", "authority", "path", "query", "fault"),
    [
        ("get", "https", "a.example", "/", "", "its method is not a token in capital letters"),
        ("G T", "https", "a.example", "/", "", "its method is not a token"),
        ("", "https", "a.example", "/", "", "its method is not a token"),
        ("GET", "ftp", "a.example", "/", "", "its scheme is neither http nor https"),
        ("GET", "https", "u@a.example", "/", "", "its Host header is not host[:port]"),
        ("GET", "https", "", "/", "", "its Host header is not host[:port]"),
        ("GET", "https", "a.example", "p", "", "its path does not begin with a slash"),
        ("GET", "https", "a.example", "*", "", "its path does not begin with a slash"),
        ("GET", "https", "a.example", "/a\\b", "", "a character that is not allowed in a path"),
        ("GET", "https", "a.example", "/a#b", "", "a character that is not allowed in a path"),
        ("GET", "https", "a.example", "/a b", "", "a character that is not allowed in a path"),
        ("GET", "https", "a.example", "/\n", "", "a character that is not allowed in a path"),
        ("GET", "https", "a.example", "/", "a#b", "a character that is not allowed in a query"),
        ("GET", "https", "a.example", "/", "a b", "a character that is not allowed in a query"),
        ("GET", "https", "a.example", "/" + "a" * 2000 + " ", "", "a character that is not allowed in a path"),
    ],
)
def test_a_request_that_breaks_the_rfcs_says_how(
    method: str, scheme: str, authority: str, path: str, query: str, fault: str
) -> None:
    """It is made all the same, so that it can be answered."""
    assert fault in (IncomingRequest(method, scheme, authority, path, query).fault or "")


def test_options_alone_may_ask_for_the_whole_server() -> None:
    assert IncomingRequest("OPTIONS", "https", "a.example", "*").fault is None


def test_a_host_header_replaces_the_servers_own_name() -> None:
    named = ("inner", 8443)

    assert IncomingRequest("GET", "https", named, "/", headers=[("HOST", "api.example")]).authority == "api.example"
    assert IncomingRequest("GET", "https", named, "/").authority == "inner:8443"
    assert IncomingRequest("GET", "https", ("::1", None), "/").authority == "[::1]"


@pytest.mark.parametrize("name", ["Host", "Content-Type"])
def test_a_header_that_stands_there_twice_is_a_fault(name: str) -> None:
    """Even with the same value: another reader might take one of them only."""
    assert f"there are two {name} headers" in (made(headers=[(name, "a"), (name.lower(), "a")]).fault or "")


def test_two_signatures_in_headers_are_a_fault_but_another_scheme_is_none() -> None:
    oauth, basic = ("Authorization", "OAuth a"), ("authorization", "Basic b")

    assert made(headers=[basic, oauth]).authorization == "OAuth a"
    assert made(headers=[basic, oauth]).fault is None
    assert made(headers=[oauth, oauth]).fault == "there are two OAuth Authorization headers"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["host", "Host", "HOST", "content-type", "Content-Type", "authorization", "AUTHORIZATION"])
            | st.sampled_from(["oauth-base-string", "X-Forwarded-Host", "cookie", "h\xf6st", "accept-bytes"]),
            st.sampled_from(["", "a.example", "a/b", "\xe9", "application/x-www-form-urlencoded; charset=utf-8"])
            | st.sampled_from(["OAuth a", "oauth\tb", "Basic c"]),
        ),
        max_size=4,
    )
)
def test_headers_of_octets_are_read_like_strings(headers: list[tuple[str, str]]) -> None:
    octets = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    one = made(headers=headers)
    other = IncomingRequest("GET", "https", "api.example", "/p", headers=octets, has_octets=True).with_body(b"")

    for name in ("authority", "content_type", "has_form", "authorization", "fault"):
        assert getattr(other, name) == getattr(one, name)
    assert one.headers == headers
    assert other.headers == [(name.lower(), text) for name, text in headers if name.lower() in READ_HEADERS]


@pytest.mark.parametrize(
    ("content_type", "has_form"),
    [
        ("application/x-www-form-urlencoded", True),
        ("Application/X-WWW-Form-URLEncoded; charset=utf-8", True),
        ("multipart/form-data; boundary=x", False),
        ("", False),
    ],
)
def test_the_content_type_says_whether_the_body_is_a_form(content_type: str, has_form: bool) -> None:
    assert made(headers=[("Content-Type", content_type)]).has_form is has_form


def test_a_request_with_another_body_is_another_request() -> None:
    first = made(body=b"one")
    second = first.with_body(b"two")

    assert (first.body, second.body) == (b"one", b"two")
    assert (second.method, second.authority, second.path) == ("GET", "api.example", "/p")


def test_behind_a_proxy_a_request_is_seen_as_its_client_sees_it() -> None:
    inner = made("http://10.0.0.1:8000/photos?x=1")

    public = inner.with_public_url("https", "api.example", "/v1")

    assert (public.scheme, public.authority, public.path, public.query) == ("https", "api.example", "/v1/photos", "x=1")
    assert inner.path == "/photos"
    whole = IncomingRequest("OPTIONS", "http", "a.example", "*").with_public_url("https", "api.example", "/v1")
    assert (whole.path, whole.fault) == ("*", None)


def test_a_public_url_excuses_the_servers_own_name_but_no_header() -> None:
    """Behind a Unix socket the server has no name. A header that is present has to be valid even so."""
    nameless = IncomingRequest("GET", "http", ("/run/socket", None), "/")
    assert nameless.fault is not None
    assert nameless.with_public_url("https", "api.example", "").fault is None

    for headers in ([("Host", "a/b")], [("Content-Type", "a/b"), ("Content-Type", "a/b")]):
        assert made(headers=headers).with_public_url("https", "api.example", "").fault is not None
