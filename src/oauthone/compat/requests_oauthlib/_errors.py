"""The errors of the legs, and the masking of secrets in a provider's words."""

from typing import Any

from oauthone.core.known_secrets import KnownSecrets

#: How much of a provider's text an error shows. More is searched for secrets than shown, so that a secret that begins
#: in the shown part is found whole.
_SHOWN, _SEARCHED = 4 * 1024, 8 * 1024
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
