"""The options of `OAuth.register` for one provider, merged with an application's settings and checked."""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, Self, TypedDict
from urllib.parse import urljoin

from oauthone.core.urls import Origin, origin
from oauthone.errors import ConfigurationError, SigningError

if TYPE_CHECKING:
    from oauthone import providers


class ApplicationOptions(TypedDict, total=False):
    """The options of ``OAuth.register()`` for one provider.

    Attributes:
        client_id: the client's identifier.
        client_secret: its shared secret.
        provider: a provider of `oauthone.providers`, or its name. It fills in the addresses, and how requests are
            signed; options that contradict it are errors.
        request_token_url: the temporary credential request endpoint.
        request_token_params: options of the client's ``fetch_request_token``, such as
            ``{"params": {"scope": "read"}}``.
        access_token_url: the token request endpoint.
        access_token_params: options of the client's ``fetch_access_token``.
        authorize_url: the resource owner authorization endpoint.
        authorize_params: further query parameters for it.
        api_base_url: the base of relative URLs; ends with a slash.
        client_kwargs: arguments for the HTTP client's constructor, such as ``signature_method``. An ``rsa_key`` is
            parsed once.
        client_cls: the class of the HTTP client; or a subclass of the framework's application class.
        fetch_token: returns the token of the current user.
        callback_token_name: the provider's name for ``oauth_token`` in callbacks.
        user_agent: the ``User-Agent`` of all requests to the provider.
    """

    client_id: str | None
    client_secret: str | None
    provider: "providers.Provider | str | None"
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
    """The options of one provider in one application.

    An RSA key is parsed here and a TLS context is made here, once for all clients.

    Args:
        options: see `ApplicationOptions`.
        prepare: turns ``client_kwargs`` into the arguments for every client; it parses an ``rsa_key``.

    Attributes:
        api_origin: the origin of ``api_base_url``; None if there is none.

    Raises:
        SigningError: the RSA key cannot be used.
    """

    def __init__(self, options: Mapping[str, Any], prepare: Callable[[Mapping[str, Any]], dict[str, Any]]) -> None:
        self.client_id: str = options["client_id"]
        self.client_secret: str | None = options.get("client_secret")
        self.provider: providers.Provider | None = options.get("provider")
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
        self.api_origin = _origin_of(self.api_base_url)
        self._contexts: dict[tuple[Any, bool], Any] = {}

    def __repr__(self) -> str:
        return f"<ApplicationSettings of {self.client_id!r}>"

    def replace(self, options: Mapping[str, Any]) -> Self:
        """A copy with these options; the TLS contexts are shared."""
        copied = copy(self)
        vars(copied).update(options, api_origin=_origin_of(options.get("api_base_url", self.api_base_url)))
        return copied

    def with_tls_context(self, client_cls: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """``arguments`` for a client's constructor; for httpx and httpx2, with a TLS context that all clients share.

        Both libraries make a context for each client, which takes longer than everything else in a request.
        """
        library = getattr(client_cls, "_library", None)
        make = getattr(library, "create_ssl_context", None)
        if make is None or not {"verify", "cert", "transport"}.isdisjoint(arguments):
            return arguments
        trust_env = bool(arguments.get("trust_env", True))
        if (library, trust_env) not in self._contexts:
            self._contexts[library, trust_env] = make(trust_env=trust_env)
        return {**arguments, "verify": self._contexts[library, trust_env]}

    def required(self, name: str, option: str) -> str:
        """The value of an option that the provider ``name`` needs now.

        Raises:
            ConfigurationError: it is missing.
        """
        value: str | None = getattr(self, option)
        if not value:
            raise ConfigurationError(f"{name!r} has no {option}: pass it to register()")
        return value

    def absolute(self, name: str, url: str) -> str:
        """``url``, or the absolute URL if it is relative to ``api_base_url`` of the provider ``name``.

        Raises:
            ConfigurationError: there is no ``api_base_url``, or the URL leads to another origin.
        """
        if url.lower().startswith(("https://", "http://")):
            return url
        if not self.api_base_url:
            raise ConfigurationError(f"{url!r} is relative, and {name!r} has no api_base_url: pass it to register()")
        target = urljoin(self.api_base_url, url)
        if origin(target) != self.api_origin:  # a token must not travel to a host that part of a URL names
            raise ConfigurationError(f"{url!r} leads away from api_base_url: pass an absolute URL if that is intended")
        return target


def _origin_of(api_base_url: str | None) -> Origin | None:
    try:
        return origin(api_base_url) if api_base_url else None
    except SigningError:  # reported for the first relative URL; absolute ones do not need it
        return None


#: The options that are attributes of a remote application.
OPTION_NAMES = frozenset(ApplicationOptions.__annotations__) - {"client_cls", "fetch_token"}


def merged(given: Mapping[str, Any], config: Mapping[str, Any], overwrite: bool) -> dict[str, Any]:
    """Options and settings merged: mappings key by key, any other value as a whole."""
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
    """Check that each of ``options`` exists.

    Raises:
        TypeError: an option does not exist.
    """
    for option in options:
        if option in _OF_OAUTH_2:
            raise TypeError(f"{option!r} of {name!r} is an option of OAuth 2; this registry is only for OAuth 1.0")
        if option not in ApplicationOptions.__annotations__:
            raise TypeError(f"register() got an unexpected keyword argument {option!r}")


def refuse_incomplete(name: str, options: Mapping[str, Any]) -> None:
    """Check that no required option is missing.

    Raises:
        ConfigurationError: an option is missing.
    """
    if not options.get("request_token_url"):
        raise ConfigurationError(
            f"{name!r} has no request_token_url: pass it to register(). This registry is only for OAuth 1.0, which "
            "begins there; a provider without this URL uses OAuth 2 and needs another library"
        )
    if not options.get("client_id"):
        raise ConfigurationError(f"{name!r} has no client_id: pass it to register() or put it in the settings")


def refuse_mistyped(name: str, options: Mapping[str, Any]) -> None:
    """Check the types of options that would otherwise fail at the first login only.

    Raises:
        ConfigurationError: an option is not a mapping. The message does not quote it, as it may be secret.
        TypeError: ``fetch_token`` cannot be called.
    """
    for option in ("request_token_params", "access_token_params", "authorize_params", "client_kwargs"):
        value = options.get(option)
        if value is not None and not isinstance(value, Mapping):
            raise ConfigurationError(f"{option} of {name!r} must be a dict, not of type {type(value).__name__}")
    fetch = options.get("fetch_token")
    if fetch is not None and not callable(fetch):
        raise TypeError(f"fetch_token of {name!r} must be a function, not of type {type(fetch).__name__}")


def as_text(redirect_uri: Any) -> str | None:
    """A callback as text, because frameworks have URL objects of their own."""
    return None if redirect_uri is None else str(redirect_uri)
