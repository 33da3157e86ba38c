"""The errors have the attributes of the originals, and their messages hold no secret."""

import pytest
import requests
import requests_oauthlib.oauth1_session as original

from oauthone.compat.requests_oauthlib import TokenMissing, TokenRequestDenied, VerifierMissing
from oauthone.compat.requests_oauthlib._client import Client
from oauthone.compat.requests_oauthlib._errors import masked


def test_code_can_raise_them() -> None:
    """As one library does."""
    response = requests.Response()
    response.status_code = 401
    ours, theirs = TokenRequestDenied("no", response), original.TokenRequestDenied("no", response)
    assert (str(ours), ours.response, ours.status_code) == (str(theirs), theirs.response, theirs.status_code)
    assert TokenMissing("no", {"a": "1"}).response == {"a": "1"}


@pytest.mark.parametrize("kind", [TokenRequestDenied, TokenMissing, VerifierMissing])
def test_each_is_a_value_error(kind: type) -> None:
    assert kind.__mro__[1] is ValueError


def test_no_secret_is_shown() -> None:
    """Neither one of the client in any spelling nor one that the provider names."""
    client = Client("ck", "client&secret", resource_owner_secret="owner-secret", verifier="a-verifier")
    text = "client%26secret and owner-secret and a-verifier, oauth_token_secret=new-one&oauth_problem=token_rejected"
    shown = masked(text, client)
    for secret in ("client%26secret", "owner-secret", "a-verifier", "new-one"):
        assert secret not in shown
    assert "oauth_problem=token_rejected" in shown


def test_what_the_client_does_not_hold_is_no_secret() -> None:
    client = Client("ck")
    del client.verifier
    assert masked("None was found", client) == "None was found"


@pytest.mark.parametrize("begin", [4080, 4090, 5000])
def test_a_long_text_is_cut_without_a_part_of_a_secret(begin: int) -> None:
    shown = masked("x" * begin + "SECRET-OF-THE-CLIENT" + "y" * 100_000, Client("ck", "SECRET-OF-THE-CLIENT"))
    assert len(shown) < 4200
    assert "SECRET" not in shown
