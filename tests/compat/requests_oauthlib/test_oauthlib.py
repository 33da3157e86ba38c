"""What code does to oauthlib has its effect, and oauthlib is not loaded for it."""

import subprocess
import sys
from typing import Any
from unittest import mock

import oauthlib.oauth1
import pytest
from oauthlib.oauth1.rfc5849 import Client

from oauthone.compat.requests_oauthlib import OAuth1, _oauthlib

from .examples import prepare

URL = "https://api.example/"


def header(auth: OAuth1) -> str:
    """Return the header of a request that ``auth`` signed."""
    return str(prepare(auth, "GET", URL, None, None).headers["Authorization"], "utf-8")


def test_a_test_may_replace_the_functions_of_oauthlib() -> None:
    """Whole headers can be compared, as the tests of requests-oauthlib do."""
    with (
        mock.patch("oauthlib.oauth1.rfc5849.generate_nonce", return_value="abc"),
        mock.patch("oauthlib.oauth1.rfc5849.generate_timestamp", return_value="123"),
    ):
        assert header(OAuth1("foo")).startswith('OAuth oauth_nonce="abc", oauth_timestamp="123", oauth_version="1.0"')
        assert 'oauth_timestamp="9"' in header(OAuth1("foo", timestamp="9"))
    assert 'oauth_nonce="abc"' not in header(OAuth1("foo"))
    assert 'oauth_timestamp="123"' not in header(OAuth1("foo"))


def test_nonces_have_more_than_the_64_random_bits_of_oauthlib() -> None:
    nonces = {_oauthlib.new_nonce() for _ in range(100)}
    assert len(nonces) == 100
    assert {len(nonce) for nonce in nonces} == {24}


@pytest.fixture
def registered() -> Any:
    """Registers a signature method with oauthlib's class, as its documentation shows."""
    Client.register_signature_method("HMAC-MINE", lambda base_string, client: f"{client.client_secret}:{base_string}")
    yield "HMAC-MINE"
    del Client.SIGNATURE_METHODS["HMAC-MINE"]


def test_a_registered_method_signs(registered: str) -> None:
    options: dict[str, Any] = {"signature_method": registered, "nonce": "n", "timestamp": "1"}
    theirs = oauthlib.oauth1.Client("ck", "cs", **options).sign(URL)[1]["Authorization"]
    assert header(OAuth1("ck", "cs", **options)) == theirs


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("OAuth1('ck')", "False"),
        ("OAuth1('ck', signature_method='MINE')", "ValueError"),
        ("OAuth1('ck', client_class=__import__('oauthlib.oauth1').oauth1.Client)", "True"),
    ],
)
def test_oauthlib_is_not_loaded(statement: str, expected: str) -> None:
    """Unless the program does so; then its class serves."""
    program = f"""
import sys, requests
from oauthone.compat.requests_oauthlib import OAuth1
auth = {statement}
try:
    requests.Request("POST", "https://api.example/", data={{"a": "1"}}, auth=auth).prepare()
except ValueError:
    print("ValueError")
else:
    print("oauthlib" in sys.modules)
    assert "requests_oauthlib" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50)
    assert done.stdout.strip() == expected
