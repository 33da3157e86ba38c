"""What a type checker says about `oauthone.compat.requests_oauthlib`."""

from typing import Any, assert_type

import requests

from oauthone.compat.requests_oauthlib import (
    OAuth1,
    OAuth1Session,
    TokenMissing,
    TokenRequestDenied,
    VerifierMissing,
    install,
)
from oauthone.compat.requests_oauthlib.oauth1_auth import SIGNATURE_RSA, SIGNATURE_TYPE_QUERY

URL = "https://api.example/photos"


def right() -> None:
    install()
    session = OAuth1Session("key", "secret", b"token", None, "https://app.example/", SIGNATURE_RSA, "query", rsa_key="")
    assert_type(session.authorization_url(URL, foo="bar"), str)
    assert_type(session.parse_authorization_response(URL), dict[str, Any])
    assert_type(session.token, dict[str, Any])
    assert_type(session.authorized, bool)
    assert_type(session.get(URL), requests.Response)
    session.token = {"oauth_token": "token"}
    auth = OAuth1("key", signature_type=SIGNATURE_TYPE_QUERY, decoding=None, realm="r")
    auth.client.verifier = "code"
    assert_type(requests.get(URL, auth=auth), requests.Response)
    try:
        session.fetch_request_token(URL, realm=["a"], timeout=5)
        session.fetch_access_token(URL, "code")
    except (TokenRequestDenied, TokenMissing, VerifierMissing) as error:
        assert_type(error, TokenRequestDenied | TokenMissing | VerifierMissing)


def wrong(session: OAuth1Session) -> None:
    OAuth1Session()  # type: ignore[call-arg]
    session.authorized = True  # type: ignore[misc]
