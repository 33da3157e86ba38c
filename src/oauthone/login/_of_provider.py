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
    filled["client_kwargs"] = {**(options.get("client_kwargs") or {}), "provider": facts}
    if not options.get("api_base_url"):
        bases = [base for base in facts.api_base if "*" not in base]
        filled["api_base_url"] = f"{bases[0]}/" if bases else None
    if facts.callback and not options.get("callback_token_name"):
        filled["callback_token_name"] = facts.callback.parameters.get("oauth_token")
    return filled


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
