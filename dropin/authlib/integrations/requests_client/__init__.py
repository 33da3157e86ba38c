"""OAuth 1.0 for requests."""

from typing import NoReturn

from authlib._absent import absent
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

_ABSENT = ("AssertionSession", "OAuth2Auth", "OAuth2Session")


def __getattr__(name: str) -> NoReturn:
    if name in _ABSENT:
        raise absent(f"authlib.integrations.requests_client.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
