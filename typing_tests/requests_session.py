"""`oauthone.clients.requests`."""

from typing import Any, assert_type

import requests

from oauthone import RsaKey, Signer, providers
from oauthone.clients.requests import OAuth1Auth, OAuth1Session, OAuthError
from oauthone.errors import FlowError
from oauthone.providers import Account, Provider

URL = "https://api.example/photos"


def right(key: RsaKey) -> None:
    session = OAuth1Session("id", "secret", token="token", token_secret="secret", signature_method="HMAC-SHA512")
    assert_type(session.fetch_request_token(URL), dict[str, Any])
    assert_type(session.create_authorization_url(URL), str)
    assert_type(session.parse_authorization_response(URL), dict[str, str])
    assert_type(session.fetch_access_token(URL, verifier="code"), dict[str, Any])
    assert_type(session.token, dict[str, Any] | None)
    assert_type(session.get(URL), requests.Response)
    session.token = {"oauth_token": "token", "oauth_token_secret": "secret", "user_id": 7}
    session.token = None
    OAuth1Session("id", "secret", token={"oauth_token": "token", "oauth_token_secret": "secret", "user_id": 7})
    with OAuth1Session("id", signature_method="RSA-SHA256", rsa_key=key, signature_type="BODY") as opened:
        assert_type(opened, OAuth1Session)
    auth = OAuth1Auth("id", "secret", body_hash="auto", realm="")
    assert_type(auth.with_token("token", "secret"), OAuth1Auth)
    assert_type(auth.signer, Signer)
    assert_type(requests.get(URL, auth=auth), requests.Response)
    named = OAuth1Session("id", "secret", provider="flickr")
    assert_type(named.fetch_request_token(scope="read"), dict[str, Any])
    assert_type(named.create_authorization_url(permissions="write", page="mobile"), str)
    assert_type(named.fetch_access_token(), dict[str, Any])
    assert_type(named.provider, Provider | None)
    assert_type(named.fetch_identity(timeout=5), Account)
    assert_type(named.renew_token(), dict[str, Any])
    assert_type(named.check_token(), str)
    assert_type(named.exchange_token(), dict[str, Any])
    assert_type(named.discover_endpoints(), Provider)
    OAuth1Auth("id", "secret", provider=providers.get("usos", base_url="https://usos.example"))
    try:
        session.fetch_request_token(URL)
    except OAuthError as error:
        assert_type(error, FlowError)


def wrong(session: OAuth1Session, auth: OAuth1Auth) -> None:
    OAuth1Session("id", provider=1)  # type: ignore[arg-type]
    OAuth1Session("id", token=1)  # type: ignore[arg-type]
    OAuth1Session("id", signature_method="HMAC-MD5")  # type: ignore[arg-type]
    OAuth1Session("id", signature_type="COOKIE")  # type: ignore[arg-type]
    OAuth1Session("id", body_hash="sometimes")  # type: ignore[arg-type]
    OAuth1Session("id", signature_methd="HMAC-SHA1")  # type: ignore[call-arg]
    OAuth1Auth("id", signature_method="HMAC-MD5")  # type: ignore[arg-type]
    OAuth1Auth("id", signature_methd="HMAC-SHA1")  # type: ignore[call-arg]
    session.token = "token"  # type: ignore[assignment]
    auth.client_id = "id"  # type: ignore[misc]
