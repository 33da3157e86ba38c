"""The errors, under Authlib's names. Those of OAuth 2 are here to be imported; nothing raises them."""

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


class _WithOwnWord(OAuthError):
    word: ClassVar[str]

    def __init__(self, error: str | None = None, description: str = "") -> None:
        super().__init__(error or self.word, description)


class MissingRequestTokenError(_WithOwnWord):
    """A login is to end without the temporary credentials that it began with."""

    word = "missing_request_token"


class MissingTokenError(_WithOwnWord):
    """There is no token to sign a request with."""

    word = "missing_token"


class TokenExpiredError(_WithOwnWord):
    """Of OAuth 2."""

    word = "token_expired"


class InvalidTokenError(_WithOwnWord):
    """Of OAuth 2."""

    word = "token_invalid"


class UnsupportedTokenTypeError(_WithOwnWord):
    """Of OAuth 2."""

    word = "unsupported_token_type"


class MismatchingStateError(_WithOwnWord):
    """Of OAuth 2."""

    word = "mismatching_state"
