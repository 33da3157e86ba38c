"""The errors that a client raises, under Authlib's names."""

from authlib._absent import module_getattr
from oauthone.errors import InsecureTransportError, OAuth1Error

__all__ = ["InsecureTransportError", "OAuth1Error"]

__getattr__ = module_getattr(
    __name__,
    "AccessDeniedError",
    "DuplicatedOAuthProtocolParameterError",
    "InvalidClientError",
    "InvalidNonceError",
    "InvalidRequestError",
    "InvalidSignatureError",
    "InvalidTokenError",
    "MethodNotAllowedError",
    "MissingRequiredParameterError",
    "UnsupportedParameterError",
    "UnsupportedSignatureMethodError",
)
