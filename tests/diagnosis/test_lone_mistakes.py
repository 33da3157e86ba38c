"""Mistakes that depend on a request's own names and values: oauthlib signs one request, and another one is sent."""

from typing import Any
from urllib.parse import quote

import pytest
from oauthlib.oauth1 import Client

from oauthone.diagnosis import Diagnosis
from oauthone.diagnosis.lone_mistakes import lone_mistakes
from oauthone.diagnosis.sent_request import read_request

from .refused import FORM, NOW, diagnosed, sent

REFUSED: Any = (401, {}, "")
HOST = "https://api.example"


def refused(signed: str, was_sent: str, **options: Any) -> Diagnosis:
    """Return what is said of a client that signs one URL and sends its request to another."""
    client = Client(
        "client",
        "s3cret",
        "t",
        "t0ken",
        timestamp=str(NOW),
        nonce="n",
        **options,
    )
    _, headers, _ = client.sign(signed, "GET")
    return diagnosed({"method": "GET", "url": was_sent, "headers": headers, "body": b""}, REFUSED)


@pytest.mark.parametrize(
    ("signed", "was_sent", "mistake"),
    [
        ("?a=1&c=3", "?a=1&b=2&c=3", "parameter-left-out"),
        ("?a=True", "?a=true", "value-spelled-otherwise"),
        ("?a=true", "?a=True", "value-spelled-otherwise"),
        ("?a=1&b=0", "?a=true&b=false", "value-spelled-otherwise"),
        ("?a=1&b=", "?a=true&b=false", "value-spelled-otherwise"),
        ("?a=true&b=false", "?a=1&b=0", "value-spelled-otherwise"),
        ("?a=None", "?a=", "value-spelled-otherwise"),
        ("?a=null", "?a=", "value-spelled-otherwise"),
        ("?a=&b=1", "?a=null&b=1", "value-spelled-otherwise"),
        ("?a=10.0", "?a=10", "value-spelled-otherwise"),
        ("?a=10", "?a=10.0", "value-spelled-otherwise"),
        ("?a=%C3%A9", "?a=e%CC%81", "value-spelled-otherwise"),
        ("?a=e%CC%81", "?a=%C3%A9", "value-spelled-otherwise"),
        ("?a[]=1&a[]=2", "?a[0]=1&a[1]=2", "arrays-renamed"),
        ("?a=1%2C2", "?a=1&a=2", "values-joined"),
        ("?a%5B%5D=1%2C2", "?a%5B%5D=1&a%5B%5D=2", "values-joined"),
        ("?a=1%2C2", "?a%5B%5D=1&a%5B%5D=2", "values-joined"),
    ],
)
def test_names_and_values(signed: str, was_sent: str, mistake: str) -> None:
    signed, was_sent = (text.replace("[", "%5B").replace("]", "%5D") for text in (signed, was_sent))
    assert refused(f"{HOST}/p{signed}", f"{HOST}/p{was_sent}").mistakes == (mistake,)
    assert refused(f"{HOST}/p{was_sent}", f"{HOST}/p{was_sent}").verdict == "unknown"
    assert refused(f"{HOST}/p{was_sent}&x=1", f"{HOST}/p{was_sent}&x=2").verdict == "unknown"


def test_a_host_with_or_without_www() -> None:
    assert refused("https://example.org/", "https://www.example.org/").mistake == "other-host-signed"
    assert refused("https://www.example.org/", "https://example.org/").mistake == "other-host-signed"
    assert refused("https://other.example/", "https://example.org/").verdict == "unknown"


def test_a_callback_that_is_encoded_once_more() -> None:
    """It alone: another value with a character that is escaped tells it from a client that encodes too often."""
    callback = "https://app.example/cb?a=b c"
    found = refused(f"{HOST}/?b=x%20y", f"{HOST}/?b=x%20y", callback_uri=quote(callback, safe="~"))
    assert found.verdict == "unknown"
    client = Client("client", "s3cret", "t", "t0ken", nonce="n", callback_uri=quote(callback, safe="~"))
    _, headers, _ = client.sign(f"{HOST}/?b=x%20y", "GET")
    once = {**headers, "Authorization": headers["Authorization"].replace("%25", "%")}
    request = {"method": "GET", "url": f"{HOST}/?b=x%20y", "headers": once, "body": b""}
    assert diagnosed(request, REFUSED).mistake == "callback-encoded"


