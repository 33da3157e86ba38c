"""A client keeps the facts about its provider, and a box like it refuses: the diagnosis finds no fault in these."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from oauthone import providers
from oauthone.clients.requests import OAuth1Session
from oauthone.testing import ProviderBox


@pytest.fixture(scope="module")
def other_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def wrong_credentials(box: ProviderBox, other_key: Any) -> dict[str, Any]:
    """Return the credentials for a box with a token that it knows, and with a secret or a key that it does not."""
    given: dict[str, Any] = {"client_id": box.client.client_id, "client_secret": box.client.client_secret}
    if not {"consumer-only", "client-credentials"} >= set(box.like.flows):
        given |= {"token": box.issue_token().token, "token_secret": "wrong"}
    elif given["client_secret"]:
        given["client_secret"] = "wrong"
    if box.like.signature_methods[0].startswith("RSA"):
        given |= {"client_secret": None, "token_secret": None, "rsa_key": other_key}
    return given


@pytest.mark.parametrize("body", [{}, {"json": {"a": 1}}], ids=["GET", "POST"])
@pytest.mark.parametrize("name", providers.names())
def test_a_client_that_keeps_the_facts_gets_no_advice_about_them(
    likes: Callable[..., ProviderBox], name: str, body: dict[str, Any], other_key: rsa.RSAPrivateKey
) -> None:
    box = likes(name)
    url = f"{box.like.api_base[0].replace('*.', '')}/things"
    given = wrong_credentials(box, other_key)
    with OAuth1Session(**given, provider=box.like, allow_insecure_transport=True) as session:
        session.headers["User-Agent"] = "photo-printer/1.0"
        refused = session.request("POST" if body else "GET", url, **body)
        found = session.diagnose(refused)
    assert found.verdict == "unknown" or found.proof.startswith("the server"), found
    assert box.like.name not in found.advice
    assert refused.status_code >= 400 or name in ("mediawiki", "wikimedia")  # they refuse with 200
