"""The errors for a provider that is gone, and for one that is not known."""

from collections.abc import Sequence

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


class UnknownProvider(ConfigurationError):
    """The catalogue has no provider of this name.

    Attributes:
        name: the name that was asked for.
        near: the names that it resembles.
    """

    def __init__(self, name: str, near: Sequence[str] = ()) -> None:
        super().__init__(name, near)
        self.name = name
        self.near = near

    def __str__(self) -> str:
        return self.told("python -m oauthone.providers")

    def told(self, command: str) -> str:
        """Return the message, in which ``command`` lists the names."""
        hint = f"did you mean {' or '.join(map(repr, self.near))}?" if self.near else f"{command} lists them"
        return f"there is no provider {self.name!r} in the catalogue: {hint}"
