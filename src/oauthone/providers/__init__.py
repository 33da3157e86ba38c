"""Providers by name: their endpoints, methods and quirks as data, with the source and the date of each group of facts.

`get` returns a `Provider`, and `names` lists them. Importing this package loads no data and no parser.
``python -m oauthone.providers`` shows what is known.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oauthone.providers._account import Account
    from oauthone.providers._errors import ProviderRetired
    from oauthone.providers._provider import Provider

__all__ = ["Account", "Provider", "ProviderRetired", "get", "names"]


def get(name: str, *, variant: str | None = None, **options: str) -> "Provider":
    """Return the facts about a provider.

    Args:
        name: the name of the provider, or an alias of it, such as ``"flickr"`` or ``"jira"``.
        variant: another installation of the provider, such as ``"sandbox"``.
        options: the values of its variables, such as ``base_url="https://jira.example"`` for a provider that everyone
            runs on a host of their own.

    Raises:
        ProviderRetired: the provider no longer offers OAuth 1.0.
        ConfigurationError: the provider or the variant is unknown; or an option is missing, unknown, or not what it
            should be: an address is a scheme and a host, maybe with a port and a path, and https unless the provider
            allows http.
        TypeError: the name or the variant is not a string.

    A provider that will end OAuth 1.0 is a ``FutureWarning`` with the date.
    """
    from oauthone.providers import _catalogue

    return _catalogue.get(name, variant, options)


def names(*, retired: bool = False) -> list[str]:
    """Return the names of all providers that `get` returns, in order.

    Args:
        retired: True returns the providers that no longer offer OAuth 1.0 instead.
    """
    from oauthone.providers import _catalogue

    return _catalogue.names(retired=retired)


#: The modules of the names that are loaded when they are used first.
_MODULES = {"Account": "_account", "Provider": "_provider", "ProviderRetired": "_errors"}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
