"""What the clients share: the errors, and what registries and applications derive from."""

from authlib._absent import module_getattr
from authlib.integrations.base_client.errors import (
    InvalidTokenError,
    MismatchingStateError,
    MissingRequestTokenError,
    MissingTokenError,
    OAuthError,
    TokenExpiredError,
    UnsupportedTokenTypeError,
)
from authlib.integrations.base_client.registry import BaseOAuth
from authlib.integrations.base_client.sync_app import BaseApp, OAuth1Mixin

__all__ = [
    "BaseApp",
    "BaseOAuth",
    "InvalidTokenError",
    "MismatchingStateError",
    "MissingRequestTokenError",
    "MissingTokenError",
    "OAuth1Mixin",
    "OAuthError",
    "TokenExpiredError",
    "UnsupportedTokenTypeError",
]

__getattr__ = module_getattr(__name__, "FrameworkIntegration", "OAuth2Mixin", "OpenIDMixin")
