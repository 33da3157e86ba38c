"""Temporary and token credentials (RFC 5849 section 1.1). They are immutable, and ``repr`` hides their secrets."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

_NOTHING: Mapping[str, str] = MappingProxyType({})


class TemporaryCredentials(NamedTuple):
    """The token and secret of one pending authorization (RFC 5849 section 2.1).

    Attributes:
        token: the identifier.
        token_secret: the shared secret.
        callback_confirmed: whether the provider answered ``oauth_callback_confirmed=true``.
        extra: the response's other fields.
    """

    token: str
    token_secret: str
    callback_confirmed: bool = True
    extra: Mapping[str, str] = _NOTHING

    def __repr__(self) -> str:
        return f"TemporaryCredentials(token={self.token!r}, …)"

    def __reduce__(self) -> tuple[object, ...]:
        return TemporaryCredentials, (self.token, self.token_secret, self.callback_confirmed, dict(self.extra))


class TokenCredentials(NamedTuple):
    """The token and secret that give access to a resource owner's resources (RFC 5849 section 2.3).

    Attributes:
        token: the identifier.
        token_secret: the shared secret.
        extra: the response's other fields, such as a user's name.
    """

    token: str
    token_secret: str
    extra: Mapping[str, str] = _NOTHING

    def __repr__(self) -> str:
        return f"TokenCredentials(token={self.token!r}, …)"

    def __reduce__(self) -> tuple[object, ...]:
        return TokenCredentials, (self.token, self.token_secret, dict(self.extra))
