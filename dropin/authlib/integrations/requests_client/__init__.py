"""OAuth 1.0 for requests."""

from authlib._absent import module_getattr
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client.oauth1_session import OAuth1Auth, OAuth1Session
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
    "OAuth1Auth",
    "OAuth1Session",
    "OAuthError",
]

__getattr__ = module_getattr(__name__, "AssertionSession", "OAuth2Auth", "OAuth2Session")
