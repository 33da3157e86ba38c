"""`oauthone.clients.httpx2`."""

from typing import Any, assert_type

import httpx2

from oauthone import RsaKey
from oauthone.clients.httpx2 import AsyncOAuth1Client, OAuth1Auth, OAuth1Client, SigningTransport
from oauthone.providers import Account, Provider

URL = "https://api.example/photos"


def right(key: RsaKey) -> None:
    client = OAuth1Client("id", "secret", token="token", signature_method="HMAC-SHA256", base_url=URL, timeout=5)
    assert_type(client.fetch_request_token(URL), dict[str, Any])
    assert_type(client.create_authorization_url(URL), str)
    assert_type(client.parse_authorization_response(URL), dict[str, str])
    assert_type(client.fetch_access_token(URL, "code"), dict[str, Any])
    assert_type(client.token, dict[str, Any] | None)
    assert_type(OAuth1Client("id", "secret", provider="flickr").provider, Provider | None)
    assert_type(client.get(URL), httpx2.Response)
    assert_type(client.get(URL, auth=OAuth1Auth("other")), httpx2.Response)
    with OAuth1Client("id", signature_method="RSA-SHA1", rsa_key=key, signature_type="QUERY") as opened:
        assert_type(opened, OAuth1Client)
    auth = OAuth1Auth("id", "secret", body_hash="always", version=None)
    assert_type(auth.with_token("token", "secret"), OAuth1Auth)
    assert_type(httpx2.get(URL, auth=auth), httpx2.Response)
    httpx2.Client(transport=SigningTransport(httpx2.HTTPTransport(), auth, origins=[URL]))
    httpx2.AsyncClient(transport=SigningTransport(httpx2.AsyncHTTPTransport(), auth))


async def right_in_async() -> None:
    AsyncOAuth1Client("id", "secret", provider="flickr")
    async with AsyncOAuth1Client("id", "secret", signature_type="BODY", force_include_body=True) as client:
        assert_type(client, AsyncOAuth1Client)
        assert_type(await client.fetch_request_token(URL), dict[str, Any])
        assert_type(await client.fetch_identity(), Account)
        assert_type(await client.fetch_access_token(URL, verifier="code"), dict[str, Any])
        assert_type(await client.get(URL), httpx2.Response)


def wrong(client: OAuth1Client, auth: OAuth1Auth) -> None:
    OAuth1Client("id", signature_method="HMAC-MD5")  # type: ignore[arg-type]
    OAuth1Client("id", signature_type="COOKIE")  # type: ignore[arg-type]
    OAuth1Client("id", body_hash="sometimes")  # type: ignore[arg-type]
    OAuth1Client("id", realm=5)  # type: ignore[arg-type]
    AsyncOAuth1Client("id", signature_method="HMAC-MD5")  # type: ignore[arg-type]
    OAuth1Auth("id", signature_type="COOKIE")  # type: ignore[arg-type]
    OAuth1Auth("id", signature_methd="HMAC-SHA1")  # type: ignore[call-arg]
    client.token = "token"  # type: ignore[assignment]
    auth.client_id = "id"  # type: ignore[misc]
