"""The errors under Authlib's names. Those of OAuth 2 can be imported, but are never raised."""

from oauthone.errors import OAuthError

__all__ = [
    "InvalidTokenError",
    "MismatchingStateError",
    "MissingRequestTokenError",
    "MissingTokenError",
    "OAuthError",
    "TokenExpiredError",
    "UnsupportedTokenTypeError",
]


class MissingRequestTokenError(OAuthError):
    """The temporary credentials of a login were not passed."""

    error = "missing_request_token"


class MissingTokenError(OAuthError):
    """A request has no token to sign with."""

    error = "missing_token"


class TokenExpiredError(OAuthError):
    """Of OAuth 2."""

    error = "token_expired"


class InvalidTokenError(OAuthError):
    """Of OAuth 2."""

    error = "token_invalid"


class UnsupportedTokenTypeError(OAuthError):
    """Of OAuth 2."""

    error = "unsupported_token_type"


class MismatchingStateError(OAuthError):
    """Of OAuth 2."""

    error = "mismatching_state"
