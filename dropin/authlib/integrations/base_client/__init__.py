"""What the clients share: the error."""

from oauthone.errors import OAuthError

__all__ = ["OAuthError"]
