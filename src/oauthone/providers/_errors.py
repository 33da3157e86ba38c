"""The error for a provider that is gone."""

from oauthone.errors import ConfigurationError


class ProviderRetired(ConfigurationError):
    """The provider no longer offers OAuth 1.0. The message says when it ended, and what took its place.

    Attributes:
        provider: the name of the provider in `get`.
        retired: the date, such as ``"2021-03"``; None if it is not known.
        successor: what took its place, or None.
    """

    def __init__(self, message: str, *, provider: str = "", retired: str | None = None, successor: str | None = None):
        super().__init__(message)
        self.provider = provider
        self.retired = retired
        self.successor = successor

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), self.args, vars(self)
