"""Temporary and token credentials (RFC 5849 section 1.1), and the rule that a secret must not be the text of a key.

Credentials are immutable, and ``repr`` hides their secrets.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from oauthone.errors import ConfigurationError

#: The maximum length of a response with credentials in octets, after decompression.
MAX_RESPONSE_BODY = 64 * 1024

# The beginning of a key as text: PEM, SSH2, or a line as in ``authorized_keys``.
_KEY_TEXT = r"---- ?BEGIN |^(?:sk-)?(?:ssh-|ecdsa-)"
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


def is_key_text(secret: str) -> bool:
    """Return whether ``secret`` holds the text of a key, as PEM, SSH2, or a line as in ``authorized_keys``."""
    # Searching for plain words first is faster, and a random secret holds none of them.
    holds_word = "BEGIN " in secret or "ssh-" in secret or "ecdsa-" in secret
    return holds_word and re.search(_KEY_TEXT, secret, re.MULTILINE) is not None


def refuse_key_as_secret(client_secret: object) -> None:
    """Raise if ``client_secret`` is the text of a key: then anyone with the public key could sign with HMAC.

    Raises:
        ConfigurationError: it is, or is not a string.
    """
    if not isinstance(client_secret, str):
        raise ConfigurationError(f"client_secret is a {type(client_secret).__name__}: pass a string")
    if is_key_text(client_secret.strip()):
        raise ConfigurationError(
            "client_secret is the text of a key: pass a public key as rsa_key and leave the secret out"
        )
