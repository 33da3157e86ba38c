"""Requests that do not tell their scheme, signed by another library for either scheme."""

import pytest
from oauthlib.oauth1 import Client

from oauthone.diagnosis import Diagnosis, Evidence, diagnose
from oauthone.diagnosis.case import Given, with_scheme
from oauthone.diagnosis.sent_request import read_request
from oauthone.diagnosis.unknown_schemes import scheme_note

from .scenarios import careless_client

SCHEMES = pytest.mark.parametrize("scheme", ["http", "https"])
OTHER = {"http": "https", "https": "http"}
HOSTS = pytest.mark.parametrize("host", ["127.0.0.1:8500", "api.example", "api.example:80", "api.example:443"])


def message(scheme: str, host: str = "api.example", method: str = "HMAC-SHA1", target: str = "/photos") -> bytes:
    client = Client("id", "secret", signature_method=method)
    _, headers, _ = client.sign(f"{scheme}://{host}/photos", "POST")
    return f"POST {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {headers['Authorization']}\r\n\r\n".encode()


def diagnosis_of(octets: bytes, base_string: str | None = None, secret: str | None = "secret") -> Diagnosis:
    return diagnose(*Evidence.from_raw_http(octets), client_id="id", client_secret=secret, base_string=base_string)


def base_string(scheme: str, path: str = "photos") -> str:
    return f"POST&{scheme}%3A%2F%2Fapi.example%2F{path}&oauth_nonce%3D1"


@HOSTS
@SCHEMES
def test_a_right_signature_is_right_for_either_scheme(scheme: str, host: str) -> None:
    found = diagnosis_of(message(scheme, host))
    assert found.explanation.startswith("The signature is right"), found


@SCHEMES
def test_another_mistake_is_found_for_either_scheme(scheme: str) -> None:
    assert diagnosis_of(message(scheme, target="/photos?a=1")).mistakes == ("query-left-out",)


@SCHEMES
def test_a_scheme_that_is_told_is_still_a_mistake(scheme: str) -> None:
    """By an absolute target, by the caller, and by HTTP/2."""
    octets = message(scheme)
    other = OTHER[scheme]
    told = [
        Evidence.from_raw_http(octets.replace(b" /photos", f" {other}://api.example/photos".encode())),
        Evidence.from_raw_http(octets, other),
        Evidence.from_raw_http(octets.replace(b"\r\nHost", f"\r\n:scheme: {other}\r\nHost".encode())),
    ]
    for evidence in told:
        found = diagnose(*evidence, client_id="id", client_secret="secret")
        assert found.mistakes == (f"other-scheme-signed:{scheme}".partition(":")[0],), evidence.url


@SCHEMES
def test_without_secrets_the_server_tells_the_scheme(scheme: str) -> None:
    for path in ("photos", "other"):
        said = str(diagnosis_of(message("http"), base_string(scheme, path), None))
        assert ("signed the URL" in said) is (path == "other")
        assert f"{OTHER[scheme]}://" not in said


def test_a_server_that_computes_another_scheme_than_was_signed() -> None:
    said = str(diagnosis_of(message("http"), base_string("https")))
    assert "The client signed the URL 'http://api.example/photos', and the server computed 'https://" in said


def test_that_both_were_tried_is_said() -> None:
    assert "Both http and https were tried." in str(diagnosis_of(message("http"), secret="another"))
    known = diagnose(*Evidence.from_raw_http(message("http"), "http"), client_id="id", client_secret="another")
    assert "were tried" not in str(known)


@pytest.mark.parametrize(
    ("octets", "strings", "note"),
    [
        (message("http"), (), "http is what was signed"),
        (message("http", method="PLAINTEXT"), (), "https assumed"),
        (message("http", method="PLAINTEXT"), (base_string("http"),), "http is in the server's base string"),
        (message("http", method="PLAINTEXT"), ("nothing",), "https assumed"),
    ],
)
def test_what_was_assumed_is_said(octets: bytes, strings: tuple[str, ...], note: str) -> None:
    given = Given("id", "secret", None, None, None, None)
    found = with_scheme(read_request(*Evidence.from_raw_http(octets)), given, strings)
    assert scheme_note(found) == f"not known from a raw message: {note}"
    assert with_scheme(found, given).scheme == found.scheme
    known = with_scheme(read_request(*Evidence.from_raw_http(octets, "http")), given, strings)
    assert (known.scheme, scheme_note(known)) == ("http", None)


def test_a_request_that_works_may_have_either_scheme() -> None:
    refused = Evidence.from_raw_http(message("https"), "https")
    works = Evidence.from_raw_http(message("http"))
    found = diagnose(*refused, client_id="id", client_secret="secret", working=works)
    assert "scheme" not in str(found)


@SCHEMES
def test_a_thorough_search_tries_both_schemes(scheme: str) -> None:
    """The quick one ends before it finds these two mistakes."""
    pair = {"token-secret-with-white-space", "ampersands-of-html"}
    sent = careless_client.send("POST", f"{scheme}://api.example/c?q=x%20y", "f=1", pair)
    headers = "".join(f"{name}: {value}\r\n" for name, value in sent["headers"].items())
    octets = f"POST /c?q=x%20y HTTP/1.1\r\nHost: api.example\r\n{headers}\r\nf=1".encode()
    given = {"client_secret": careless_client.SECRET, "token_secret": careless_client.TOKEN_SECRET}
    given |= {"client_id": careless_client.CLIENT, "token": careless_client.TOKEN}
    for thorough, mistakes in ((False, set[str]()), (True, pair)):
        found = diagnose(*Evidence.from_raw_http(octets), **given, thorough=thorough)
        assert set(found.mistakes) == mistakes, found
