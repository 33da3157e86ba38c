"""The methods of the flow that do no I/O, with and without a provider."""

import subprocess
import sys

import pytest

from oauthone import providers
from oauthone.clients.requests import OAuth1Session

PROGRAM = """
import sys
from oauthone.clients.requests import OAuth1Session
for options in ({}, {"provider": "flickr"}):
    OAuth1Session("key", "secret", token="t", token_secret="s", **options)
    print(*(name for name in sys.modules if name.startswith(("oauthone.providers", "oauthone.clients._provider"))))
"""


def test_the_provider_of_a_client() -> None:
    with OAuth1Session("key", "secret", provider="flickr") as session:
        assert session.provider == providers.get("flickr")
    with OAuth1Session("key", "secret") as session:
        assert session.provider is None


def test_without_a_provider_each_endpoint_is_named() -> None:
    with OAuth1Session("key", "secret", token="t", token_secret="s") as session:
        for method in (session.fetch_request_token, session.fetch_access_token, session.create_authorization_url):
            with pytest.raises(TypeError, match="pass the URL of the provider's endpoint, or build the client with"):
                method(**({"verifier": "v"} if method == session.fetch_access_token else {}))


def test_only_a_client_with_a_provider_loads_the_catalogue() -> None:
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", PROGRAM], capture_output=True, text=True, check=True)
    without, with_one = ran.stdout.splitlines()
    assert without.split() == ["oauthone.clients._provider_methods"]  # it has only the names of the methods
    assert "oauthone.providers._catalogue" in with_one.split()
