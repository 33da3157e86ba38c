"""Code as users of Authlib's guide to OAuth 1.0 clients write it, run against a provider.

Each step runs with the guide's import lines, which `dropin/` serves, and with oauthone's own.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from oauthone.testing import BoxToken, ProviderBox

IMPORTS = {
    "authlib": "from authlib.integrations.requests_client import OAuth1Auth, OAuth1Session, OAuthError",
    "oauthone": "from oauthone.clients.requests import OAuth1Auth, OAuth1Session, OAuthError",
}


@pytest.fixture(scope="module")
def box() -> Iterator[ProviderBox]:
    with ProviderBox() as box:
        yield box


@pytest.fixture(params=sorted(IMPORTS))
def guide(request: pytest.FixtureRequest) -> Any:
    """The names that the import line brings."""
    names: dict[str, Any] = {}
    exec(IMPORTS[request.param], names)
    return type("Guide", (), names)


@pytest.fixture
def token(box: ProviderBox) -> BoxToken:
    return box.issue_token()


def test_initialize_a_client(box: ProviderBox, guide: Any) -> None:
    """Identifier and secret are enough, given by position."""
    client = guide.OAuth1Session(box.client.client_id, box.client.client_secret)

    assert isinstance(client, requests.Session)
    assert client.auth.client_id == box.client.client_id


def test_fetch_temporary_credentials(box: ProviderBox, guide: Any) -> None:
    """The answer is a dict of three: identifier, secret, and the confirmation as text."""
    client = guide.OAuth1Session(box.client.client_id, box.client.client_secret, redirect_uri="oob")

    request_token = client.fetch_request_token(box.request_token_url)

    assert set(request_token) == {"oauth_token", "oauth_token_secret", "oauth_callback_confirmed"}
    assert request_token["oauth_callback_confirmed"] == "true"
    assert type(request_token) is dict


def test_assign_a_redirect_uri_first(box: ProviderBox, guide: Any) -> None:
    """A callback assigned before the first leg is the one the browser is sent back to."""
    client = guide.OAuth1Session(box.client.client_id, box.client.client_secret)
    client.redirect_uri = "https://your-domain.example/auth"

    client.fetch_request_token(box.request_token_url)

    came_back = box.visit(client.create_authorization_url(box.authorize_url))
    assert came_back.startswith("https://your-domain.example/auth?oauth_token=")
    assert client.redirect_uri == "https://your-domain.example/auth"


def test_redirect_to_the_authorization_endpoint(box: ProviderBox, guide: Any) -> None:
    """The address is the endpoint with the token, whether the token is given or known to the session."""
    client = guide.OAuth1Session(box.client.client_id, box.client.client_secret, redirect_uri="oob")
    request_token = client.fetch_request_token(box.request_token_url)

    given = client.create_authorization_url(box.authorize_url, request_token["oauth_token"])
    known = client.create_authorization_url(box.authorize_url)

    added = "&oauth_callback=oob" if guide.OAuth1Session.__module__.startswith("authlib") else ""
    assert given == known == f"{box.authorize_url}?oauth_token={request_token['oauth_token']}{added}"


def test_fetch_the_access_token(box: ProviderBox, guide: Any) -> None:
    """After the callback was parsed, the third leg needs the endpoint only, and API calls are signed from then on."""
    client = guide.OAuth1Session(
        box.client.client_id, box.client.client_secret, redirect_uri="https://example.com/twitter"
    )
    client.fetch_request_token(box.request_token_url)
    resp_url = box.visit(client.create_authorization_url(box.authorize_url))

    client.parse_authorization_response(resp_url)
    token = client.fetch_access_token(box.access_token_url)

    assert type(token) is dict
    assert set(token) == {"oauth_token", "oauth_token_secret"}
    resp = client.get(box.echo_url)
    assert resp.status_code == 200
    assert resp.json()["user"] == box.user


def test_fetch_the_access_token_in_another_session(box: ProviderBox, guide: Any) -> None:
    """With the saved temporary credentials and a verifier, a new session finishes what another one began."""
    first = guide.OAuth1Session(
        box.client.client_id, box.client.client_secret, redirect_uri="https://example.com/twitter"
    )
    request_token = first.fetch_request_token(box.request_token_url)
    callback = box.visit(first.create_authorization_url(box.authorize_url))
    verifier = callback.partition("oauth_verifier=")[2]

    client = guide.OAuth1Session(
        box.client.client_id,
        box.client.client_secret,
        token=request_token["oauth_token"],
        token_secret=request_token["oauth_token_secret"],
    )
    token = client.fetch_access_token(box.access_token_url, verifier)

    assert client.get(box.echo_url).json()["token"] == token["oauth_token"]


def test_access_protected_resources_with_a_saved_token(box: ProviderBox, guide: Any, token: BoxToken) -> None:
    """A token from a database opens the account."""
    client = guide.OAuth1Session(
        box.client.client_id, box.client.client_secret, token=token.token, token_secret=token.token_secret
    )

    resp = client.get(box.echo_url)

    assert resp.json()["user"] == box.user
    assert resp.json()["token"] == token.token


def test_use_an_auth_object(box: ProviderBox, guide: Any, token: BoxToken) -> None:
    """Keyword arguments make an auth that a plain call of requests takes."""
    auth = guide.OAuth1Auth(
        client_id=box.client.client_id,
        client_secret=box.client.client_secret,
        token=token.token,
        token_secret=token.token_secret,
    )

    resp = requests.get(box.echo_url, auth=auth, timeout=10)

    assert resp.json()["user"] == box.user


def test_an_error_has_a_word_and_a_sentence(box: ProviderBox, guide: Any) -> None:
    """What goes wrong with the provider is an OAuthError with ``error`` and ``description``."""
    client = guide.OAuth1Session(box.client.client_id, "not the secret", redirect_uri="oob")

    with pytest.raises(guide.OAuthError) as caught:
        client.fetch_request_token(box.request_token_url)

    assert caught.value.error in ("signature_invalid", "fetch_token_denied")  # the latter is the word of Authlib
    assert "401" in caught.value.description
