"""OAuth 1.0 without an HTTP client: `ClientAuth` and the constants."""

from typing import NoReturn

from authlib._absent import absent
from authlib.oauth1.constants import (
    SIGNATURE_HMAC_SHA1,
    SIGNATURE_HMAC_SHA256,
    SIGNATURE_HMAC_SHA512,
    SIGNATURE_PLAINTEXT,
    SIGNATURE_RSA_SHA1,
    SIGNATURE_RSA_SHA256,
    SIGNATURE_RSA_SHA512,
    SIGNATURE_TYPE_BODY,
    SIGNATURE_TYPE_HEADER,
    SIGNATURE_TYPE_QUERY,
)
from authlib.oauth1.rfc5849.client_auth import ClientAuth

__all__ = [
    "SIGNATURE_HMAC_SHA1",
    "SIGNATURE_HMAC_SHA256",
    "SIGNATURE_HMAC_SHA512",
    "SIGNATURE_PLAINTEXT",
    "SIGNATURE_RSA_SHA1",
    "SIGNATURE_RSA_SHA256",
    "SIGNATURE_RSA_SHA512",
    "SIGNATURE_TYPE_BODY",
    "SIGNATURE_TYPE_HEADER",
    "SIGNATURE_TYPE_QUERY",
    "ClientAuth",
]

_ABSENT = (
    "AuthorizationServer",
    "ClientMixin",
    "OAuth1Request",
    "ResourceProtector",
    "TemporaryCredential",
    "TemporaryCredentialMixin",
    "TokenCredentialMixin",
)


def __getattr__(name: str) -> NoReturn:
    if name in _ABSENT:
        raise absent(f"authlib.oauth1.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
