"""What the facts about a provider mean for a login: the options of its registration, its page, and its refusals."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oauthone.core.flow import authorization_url, raise_if_denied
from oauthone.errors import AccessDenied, ConfigurationError
from oauthone.login._settings import ApplicationSettings

if TYPE_CHECKING:
    from oauthone.providers import Provider

#: The option for each endpoint.
_ENDPOINTS = {
    "request_token_url": "temporary_credentials",
    "authorize_url": "authorization",
    "access_token_url": "token_credentials",
}
#: The arguments of clients that say how they sign.
_SIGNING = (
    *("provider", "signature_method", "signature_type", "realm", "rsa_key", "body_hash", "force_include_body"),
    *("version", "clock", "nonce"),
)
#: The arguments of the legs that are no parameters of the provider.
_OF_LEGS = frozenset(("url", "method", "verifier", "request_token"))


def filled_in(name: str, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the options of a registration with what the facts about its ``provider`` say.

    Args:
        name: the application's name for the provider.
        options: the options; without a ``provider`` they are returned as they are.

    Raises:
        ConfigurationError: the provider is unknown or has no login, or an option contradicts it.
        ProviderRetired: it no longer offers OAuth 1.0.
        TypeError: ``provider`` is neither text nor a `oauthone.providers.Provider`.
    """
    if options.get("provider") is None:
        return options
    facts = _as_provider(name, options["provider"])
    if "three-legged" not in facts.flows:
        raise ConfigurationError(
            f"{facts.id!r} has no login that a browser is redirected to; the ways to a token there are "
            f"{', '.join(facts.flows)}"
        )
    filled: dict[str, Any] = {**options, "provider": facts}
    for option, endpoint in _ENDPOINTS.items():
        url, given = getattr(facts, endpoint).url, options.get(option)
        if given and given != url:
            raise ConfigurationError(f"{option} of {name!r} is {given}, but {facts.id!r} has {url}: leave it out")
        filled[option] = url
    if facts.user_agent == "required" and not options.get("user_agent"):
        raise ConfigurationError(f"{facts.id!r} answers no request without a User-Agent of its own: pass user_agent")
    filled["client_kwargs"] = _with_provider(name, options.get("client_kwargs") or {}, facts)
    if options.get("api_base_url"):
        _refuse_foreign(name, options["api_base_url"], facts)
    else:
        bases = [base for base in facts.api_base if "*" not in base]
        filled["api_base_url"] = f"{bases[0]}/" if bases else None
    if facts.callback and not options.get("callback_token_name"):
        filled["callback_token_name"] = facts.callback.parameters.get("oauth_token")
    return filled


def refuse_contradictions(name: str, options: Mapping[str, Any]) -> None:
    """Raise for an option that every login would fail with. Without a ``provider`` nothing is known about that.

    Args:
        name: the application's name for the provider.
        options: the options that `filled_in` returned, none of which is missing or has a wrong type.

    Raises:
        ConfigurationError: an option contradicts the provider, or it does not take a parameter.
        SigningError: a signing option has a value that cannot be used.
    """
    facts: Provider | None = options.get("provider")
    if facts is None:
        return
    from oauthone.clients._auth import SigningAuth
    from oauthone.clients._provider_flow import flow_of
    from oauthone.providers._authorization import checked_choices

    arguments = options["client_kwargs"]
    signing = {one: arguments[one] for one in _SIGNING if arguments.get(one) is not None}
    SigningAuth(options["client_id"], options.get("client_secret"), **signing)
    flow = flow_of(facts, *[arguments.get(one) for one in ("require_verifier", "require_callback_confirmed")])
    for option, leg in (
        ("request_token_params", "temporary_credentials"),
        ("access_token_params", "token_credentials"),
    ):
        given: Mapping[str, Any] = options.get(option) or {}
        further = {one: value for one, value in given.items() if one not in _OF_LEGS}
        flow.target(leg, None, given.get("method"), further)
    checked_choices(facts, options.get("authorize_params") or {})


def _with_provider(name: str, arguments: Mapping[str, Any], facts: "Provider") -> dict[str, Any]:
    other = arguments.get("provider")
    if other is not None and other not in (facts, facts.id):
        shown = other if isinstance(other, str) else getattr(other, "id", type(other).__name__)
        raise ConfigurationError(f"client_kwargs of {name!r} has the provider {shown!r}, but provider is {facts.id!r}")
    return {**arguments, "provider": facts}


def _refuse_foreign(name: str, url: str, facts: "Provider") -> None:
    if not facts.allows(url):
        bases = " and ".join(facts.api_base)
        raise ConfigurationError(f"api_base_url of {name!r} is not an address of {facts.id!r}, which has {bases}")


def page_address(
    settings: ApplicationSettings, url: str, token: str, given: Mapping[str, Any], redirect_uri: str | None
) -> str:
    """Return the address of the page on which the resource owner decides.

    Args:
        settings: the options of the provider.
        url: the resource owner authorization endpoint.
        token: the identifier of the temporary credentials.
        given: further parameters for the page.
        redirect_uri: the callback, which some providers take here.

    Raises:
        ConfigurationError: the provider does not take a parameter.
    """
    if settings.provider is None:
        return authorization_url(url, token, given)
    from oauthone.providers import _authorization

    further = {name: value for name, value in given.items() if name != "page"}
    return _authorization.authorization_url(
        settings.provider,
        token,
        further,
        client_id=settings.client_id,
        redirect_uri=redirect_uri,
        page=given.get("page"),
    )


def refuse_denied(settings: ApplicationSettings, found: Mapping[str, str], address: str) -> None:
    """Raise if a callback reports a refusal.

    Args:
        settings: the options of the provider.
        found: the parameters of the callback.
        address: the callback, or ``?`` and its query.

    Raises:
        AccessDenied: the resource owner refused.
    """
    raise_if_denied(dict(found))
    if settings.provider is not None:
        from oauthone.providers import _authorization

        if _authorization.says_refused(settings.provider, address):
            raise AccessDenied("access_denied", "the resource owner or the provider refused access")


def _as_provider(name: str, given: object) -> "Provider":
    from oauthone import providers

    if isinstance(given, str):
        return providers.get(given)
    if isinstance(given, providers.Provider):
        return given
    raise TypeError(
        f"provider of {name!r} must be a name or what oauthone.providers.get() returns, not of type "
        f"{type(given).__name__}"
    )
