"""OAuth 1.0 for httpx."""

from authlib._absent import module_getattr
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client.oauth1_client import AsyncOAuth1Client, OAuth1Auth, OAuth1Client
from authlib.oauth1 import (
    SIGNATURE_HMAC_SHA1,
    SIGNATURE_PLAINTEXT,
    SIGNATURE_RSA_SHA1,
    SIGNATURE_TYPE_BODY,
    SIGNATURE_TYPE_HEADER,
    SIGNATURE_TYPE_QUERY,
)

__all__ = [
    "SIGNATURE_HMAC_SHA1",
    "SIGNATURE_PLAINTEXT",
    "SIGNATURE_RSA_SHA1",
    "SIGNATURE_TYPE_BODY",
    "SIGNATURE_TYPE_HEADER",
    "SIGNATURE_TYPE_QUERY",
    "AsyncOAuth1Client",
    "OAuth1Auth",
    "OAuth1Client",
    "OAuthError",
]

__getattr__ = module_getattr(
    __name__,
    "AssertionClient",
    "AsyncAssertionClient",
    "AsyncOAuth2Client",
    "OAuth2Auth",
    "OAuth2Client",
    "OAuth2ClientAuth",
)
