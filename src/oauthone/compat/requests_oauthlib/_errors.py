"""The errors of the legs, and the masking of secrets in a provider's words."""

import re
from typing import Any

from oauthone.core.known_secrets import KnownSecrets

#: How much of a provider's text an error shows. More is searched for secrets than shown, so that a secret that begins
#: in the shown part is found whole.
_SHOWN, _SEARCHED = 4 * 1024, 8 * 1024
_NAMES = {
    "client_id": "client_key",
    "token is": "resource_owner_key is",
    "token_secret": "resource_owner_secret",
    "callback is": "callback_uri is",
    "signature_type='HEADER'": "signature_type='AUTH_HEADER'",
}
_our_names = re.compile(rf"(?<!\w)(?:{'|'.join(_NAMES)})(?!\w)")
_SECRETS = ("client_secret", "resource_owner_secret", "verifier")


class TokenRequestDenied(ValueError):
    """The provider refused a request for credentials.

    Args:
        message: the error.
        response: the provider's response.
    """

    def __init__(self, message: str, response: Any) -> None:
        super().__init__(message)
        self.response = response

    _diagnosis: Any = None

    @property
    def status_code(self) -> Any:
        """The status of the response."""
        return self.response.status_code

    @property
    def diagnosis(self) -> Any:
        """Why the provider refused the request, as an `oauthone.diagnosis.Diagnosis`, made when this is read first.

        None if no session raised this error.
        """
        if callable(self._diagnosis):
            self._diagnosis = self._diagnosis()
        return self._diagnosis


class TokenMissing(ValueError):
    """A response or a callback has no ``oauth_token``.

    Args:
        message: the error.
        response: the fields of the response or of the callback, as a dict.
    """

    def __init__(self, message: str, response: Any) -> None:
        super().__init__(message)
        self.response = response


class VerifierMissing(ValueError):
    """The verification code is missing."""


def masked(text: str, client: Any) -> str:
    """Return the beginning of a provider's text, without the secrets of a client and without similar values."""
    values = [getattr(client, name, None) for name in _SECRETS]
    secrets = KnownSecrets([value for value in values if isinstance(value, str)])
    return secrets.masked(secrets.without_values(text[:_SEARCHED], None if len(text) <= _SEARCHED else _SHOWN))


def with_names_of_oauthlib(message: str) -> str:
    """Return the message of an error of signing with the arguments' names and values that oauthlib has."""
    return _our_names.sub(lambda found: _NAMES[found[0]], message)
