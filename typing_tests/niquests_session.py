"""`oauthone.clients.niquests`."""

from typing import Any, assert_type

import niquests

from oauthone import RsaKey
from oauthone.clients.niquests import AsyncOAuth1Session, OAuth1Auth, OAuth1Session
from oauthone.providers import Account

URL = "https://api.example/photos"


def right(key: RsaKey) -> None:
    session = OAuth1Session("id", "secret", signature_method="HMAC-SHA512", multiplexed=True, base_url=URL)
    assert_type(session.fetch_request_token(URL), dict[str, Any])
    assert_type(session.fetch_access_token(URL, verifier="code"), dict[str, Any])
    assert_type(session.get(URL), niquests.Response)
    request = session.prepare_request(niquests.Request("GET", URL))
    assert_type(request, niquests.PreparedRequest)
    assert_type(session.send(request), niquests.Response)
    assert_type(OAuth1Session("id", "secret", provider="flickr").fetch_identity(), Account)
    session.token = {"oauth_token": "token", "oauth_token_secret": "secret", "user_id": 7}
    with OAuth1Session("id", signature_method="RSA-SHA256", rsa_key=key, signature_type="BODY") as opened:
        assert_type(opened, OAuth1Session)
    auth = OAuth1Auth("id", "secret", body_hash="auto", realm="")
    assert_type(auth.with_token("token", "secret"), OAuth1Auth)
    assert_type(niquests.get(URL, auth=auth), niquests.Response)


async def awaited() -> None:
    async with AsyncOAuth1Session("id", "secret", timeout=5) as session:
        assert_type(session, AsyncOAuth1Session)
    assert_type(await session.fetch_request_token(URL), dict[str, Any])
    assert_type(await session.fetch_access_token(URL), dict[str, Any])
    assert_type(session.create_authorization_url(URL), str)
    assert_type(await session.fetch_identity(), Account)


def wrong(auth: OAuth1Auth) -> None:
    OAuth1Session("id", signature_method="HMAC-MD5")  # type: ignore[arg-type]
    OAuth1Session("id", signature_type="COOKIE")  # type: ignore[arg-type]
    AsyncOAuth1Session("id", body_hash="sometimes")  # type: ignore[arg-type]
    OAuth1Auth("id", signature_methd="HMAC-SHA1")  # type: ignore[call-arg]
    auth.client_id = "id"  # type: ignore[misc]
