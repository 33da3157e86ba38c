"""The arguments of Authlib's registries that those of oauthone do not take."""

from collections.abc import Callable
from typing import Any

from oauthone.login._registry import Registry


class BaseOAuth(Registry[Any]):
    """Remote applications by name; each framework has a class that derives from this one."""

    #: OAuth 1.0 never calls it.
    update_token: Callable[..., Any] | None = None

    def register(self, name: str, overwrite: bool = False, **options: Any) -> Any:
        """Register a provider. ``update_token`` and options that are None are ignored."""
        said = {option: value for option, value in options.items() if value is not None and option != "update_token"}
        return super().register(name, overwrite=overwrite, **said)
