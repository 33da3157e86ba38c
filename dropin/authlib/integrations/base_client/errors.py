"""The errors under Authlib's names. Those of OAuth 2 can be imported, but are never raised."""

from typing import ClassVar

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


class _ErrorWithCode(OAuthError):
    code: ClassVar[str]

    def __init__(self, error: str | None = None, description: str = "") -> None:
        super().__init__(error or self.code, description)


class MissingRequestTokenError(_ErrorWithCode):
    """The temporary credentials of a login were not passed."""

    code = "missing_request_token"


class MissingTokenError(_ErrorWithCode):
    """A request has no token to sign with."""

    code = "missing_token"


class TokenExpiredError(_ErrorWithCode):
    """Of OAuth 2."""

    code = "token_expired"


class InvalidTokenError(_ErrorWithCode):
    """Of OAuth 2."""

    code = "token_invalid"


class UnsupportedTokenTypeError(_ErrorWithCode):
    """Of OAuth 2."""

    code = "unsupported_token_type"


class MismatchingStateError(_ErrorWithCode):
    """Of OAuth 2."""

    code = "mismatching_state"
