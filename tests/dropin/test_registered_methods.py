"""Signature methods that programs bring themselves, as programs for NetSuite do."""

import binascii
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from authlib.common.encoding import (
    json_dumps,
    json_loads,
    to_bytes,
    to_native,
    to_unicode,
    urlsafe_b64decode,
    urlsafe_b64encode,
)
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth1Client
from authlib.integrations.requests_client import OAuth1Auth, OAuth1Session
from authlib.oauth1.rfc5849 import ClientAuth
from authlib.oauth1.rfc5849.client_auth import ClientAuth as SameClientAuth
from authlib.oauth1.rfc5849.signature import (
    construct_base_string,
    generate_signature_base_string,
    sign_hmac_sha1,
    sign_plaintext,
    sign_rsa_sha1,
)
from authlib.oauth1.rfc5849.util import escape, unescape
from authlib.oauth1.rfc5849.wrapper import OAuth1Request
from hypothesis import given
from hypothesis import strategies as st

from oauthone import Signer
from oauthone.core.signature import get_signature_method
from oauthone.testing import ProviderBox


@pytest.fixture(scope="module")
def box() -> Iterator[ProviderBox]:
    with ProviderBox(odd_values=True) as box:
        yield box


@pytest.fixture(autouse=True)
def registered() -> Iterator[list[Any]]:
    """The function as people write it, and what it was called with."""
    before, seen = dict(ClientAuth.SIGNATURE_METHODS), []

    def sign_hmac_sha256(client: Any, request: Any) -> Any:
        seen.append((client, request))
        key = escape(client.client_secret or "") + "&" + escape(client.token_secret or "")
        text = generate_signature_base_string(request)
        mac = hmac.new(to_bytes(key), to_bytes(text), hashlib.sha256)
        return to_unicode(binascii.b2a_base64(mac.digest())[:-1])

    ClientAuth.register_signature_method("HMAC-SHA256", sign_hmac_sha256)
    yield seen
    ClientAuth.SIGNATURE_METHODS.clear()
    ClientAuth.SIGNATURE_METHODS.update(before)


@pytest.mark.parametrize("kind", [OAuth1Session, OAuth1Client, OAuth1Auth])
def test_a_function_signs(box: ProviderBox, registered: list[Any], kind: Any) -> None:
    """In every client, in an auth that stands alone, and with a realm, as NetSuite wants it."""
    client = box.clients["HMAC-SHA256"]
    token = box.issue_token(client)
    made = kind(
        client.client_id,
        client.client_secret,
        token.token,
        token.token_secret,
        realm="1234567_SB1",
        signature_method="HMAC-SHA256",
    )

    if kind is OAuth1Auth:
        said = requests.post(box.echo_url, data={"é": "a b"}, auth=made, timeout=10).json()
    else:
        with made:
            said = made.post(f"{box.echo_url}?q=%26", data={"é": "a b"}).json()

    assert (said["client_id"], said["realm"]) == (client.client_id, "1234567_SB1")
    seen, request = registered[-1]
    assert (seen.client_id, seen.token, seen.client_secret) == (client.client_id, token.token, client.client_secret)
    assert (request.method, request.uri.partition("?")[0]) == ("POST", box.echo_url)
    assert ("é", "a b") in request.params


def test_the_parts_sign_with_it(box: ProviderBox, registered: list[Any]) -> None:
    """``ClientAuth``; the class is the same under both names, and so are the functions."""
    client = box.clients["HMAC-SHA256"]
    token = box.issue_token(client)
    auth = SameClientAuth(
        client.client_id, client.client_secret, token.token, token.token_secret, signature_method="HMAC-SHA256"
    )

    uri, headers, _ = auth.prepare("GET", f"{box.echo_url}?a=1", {}, b"")

    assert requests.get(uri, headers=headers, timeout=10).json()["client_id"] == client.client_id
    assert len(registered) == 1
    assert ClientAuth.SIGNATURE_METHODS is OAuth1Auth.SIGNATURE_METHODS


