"""What code does to oauthlib has its effect, and oauthlib is not loaded for it."""

import subprocess
import sys
from typing import Any
from unittest import mock

import oauthlib.oauth1
import pytest
from oauthlib.oauth1.rfc5849 import Client

from oauthone.compat.requests_oauthlib import OAuth1, _oauthlib
from oauthone.compat.requests_oauthlib._client import Client as OurClient

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


@pytest.mark.parametrize("autospec", [False, True])
def test_a_test_may_replace_the_method_that_signs(autospec: bool) -> None:
    """As the tests of one library do, with a key that is none."""
    auth = OAuth1("foo", signature_method="RSA-SHA1", rsa_key="my-fake-key")
    with mock.patch("oauthlib.oauth1.rfc5849.Client.get_oauth_signature", autospec=autospec) as sign:
        sign.return_value = "fakesig"
        assert 'oauth_signature="fakesig"' in header(auth)
        sign.assert_called()
    auth.client.signature_method = "HMAC-SHA1"
    assert "fakesig" not in header(auth)


def test_code_may_replace_the_method_that_chooses_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some providers want no ``oauth_version``."""
    choose = Client.get_oauth_params

    def without_version(self: Any, request: Any) -> Any:
        return [pair for pair in choose(self, request) if pair[0] != "oauth_version"]

    monkeypatch.setattr(Client, "get_oauth_params", without_version)
    assert "oauth_version" not in header(OAuth1("foo"))
    monkeypatch.undo()
    assert "oauth_version" in header(OAuth1("foo"))


@pytest.mark.parametrize("kind", [Client, OurClient])
def test_a_test_may_replace_the_method_of_one_client(kind: Any) -> None:
    auth = OAuth1("foo", client_class=kind)
    auth.client.sign = lambda url, *_: (url, {"Authorization": "mine"}, None)
    assert prepare(auth, "GET", URL, None, None).headers["Authorization"] == "mine"
    del auth.client.sign
    assert b"oauth_signature" in prepare(auth, "GET", URL, None, None).headers["Authorization"]


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
