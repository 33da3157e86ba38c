"""Mistakes about method and URI."""

import hmac
from base64 import b64encode
from typing import Any
from urllib.parse import quote

import pytest

from oauthone.diagnosis import diagnose
from oauthone.diagnosis.base_strings import right_base_string
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
        ("https://xn--bcher-kva.example:8443/", "host-in-unicode", "https://b\xc3\xbccher.example:8443/"),
        ("https://B\xfccher.example/", "host-in-unicode", "https://B\xc3\xbccher.example/"),
        ("https://B\xfccher.example/", "host-in-unicode", "https://b\xc3\xbccher.example/"),
        ("https://user:p%40w@A:8443/b", "user-information-signed", "https://user:p%40w@a:8443/b"),
        ("http://localhost:8080/b", "loopback-renamed", "http://127.0.0.1:8080/b"),
        ("http://localhost:8080/b", "loopback-renamed", "http://[::1]:8080/b"),
        ("http://127.0.0.1/b", "loopback-renamed", "http://localhost/b"),
        ("http://[::1]:80/b", "loopback-renamed", "http://localhost/b"),
    ],
)
def test_another_uri_is_signed(url: str, word: str, signed: str) -> None:
    assert (word, signed) in uris(url)


@pytest.mark.parametrize("url", ["http://a/", "http://localhost.example/", "http://127.0.0.10/", "http://xlocalhost/"])
def test_a_host_that_is_no_name_of_this_machine_has_one_name(url: str) -> None:
    assert not {"loopback-renamed", "user-information-signed"} & {word for word, _ in uris(url)}


@pytest.mark.parametrize("url", ["https://b\xfccher.example/p", "https://xn--bcher-kva.example/p"])
def test_an_international_name_in_ascii_is_signed_rightly(url: str) -> None:
    """It is what arrives, however the program writes it. Neither is a matter of capital letters."""
    found = diagnose(*signed_by_hand(url, "https://xn--bcher-kva.example/p"), client_id="c", client_secret="s")
    assert found.verdict == "unknown"
    assert "The signature is right" in found.explanation
    assert "host-not-in-lower-case" not in {word for word, _ in uris(url)}
    assert not {word for word, _ in uris("https://xn--0.example/")} & {"host-in-unicode"}


def signed_by_hand(url: str, signed_url: str) -> Any:
    """Return a request whose signature is made with `hmac` alone, for another URL than it is sent to."""
    header = 'oauth_consumer_key="c", oauth_nonce="n", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1795734110"'
    joined = header.replace('"', "").replace(", ", "&")
    text = f"GET&{quote(signed_url, safe='')}&{quote(joined, safe='')}"
    signature = b64encode(hmac.digest(b"s&", text.encode(), "sha1")).decode()
    return "GET", url, {"Authorization": f'OAuth {header}, oauth_signature="{quote(signature, safe="")}"'}


@pytest.mark.parametrize(
    ("url", "signed_url", "word"),
    [
        ("http://127.0.0.1:5000/p", "http://localhost:5000/p", "loopback-renamed"),
        ("http://localhost:5000/p", "http://127.0.0.1:5000/p", "loopback-renamed"),
        ("https://b\xfccher.example/p", "https://b\xfccher.example/p", "host-in-unicode"),
        ("https://xn--bcher-kva.example/p", "https://b\xfccher.example/p", "host-in-unicode"),
        ("https://me:pass-w0rd@api.example/p", "https://me:pass-w0rd@api.example/p", "user-information-signed"),
    ],
)
def test_the_signature_proves_another_host(url: str, signed_url: str, word: str) -> None:
    found = diagnose(*signed_by_hand(url, signed_url), client_id="c", client_secret="s")
    assert found.mistakes == (word,)
    assert "w0rd" not in f"{found.as_dict()}"


def test_the_base_string_of_the_server_proves_another_name_of_this_machine() -> None:
    request = signed_by_hand("http://localhost:5000/p", "http://localhost:5000/p")
    theirs = f"GET&http%3A%2F%2F127.0.0.1%3A5000%2Fp&{right_base_string(read_request(*request)).split('&')[2]}"
    found = diagnose(*request, client_id="c", client_secret="s", base_string=theirs)
    assert (found.mistake, found.party) == ("loopback-renamed", "server")
    assert "the server computed 'http://127.0.0.1:5000/p'" in found.explanation


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
        "GET&a%3Ab&c%3Dd&",
        "GET&a%3Ab&c%3Dd",
        "GET%26a%253Ab%26c%253Dd",
        "GET&a%3Abc%3Dd",
        "GET&a%3ab&c%3Dd",
    ]