def test_a_name_that_is_registered_later_or_never() -> None:
    """It is looked for when something is signed."""
    auth = OAuth1Auth("c", "s", signature_method="MINE", rsa_key="a key for the function alone")
    with pytest.raises(
        ValueError, match=r"unknown signature_method 'MINE'.*register it with register_signature_method"
    ):
        auth(requests.Request("GET", "https://api.example/").prepare())

    OAuth1Auth.register_signature_method("MINE", lambda client, request: client.rsa_key.encode())

    assert auth.rsa_key == "a key for the function alone"
    signed = auth(requests.Request("GET", "https://api.example/").prepare())
    assert 'oauth_signature="a%20key%20for%20the%20function%20alone"' in signed.headers["Authorization"]
    auth.rsa_key = "another"
    assert auth.rsa_key == "another"


def test_the_functions_that_are_there(box: ProviderBox) -> None:
    """They sign as our own methods do."""
    key = box.clients["RSA-SHA1"].rsa_key
    client = type("Client", (), {"client_secret": "é &", "token_secret": None, "rsa_key": key})
    request = OAuth1Request("GET", "https://api.example/?a=1")
    secrets, base_string = ("é &", ""), "GET&https%3A%2F%2Fapi.example%2F&a%3D1"

    for sign, name in ((sign_hmac_sha1, "HMAC-SHA1"), (sign_plaintext, "PLAINTEXT")):
        assert sign(client, request) == get_signature_method(name).signing_function(*secrets)(base_string)
    assert len(sign_rsa_sha1(client, request)) == 344


@given(
    st.sampled_from(["get", "POST"]),
    st.sampled_from(["https://API.example:443/a%20b", "http://api.example:80", "http://api.example:8080/é/"]),
    st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), max_size=5),
)
def test_base_strings(method: str, uri: str, params: list[tuple[str, str]]) -> None:
    """As the signer makes them, from whatever has a method, a URI, parameters and headers; and taken apart again."""
    named = [pair for pair in params if pair[0]]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    signed = Signer("c", "s").sign(method, uri, form, urlencode(named), nonce="n", timestamp="1").base_string
    protocol = [
        ("oauth_consumer_key", "c"),
        ("oauth_nonce", "n"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "1"),
        ("oauth_version", "1.0"),
    ]
    request = type("Request", (), {"method": method, "uri": uri, "params": named + protocol, "headers": {}})
    taken_apart = OAuth1Request(method, f"{uri}?{urlencode(protocol)}", urlencode(named), form)

    assert generate_signature_base_string(request) == signed
    assert generate_signature_base_string(taken_apart) == signed
    assert construct_base_string(taken_apart.method, taken_apart.uri, taken_apart.params) == signed
    assert sorted(taken_apart.params) == sorted(named + protocol)


def test_conversions() -> None:
    """As their names say."""
    assert [to_bytes(one) for one in (None, "é", b"x", 1, 1.5, [65])] == [None, b"\xc3\xa9", b"x", b"1", b"1.5", b"A"]
    assert [to_unicode(one) for one in (None, "é", b"\xc3\xa9", 1)] == [None, "é", "é", "1"]
    assert [to_native(one) for one in ("a", b"a")] == ["a", "a"]
    assert json_loads(json_dumps({"é": [1, None]})) == {"é": [1, None]}
    assert json_dumps({"é": 1, "a": 2}) == '{"é":1,"a":2}'
    assert urlsafe_b64decode(urlsafe_b64encode(b"\xff\xfe")) == b"\xff\xfe"
    assert escape("é ~") == escape("é ~".encode()) == "%C3%A9%20~"
    assert unescape("%C3%A9+") == "é+"
    assert len(generate_token()) == 30
    assert set(generate_token(50, "ab")) <= {"a", "b"}
