"""What `OAuth.register` takes for one provider, merged with an application's settings and checked."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict

from oauthone.errors import ConfigurationError


class ApplicationOptions(TypedDict, total=False):
    """What ``OAuth.register()`` takes for one provider.

    Attributes:
        client_id: the client's identifier.
        client_secret: its shared secret.
        request_token_url: the temporary credential request endpoint.
        request_token_params: options for the request to it, as ``fetch_request_token`` of the client takes them, such
            as ``{"params": {"scope": "read"}}``.
        access_token_url: the token request endpoint.
        access_token_params: options for the request to it.
        authorize_url: the resource owner authorization endpoint.
        authorize_params: further query parameters for it.
        api_base_url: what relative URLs of requests are relative to; ends with a slash.
        client_kwargs: arguments for the HTTP client's constructor, such as ``signature_method``. An ``rsa_key`` is
            parsed once.
        client_cls: the class of the HTTP client; or a subclass of the framework's application class.
        fetch_token: finds the token of whoever is in front of the application.
        callback_token_name: what the provider calls ``oauth_token`` when it sends the browser back.
        user_agent: the ``User-Agent`` of all requests to the provider.
    """

    client_id: str | None
    client_secret: str | None
    request_token_url: str | None
    request_token_params: Mapping[str, Any] | None
    access_token_url: str | None
    access_token_params: Mapping[str, Any] | None
    authorize_url: str | None
    authorize_params: Mapping[str, Any] | None
    api_base_url: str | None
    client_kwargs: Mapping[str, Any] | None
    client_cls: Any
    fetch_token: Callable[..., Any] | None
    callback_token_name: str
    user_agent: str | None


_OF_OAUTH_2 = frozenset(
    {
        "client_auth_methods",
        "code_challenge_method",
        "compliance_fix",
        "issuer",
        "jwks",
        "jwks_uri",
        "refresh_token_params",
        "refresh_token_url",
        "server_metadata_url",
        "update_token",
        "userinfo_endpoint",
    }
)


class ApplicationSettings:
    """One provider's options as they hold in one application, made once: an RSA key is parsed here.

    Args:
        options: see `ApplicationOptions`.
        prepare: turns ``client_kwargs`` into what every client is made with; it parses an ``rsa_key``.

    Raises:
        SigningError: the RSA key cannot be used.
    """

    def __init__(self, options: Mapping[str, Any], prepare: Callable[[Mapping[str, Any]], dict[str, Any]]) -> None:
        self.client_id: str = options["client_id"]
        self.client_secret: str | None = options.get("client_secret")
        self.request_token_url: str = options["request_token_url"]
        self.request_token_params: Mapping[str, Any] = options.get("request_token_params") or {}
        self.access_token_url: str | None = options.get("access_token_url")
        self.access_token_params: Mapping[str, Any] = options.get("access_token_params") or {}
        self.authorize_url: str | None = options.get("authorize_url")
        self.authorize_params: Mapping[str, Any] = options.get("authorize_params") or {}
        self.api_base_url: str | None = options.get("api_base_url")
        self.callback_token_name: str = options.get("callback_token_name") or "oauth_token"
        self.user_agent: str | None = options.get("user_agent")
        self.client_cls: Any = options.get("client_cls")
        self.fetch_token: Callable[..., Any] | None = options.get("fetch_token")
        self.client_kwargs: dict[str, Any] = prepare(options.get("client_kwargs") or {})
        self._contexts: dict[tuple[Any, bool], Any] = {}

    def __repr__(self) -> str:
        return f"<ApplicationSettings of {self.client_id!r}>"

    def client_arguments(self, client_cls: Any, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments for a client's constructor: ``given``, and for httpx and httpx2 a TLS context to share.

        Both libraries make one for each client, which takes longer than everything else that a request needs.
        """
        library = getattr(client_cls, "library", None)
        make = getattr(library, "create_ssl_context", None)
        if make is None or not {"verify", "cert", "transport"}.isdisjoint(given):
            return dict(given)
        trust_env = bool(given.get("trust_env", True))
        if (library, trust_env) not in self._contexts:
            self._contexts[library, trust_env] = make(trust_env=trust_env)
        return {**given, "verify": self._contexts[library, trust_env]}


#: The names under which a remote application shows its settings.
SHOWN = frozenset(ApplicationOptions.__annotations__) - {"client_cls", "fetch_token"}


def merged(given: Mapping[str, Any], config: Mapping[str, Any], overwrite: bool) -> dict[str, Any]:
    """Options and settings together: mappings key by key, everything else as a whole."""
    weak, strong = (given, config) if overwrite else (config, given)
    options = {name: value for name, value in weak.items() if value is not None}
    for name, value in strong.items():
        before = options.get(name)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            options[name] = {**before, **value}
        elif value is not None:
            options[name] = value
    return options


def refuse_unknown(name: str, options: Iterable[str]) -> None:
    """Raise if one of these is not an option.

    Raises:
        TypeError: it is not.
    """
    for option in options:
        if option in _OF_OAUTH_2:
            raise TypeError(f"{option!r} of {name!r} is an option of OAuth 2; this registry is for OAuth 1.0 alone")
        if option not in ApplicationOptions.__annotations__:
            raise TypeError(f"register() got an unexpected keyword argument {option!r}")


def refuse_incomplete(name: str, options: Mapping[str, Any]) -> None:
    """Raise if an option is missing without which there is no provider.

    Raises:
        ConfigurationError: one is.
    """
    if not options.get("request_token_url"):
        raise ConfigurationError(
            f"{name!r} has no request_token_url. This registry is for OAuth 1.0 alone, which begins there; a provider "
            "without one speaks OAuth 2, and needs another library"
        )
    if not options.get("client_id"):
        raise ConfigurationError(f"{name!r} has no client_id: pass it to register() or put it in the settings")
