"""`ProviderBox`: a strict OAuth 1.0 provider in a box, for tests, demonstrations and trying things out."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oauthone.testing.box import ProviderBox
    from oauthone.testing.faults import Faults
    from oauthone.testing.identities import BoxClient, BoxToken
    from oauthone.testing.received import Received

__all__ = ["BoxClient", "BoxToken", "Faults", "ProviderBox", "Received"]

# Loaded when asked for: pytest imports this package in every run for its plugin, also where no box is ever opened.
_HOMES = {
    "BoxClient": "identities",
    "BoxToken": "identities",
    "Faults": "faults",
    "ProviderBox": "box",
    "Received": "received",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
