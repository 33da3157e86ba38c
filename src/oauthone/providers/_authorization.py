"""The address of a provider's page on which the resource owner decides."""

import re
from collections.abc import Mapping
from typing import Any

from oauthone.core.encoding import encoded_pair
from oauthone.core.parameters import append_to_query
from oauthone.errors import ConfigurationError
from oauthone.providers._model import Authorization, Table
from oauthone.providers._parameters import chosen_pairs, refuse_misplaced, takes
from oauthone.providers._provider import Provider

#: A parameter of a callback, as a file of facts writes it.
_PAIR = re.compile(r"\w+=\w*", re.ASCII)

#: The name of the page for phones in ``page``.
MOBILE = "mobile"


def authorization_url(
    provider: Provider,
    token: str,
    given: Mapping[str, Any],
    *,
    client_id: str,
    redirect_uri: str | None,
    page: str | None = None,
) -> str:
    """Return the address for the resource owner's browser.

    Args:
        provider: the provider.
        token: the identifier of the temporary credentials.
        given: the values that the application chooses.
        client_id: the client's identifier, which some providers want here, too.
        redirect_uri: the callback, which providers from before OAuth 1.0a take here.
        page: the name of another page, such as ``"sign_in"`` or ``"mobile"``; None stands for the usual one.

    Raises:
        ConfigurationError: the provider has no such page, or does not take a value.
    """
    facts = required_page(provider)
    address = _address(provider.id, facts, page)
    refuse_misplaced(provider, [name for name in given if not takes(facts.parameters, name)])
    pairs = chosen_pairs(provider.id, facts.parameters, given)
    names = [name for name, _ in pairs]
    if sends_callback_there(provider) and redirect_uri and "oauth_callback" not in names:
        pairs.append(("oauth_callback", redirect_uri))
    if facts.send_consumer_key:
        pairs.insert(0, ("oauth_consumer_key", client_id))
    pairs.insert(0, ("oauth_token", token))
    return append_to_query(address, [encoded_pair(facts.rename.get(name, name), value) for name, value in pairs])


def checked_choices(provider: Provider, given: Mapping[str, Any]) -> None:
    """Check values for the authorization address before there is a token. Further ones may follow.

    Raises:
        ConfigurationError: the provider has no such page, or does not take a value.
    """
    facts = required_page(provider)
    optional = Table({name: one._replace(required=False) for name, one in facts.parameters.items()})
    provider = provider._replace(authorization=facts._replace(parameters=optional))
    chosen = {name: value for name, value in given.items() if name != "page"}
    authorization_url(provider, "token", chosen, client_id="", redirect_uri=None, page=given.get("page"))


def required_page(provider: Provider) -> Authorization:
    """Return the facts about the page on which the resource owner decides.

    Raises:
        ConfigurationError: the provider has none.
    """
    if provider.authorization is None:
        raise ConfigurationError(f"{provider.id!r} has no page to visit; {flows_of(provider)}")
    return provider.authorization


def sends_callback_there(provider: Provider) -> bool:
    """Return whether the callback belongs on the authorization address, as before OAuth 1.0a."""
    return provider.callback is not None and provider.callback.sent == "authorization"


def says_refused(provider: Provider, callback: str) -> bool:
    """Return whether a callback reports a refusal in this provider's own way, such as ``rejected=1``.

    Args:
        provider: the provider; its facts may have the parameter that tells, as ``name=value``.
        callback: the URL of the callback, or its query.
    """
    refusal = (provider.callback and provider.callback.refusal) or ""
    if not _PAIR.fullmatch(refusal):
        return False
    return refusal in callback.partition("#")[0].rpartition("?")[2].strip().split("&")


def flows_of(provider: Provider) -> str:
    """Return the ways to a token, for an error about one that the provider does not have."""
    return f"the ways to a token there are {', '.join(provider.flows)} (see {provider.docs or provider.homepage})"


def page_of(provider: Provider, url: str) -> str | None:
    """Return the name of the page with this address; None for the usual one.

    Raises:
        ConfigurationError: it is the address of none.
    """
    facts = required_page(provider)
    pages = {facts.url: None} | {address: name for name, address in _pages(facts).items()}
    if url not in pages:
        raise ConfigurationError(f"{provider.id!r} has {' and '.join(pages)}, not {url}: leave the URL out")
    return pages[url]


def _address(provider: str, facts: Authorization, page: str | None) -> str:
    if page is None:
        return facts.url
    pages = _pages(facts)
    if not isinstance(page, str) or page not in pages:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(f"{provider!r} has no page {page!r}; it has {', '.join(pages) or 'only one'}")
    return pages[page]


def _pages(facts: Authorization) -> dict[str, str]:
    """Return the other pages by name."""
    return {**facts.alternatives, **({MOBILE: facts.mobile_url} if facts.mobile_url else {})}
