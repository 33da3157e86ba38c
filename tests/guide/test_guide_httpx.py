"""The guide's steps for httpx, as code that awaits, run against a provider.

Each step runs with the guide's import lines, which `dropin/` serves, and with oauthone's own.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import httpx2
import pytest

from oauthone.testing import BoxToken, ProviderBox

IMPORTS = {
    "authlib": "from authlib.integrations.httpx_client import AsyncOAuth1Client, OAuth1Auth, OAuthError",
    "oauthone": "from oauthone.clients.httpx import AsyncOAuth1Client, OAuth1Auth, OAuthError",
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
    """Identifier and secret are enough, given by position, and no event loop has to run yet."""
    client = guide.AsyncOAuth1Client(box.client.client_id, box.client.client_secret)

    assert isinstance(client, httpx.AsyncClient | httpx2.AsyncClient)  # Authlib prefers httpx2
    assert client.auth.client_id == box.client.client_id
    asyncio.run(client.aclose())


def test_the_three_steps(box: ProviderBox, guide: Any) -> None:
    """Fetch temporary credentials, visit, parse what came back, exchange, and call the API, all on one client."""

    async def steps() -> None:
        async with guide.AsyncOAuth1Client(box.client.client_id, box.client.client_secret) as client:
            client.redirect_uri = "https://your-domain.example/auth"
            request_token = await client.fetch_request_token(box.request_token_url)
            assert type(request_token) is dict
            assert set(request_token) == {"oauth_token", "oauth_token_secret", "oauth_callback_confirmed"}

            given = client.create_authorization_url(box.authorize_url, request_token["oauth_token"])
            known = client.create_authorization_url(box.authorize_url)
            is_authlib = guide.AsyncOAuth1Client.__module__.startswith("authlib")
            added = "&oauth_callback=https%3A%2F%2Fyour-domain.example%2Fauth" if is_authlib else ""
            assert given == known == f"{box.authorize_url}?oauth_token={request_token['oauth_token']}{added}"

            resp_url = box.visit(known)
            assert resp_url.startswith("https://your-domain.example/auth?oauth_token=")
            client.parse_authorization_response(resp_url)
            token = await client.fetch_access_token(box.access_token_url)
            assert set(token) == {"oauth_token", "oauth_token_secret"}

            resp = await client.get(box.echo_url)
            assert resp.status_code == 200
            assert resp.json()["user"] == box.user

    asyncio.run(steps())


def test_fetch_the_access_token_in_another_client(box: ProviderBox, guide: Any) -> None:
    """With the saved temporary credentials and a verifier, a new client finishes what another one began."""

    async def steps() -> None:
        async with guide.AsyncOAuth1Client(
            box.client.client_id, box.client.client_secret, redirect_uri="https://example.com/twitter"
        ) as first:
            request_token = await first.fetch_request_token(box.request_token_url)
            verifier = box.visit(first.create_authorization_url(box.authorize_url)).partition("oauth_verifier=")[2]

        async with guide.AsyncOAuth1Client(
            box.client.client_id,
            box.client.client_secret,
            token=request_token["oauth_token"],
            token_secret=request_token["oauth_token_secret"],
        ) as client:
            token = await client.fetch_access_token(box.access_token_url, verifier)
            assert (await client.get(box.echo_url)).json()["token"] == token["oauth_token"]

    asyncio.run(steps())


def test_access_protected_resources_with_a_saved_token(box: ProviderBox, guide: Any, token: BoxToken) -> None:
    """A token from a database opens the account."""

    async def steps() -> None:
        async with guide.AsyncOAuth1Client(
            box.client.client_id, box.client.client_secret, token=token.token, token_secret=token.token_secret
        ) as client:
            assert (await client.get(box.echo_url)).json()["token"] == token.token

    asyncio.run(steps())


def test_use_an_auth_object(box: ProviderBox, guide: Any, token: BoxToken) -> None:
    """One auth serves an async client, which is what awaits, and the plain call, which does not."""
    auth = guide.OAuth1Auth(
        client_id=box.client.client_id,
        client_secret=box.client.client_secret,
        token=token.token,
        token_secret=token.token_secret,
    )

    async def steps() -> None:
        async with httpx.AsyncClient() as client:
            resp = await client.get(box.echo_url, auth=auth)
            assert resp.json()["user"] == box.user

    asyncio.run(steps())
    assert httpx.get(box.echo_url, auth=auth).json()["user"] == box.user


def test_an_error_has_a_word_and_a_sentence(box: ProviderBox, guide: Any) -> None:
    """What goes wrong with the provider is an OAuthError with ``error`` and ``description``."""

    async def steps() -> None:
        async with guide.AsyncOAuth1Client(box.client.client_id, "not the secret", redirect_uri="oob") as client:
            await client.fetch_request_token(box.request_token_url)

    with pytest.raises(guide.OAuthError) as caught:
        asyncio.run(steps())

    assert caught.value.error in ("signature_invalid", "fetch_token_denied")  # the latter is the word of Authlib
    assert "401" in caught.value.description
