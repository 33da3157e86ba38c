"""Mistakes about method and URI."""

import pytest

from oauthone.diagnosis.sent_request import read_request
from oauthone.diagnosis.uri_mistakes import Part, join, right_uri, wrong_joints, wrong_methods, wrong_uris


def uris(url: str, **headers: str) -> set[tuple[str, str]]:
    request = read_request("GET", url, headers)
    right = right_uri(request)
    made = [(word, change(right)) for word, change in wrong_uris(request)]
    return {(word, uri.text) for word, uri in made if uri != right}


@pytest.mark.parametrize(
    ("url", "word", "signed"),
    [
        ("https://A:443/", "other-scheme-signed:http", "http://a/"),
        ("http://a/", "default-port-signed", "http://a:80/"),
        ("https://a:8443/", "port-left-out", "https://a/"),
        ("https://A/", "host-not-in-lower-case", "https://A/"),
        ("https://a/b?c=%20", "query-in-uri", "https://a/b?c=%20"),
        ("https://a/b?c=%20", "query-in-uri", "https://a/b?c= "),
        ("https://a/b#c", "fragment-signed", "https://a/b#c"),
        ("https://a/b/", "trailing-slash-left-out", "https://a/b"),
        ("https://a/b", "trailing-slash-added", "https://a/b/"),
        ("https://a/%2F", "path-decoded", "https://a//"),
        ("https://a/%2F", "path-encoded-twice", "https://a/%252F"),
        ("https://a/%7Eb%2f", "path-normalized", "https://a/~b%2f"),
        ("https://a/%2f", "path-normalized", "https://a/%2F"),
        ("https://a/b/../c//d", "path-normalized", "https://a/c/d"),
        ("https://a/B", "path-normalized", "https://a/b"),
        ("https://a/b", "path-alone-signed", "/b"),
    ],
)
def test_another_uri_is_signed(url: str, word: str, signed: str) -> None:
    assert (word, signed) in uris(url)


def test_a_host_header_that_was_ignored() -> None:
    assert ("host-header-ignored", "https://a/") in uris("https://a/", Host="b")
    assert not any(word == "host-header-ignored" for word, _ in uris("https://a/"))


def test_a_scheme_without_a_default_port_and_a_path_alone() -> None:
    assert not any(word == "default-port-signed" for word, _ in uris("ftp://a/"))
    assert uris("/b") == set()


def test_methods() -> None:
    found = [(word, change("POST")) for word, change in wrong_methods()]
    assert ("method-not-in-capitals", "post") in found
    assert ("another-http-method:GET", "GET") in found


def test_joints() -> None:
    parts = (Part("a:b", "a%3Ab"), Part("c=d", "c%3Dd"))
    assert join("GET", *parts) == "GET&a%3Ab&c%3Dd"
    found = [change(join)("GET", *parts) for _, change in wrong_joints()]
    assert found == [
        "GET&a:b&c=d",
        "GET&a:b&c%3Dd",
        "GET&a%3Ab&c=d",
        "GET&a%3Ab&c%3Dd\n",
        "GET\na%3Ab\nc%3Dd",
        "GET&a%3Ab&c%3Dd%26",
        "GET&a%3Ab&%26c%3Dd",
        "GET&a%3Ab&c%3Dd",
        "GET%26a%253Ab%26c%253Dd",
        "GET&a%3Abc%3Dd",
        "GET&a%3ab&c%3Dd",
    ]
