"""`ProviderBox`: a strict OAuth 1.0 provider on this machine, for tests, demonstrations and experiments."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oauthone.testing.box import ProviderBox
    from oauthone.testing.faults import Faults
    from oauthone.testing.identities import BoxClient, BoxToken
    from oauthone.testing.received import Received

__all__ = ["BoxClient", "BoxToken", "Faults", "ProviderBox", "Received"]

# Loaded on first use: every run of pytest imports this package for its plugin, even if no test uses a box.
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
