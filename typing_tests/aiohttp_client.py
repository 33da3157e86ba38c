"""`oauthone.clients.aiohttp`."""

from typing import Any, assert_type

import aiohttp

from oauthone import RsaKey
from oauthone.clients.aiohttp import AsyncOAuth1Client, OAuth1Middleware
from oauthone.providers import Account

URL = "https://api.example/photos"


async def right(key: RsaKey) -> None:
    async with AsyncOAuth1Client("id", "secret", token="token", signature_method="HMAC-SHA256", headers={}) as client:
        assert_type(client, AsyncOAuth1Client)
        assert_type(await client.fetch_request_token(URL), dict[str, Any])
        assert_type(client.create_authorization_url(URL), str)
        assert_type(await client.fetch_identity(), Account)
        assert_type(client.parse_authorization_response(URL), dict[str, str])
        assert_type(await client.fetch_access_token(URL, "code"), dict[str, Any])
        assert_type(client.token, dict[str, Any] | None)
        assert_type(client.session, aiohttp.ClientSession)
        async with client.get(URL) as response:
            assert_type(response, aiohttp.ClientResponse)
        assert_type(await client.post(URL, json={}), aiohttp.ClientResponse)
    AsyncOAuth1Client("id", signature_method="RSA-SHA512", rsa_key=key, signature_type="BODY", version=None)
    OAuth1Middleware("id", "secret", provider="flickr")
    auth = OAuth1Middleware("id", "secret", origins=[URL], body_hash="auto")
    assert_type(auth.with_token("token", "secret"), OAuth1Middleware)
    async with aiohttp.ClientSession(middlewares=(auth,)) as session, session.get(URL, middlewares=[auth]) as response:
        assert_type(response, aiohttp.ClientResponse)


def wrong(client: AsyncOAuth1Client, auth: OAuth1Middleware) -> None:
    AsyncOAuth1Client("id", signature_method="HMAC-MD5")  # type: ignore[arg-type]
    AsyncOAuth1Client("id", signature_type="COOKIE")  # type: ignore[arg-type]
    AsyncOAuth1Client("id", body_hash="sometimes")  # type: ignore[arg-type]
    OAuth1Middleware("id", signature_method="HMAC-MD5")  # type: ignore[arg-type]
    OAuth1Middleware("id", origins=5)  # type: ignore[arg-type]
    OAuth1Middleware("id", signature_methd="HMAC-SHA1")  # type: ignore[call-arg]
    client.token = "token"  # type: ignore[assignment]
    auth.client_id = "id"  # type: ignore[misc]
