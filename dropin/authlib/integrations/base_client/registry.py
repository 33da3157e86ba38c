"""The arguments of Authlib's registries that those of oauthone do not take."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from oauthone.login._registry import Registry

#: Options that Authlib takes and that have no meaning for OAuth 1.0.
_IGNORED = frozenset(
    (
        *("client_auth_methods", "compliance_fix", "fetch_request_token", "refresh_token_params", "refresh_token_url"),
        *("save_request_token", "server_metadata_url", "update_token", "userinfo_compliance_fix", "userinfo_endpoint"),
    )
)


class BaseOAuth(Registry[Any]):
    """Remote applications by name; each framework has a class that derives from this one."""

    #: OAuth 1.0 never calls it.
    update_token: Callable[..., Any] | None = None
    #: The class of the applications; a registry that derives from this one may have another.
    oauth1_client_cls: ClassVar[Any] = None

    @property
    def app_cls(self) -> Any:
        """The class of the applications."""
        return self.oauth1_client_cls

    def register(self, name: str, overwrite: bool = False, **options: Any) -> Any:
        """Register a provider. Options that are None and those of OAuth 2 are ignored.

        Raises:
            TypeError: an option does not exist.
            ConfigurationError: a required option is missing, such as ``request_token_url`` of OAuth 1.0.
        """
        said = {option: value for option, value in options.items() if value is not None}
        return super().register(name, overwrite=overwrite, **said)

    def known_options(self, name: str, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the options that have a meaning for OAuth 1.0, unless the provider is one of OAuth 2."""
        ignored = _IGNORED if options.get("request_token_url") else ()
        return super().known_options(name, {option: options[option] for option in options if option not in ignored})

    def load_config(self, name: str, options: Iterable[str]) -> Mapping[str, Any]:
        """The options of a provider in the framework's settings; others there are ignored."""
        config = super().load_config(name, options)
        return {option: config[option] for option in options if option in config}
