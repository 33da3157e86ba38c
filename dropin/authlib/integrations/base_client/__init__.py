"""What the clients share: the errors, and what registries and applications derive from."""

from typing import NoReturn

from authlib._absent import absent
from authlib.integrations.base_client.apps import BaseApp, OAuth1Mixin
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

_ABSENT = ("FrameworkIntegration", "OAuth2Mixin", "OpenIDMixin")


def __getattr__(name: str) -> NoReturn:
    if name in _ABSENT:
        raise absent(f"authlib.integrations.base_client.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
