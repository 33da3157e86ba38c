"""The flow with a provider whose facts are known: its endpoints, the chosen parameters, and the callback.

Only clients that name a provider load this module.
"""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qsl

from oauthone.clients._flow_options import Target
from oauthone.clients._provider_options import FlowRequirements, first_callback, flow_requirements
from oauthone.core.encoding import encoded_pair
from oauthone.core.parameters import append_to_query
from oauthone.errors import AccessDenied, ConfigurationError
from oauthone.providers import Provider
from oauthone.providers._authorization import authorization_url, flows_of, page_of, required_page, says_refused
from oauthone.providers._catalogue import as_provider
from oauthone.providers._model import Endpoint
from oauthone.providers._parameters import chosen_pairs, methods_that_take, refuse_misplaced, takes

#: The ways to a token that use an endpoint.
_FLOWS = {
    "temporary_credentials": {"three-legged", "provider-initiated"},
    "token_credentials": {"three-legged", "provider-initiated", "xauth"},
}
#: Requests whose chosen parameters travel in the query. Those of the others may be secret, and travel in a form.
_IN_QUERY = frozenset(("temporary_credentials",))


def flow_of(provider: object, require_verifier: bool | None, require_callback_confirmed: bool | None) -> "ProviderFlow":
    """Return the flow with a provider.

    Args:
        provider: the name of the provider, or its facts.
        require_verifier: see the arguments of the clients.
        require_callback_confirmed: see the arguments of the clients.

    Raises:
        ConfigurationError: an argument contradicts the provider, or the provider is unknown.
    """
    facts = as_provider(provider)
    return ProviderFlow(facts, flow_requirements(facts, require_verifier, require_callback_confirmed))


class ProviderFlow:
    """What a client's flow takes from a provider. It is immutable and picklable.

    Args:
        provider: the facts about the provider.
        requirements: what the flow requires with this provider.
    """

    def __init__(self, provider: Provider, requirements: FlowRequirements) -> None:
        self.provider = provider
        self.requirements = requirements

    def target(self, name: str, url: str | None, method: str | None, given: Mapping[str, Any]) -> Target:
        """Return where the request to an endpoint goes.

        Args:
            name: the name of the endpoint, such as ``"temporary_credentials"``.
            url: the URL that the caller passes, which can only be the provider's own; or None.
            method: the request method, or None for the one that the provider prefers.
            given: the values that the caller chooses for the provider's parameters, and options of the library.

        Raises:
            ConfigurationError: the provider has no such endpoint, or does not take a value.
        """
        endpoint = self._endpoint(name)
        if url is not None and url != endpoint.url:
            raise ConfigurationError(
                f"{self.provider.id!r} has the endpoint {endpoint.url}, not {url}: leave the URL out"
            )
        if method is not None and method not in endpoint.method:
            raise ConfigurationError(f"{self.provider.id!r} takes {' or '.join(endpoint.method)} there, not {method}")
        chosen = {key: value for key, value in given.items() if takes(endpoint.parameters, key)}
        options = {key: value for key, value in given.items() if key not in chosen}
        refuse_misplaced(self.provider, options)
        self._refuse_unchecked(options)
        pairs = chosen_pairs(self.provider.id, endpoint.parameters, chosen)
        address = endpoint.url
        if pairs and name in _IN_QUERY:
            address = append_to_query(address, [encoded_pair(*pair) for pair in pairs])
        elif pairs:
            options["data"] = {**self._form_in(options), **dict(pairs)}
        return Target(address, method or endpoint.method[0], endpoint.placement[0].upper(), options)

    def _refuse_unchecked(self, options: Mapping[str, Any]) -> None:
        """Raise if a library's option has a parameter of the provider, whose value would not be checked there."""
        for option in ("params", "data"):
            for name in _names_in(options.get(option)):
                if methods := methods_that_take(self.provider, name):
                    raise ConfigurationError(
                        f"{option} has {name}, whose value is not checked there: pass {name}=… to {methods[0]}() itself"
                    )

    def _form_in(self, options: Mapping[str, Any]) -> Mapping[str, Any]:
        form = options.get("data")
        if form is not None and not isinstance(form, Mapping):
            raise ConfigurationError(
                f"data must be a mapping, because the parameters of {self.provider.id!r} travel in the same form"
            )
        return cast("Mapping[str, Any]", form or {})

    def _endpoint(self, name: str) -> Endpoint:
        provider = self.provider
        endpoint: Endpoint | None = getattr(provider, name)
        if endpoint is None or _FLOWS.get(name, set(provider.flows)).isdisjoint(provider.flows):
            what = f"{provider.id!r} has no endpoint for {name.replace('_', ' ')} that this client could use"
            raise ConfigurationError(f"{what}; {flows_of(provider)}")
        return endpoint

    def first_callback(self, redirect_uri: str | None) -> str | None:
        """Return the redirect URI for the first leg; see `oauthone.clients._provider_options.first_callback`."""
        return first_callback(self.provider, redirect_uri)

    def raise_if_denied(self, callback: str) -> None:
        """Raise `AccessDenied` if a callback reports a refusal in this provider's own way."""
        if says_refused(self.provider, callback):
            raise AccessDenied("access_denied", "the resource owner or the provider refused access")

    def with_provider(self, provider: Provider) -> "ProviderFlow":
        """Return this flow with other facts about the provider."""
        return ProviderFlow(provider, self.requirements)

    def require_page(self) -> None:
        """Raise `ConfigurationError` if the provider has no page on which the resource owner decides."""
        required_page(self.provider)

    def authorization_url(
        self, url: str | None, token: str, given: dict[str, Any], client_id: str, redirect_uri: str | None
    ) -> str:
        """Return the URL for the resource owner's browser; ``page`` in ``given`` chooses another page.

        Raises:
            ConfigurationError: the provider has no such page, or does not take a value.
        """
        page = given.pop("page", None)
        if url is not None:
            page = page_of(self.provider, url)
        return authorization_url(self.provider, token, given, client_id=client_id, redirect_uri=redirect_uri, page=page)


def _names_in(content: Any) -> list[str]:
    """Return the names of a query or form in any type that a library takes."""
    if isinstance(content, bytes):
        content = content.decode("utf-8", "replace")
    if isinstance(content, str):
        content = parse_qsl(content, keep_blank_values=True)
    if isinstance(content, Mapping):
        return [str(name) for name in cast("Mapping[object, Any]", content)]
    pairs: list[Any] = [*cast("Any", content)] if isinstance(content, (list, tuple)) else []
    return [str(cast("Any", pair)[0]) for pair in pairs if isinstance(pair, (list, tuple)) and pair]