@pytest.mark.parametrize(("url", "both"), [("/?b=xy", True), ("/", True), ("/?b=x%20y", False)])
def test_a_callback_that_is_encoded_once_more_where_it_alone_is_escaped(url: str, both: bool) -> None:
    """A client that encodes every parameter too often signs the same. So both are said, the likelier first."""
    callback = quote("https://app.example/cb?a=b", safe="~")
    client = Client("client", "s3cret", "t", "t0ken", nonce="n", callback_uri=callback)
    _, headers, _ = client.sign(f"{HOST}{url}", "GET")
    once = {**headers, "Authorization": headers["Authorization"].replace("%25", "%")}
    found = diagnosed({"method": "GET", "url": f"{HOST}{url}", "headers": once, "body": b""}, REFUSED)
    assert found.mistake == "callback-encoded"
    said = "encoded oauth_callback once more than it sent it, or encoded the parameters three times"
    assert (said in found.explanation) is both


def test_a_name_is_quoted_only_if_it_is_plain() -> None:
    found = refused(f"{HOST}/?a=1", f"{HOST}/?a=1&{quote('näme of it')}=2")
    assert "left a parameter out" in found.explanation
    assert "left b-1[x] out" in refused(f"{HOST}/?a=1", f"{HOST}/?a=1&b-1%5Bx%5D=2").explanation


def test_the_search_is_bounded() -> None:
    many = "&".join(f"a{number}=1" for number in range(40))
    assert list(lone_mistakes(read_request("GET", f"{HOST}/?{many}&b=1"))) == []
    assert refused(f"{HOST}/?{many}", f"{HOST}/?{many}&b=1").verdict == "unknown"
    few = list(lone_mistakes(read_request("POST", f"{HOST}/?a=%E9", FORM, b"a=1")))
    assert len(few) < 10


def test_without_mistakes_allowed_none_is_looked_for() -> None:
    long = {**sent(body=f"a={'x' * (1 << 19)}"), "body": f"a={'x' * (1 << 19)}&b=1".encode()}
    assert diagnosed(long, REFUSED).verdict == "unknown"


@pytest.mark.parametrize(
    ("secrets", "mistake"),
    [(("s3cret", None), "token-secret-left-out"), (("t0ken", "s3cret"), "secrets-swapped")],
)
def test_such_a_mistake_with_a_usual_one_in_the_key(secrets: tuple[str, str | None], mistake: str) -> None:
    client = Client("client", secrets[0], "t", secrets[1], timestamp=str(NOW), nonce="n")
    for signed, was_sent, other in (
        ("a=True", "a=true", "value-spelled-otherwise"),
        ("a=1", "a=1&b=2", "parameter-left-out"),
    ):
        _, headers, _ = client.sign(f"{HOST}/p?{signed}", "GET")
        found = diagnosed({"method": "GET", "url": f"{HOST}/p?{was_sent}", "headers": headers, "body": b""}, REFUSED)
        assert set(found.mistakes) == {mistake, other}


def test_a_mistake_that_does_not_depend_on_names_is_named_before_one_that_does() -> None:
    """The only empty value is left out, together with the token's secret."""
    client = Client("client", "s3cret", "t", None, timestamp=str(NOW), nonce="n")
    _, headers, _ = client.sign(f"{HOST}/p?a=1", "GET")
    found = diagnosed({"method": "GET", "url": f"{HOST}/p?a=1&b=", "headers": headers, "body": b""}, REFUSED)
    assert set(found.mistakes) == {"token-secret-left-out", "empty-values-left-out"}
