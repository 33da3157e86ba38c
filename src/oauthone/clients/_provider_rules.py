"""The rules of a provider for each signed request: its addresses, its realm, and who asks.

Only clients that name a provider load this module.
"""

import re
from types import EllipsisType
from typing import TypeVar

from oauthone.core.urls import origin, split_query
from oauthone.errors import ConfigurationError
from oauthone.providers import Provider
from oauthone.providers._authorization import flows_of

_Token = TypeVar("_Token")

#: The ``User-Agent`` of an HTTP library.
_OF_LIBRARY = re.compile(r"(?:python-requests|python-httpx2?|niquests|python-urllib3|Python)/", re.IGNORECASE)
#: How many origins are remembered. A provider with a host for each customer may have many.
_MAX_ORIGINS = 100
#: The ways to be let in that need no token, or end with a token that OAuth 1.0 does not use.
_WITHOUT_TOKEN = frozenset(("consumer-only", "client-credentials"))


def token_for(provider: Provider, token: _Token) -> _Token | str:
    """Return the token for requests to a provider: an empty one where that takes the place of none.

    Raises:
        ConfigurationError: the provider issues no tokens. The message does not contain the token.
    """
    if token and _WITHOUT_TOKEN.issuperset(provider.flows):
        raise ConfigurationError(
            f"token=… contradicts what is known about {provider.id!r}, which issues no tokens: leave token and "
            f"token_secret out; {flows_of(provider)}"
        )
    return "" if token is None and provider.empty_token_parameter else token


class ProviderRules:
    """The rules of a provider for each signed request. They can be shared between threads, and pickled.

    Args:
        provider: the facts about the provider.
    """

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._has_request_url = provider.realm is not None and provider.realm.kind == "request-url"
        #: The beginnings of URLs that the provider allows, each with the slash after the authority.
        self._allowed = set[str]()

    def allows(self, url: str) -> bool:
        """Return what `Provider.allows` says, which takes longer than a signature."""
        # The authority ends at its slash. Parsers disagree about URLs with a backslash, white space or control codes.
        start = url[: url.find("/", 8) + 1]
        if start in self._allowed and url.isprintable() and " " not in url and "\\" not in url:
            return True
        if not self.provider.allows(url):
            return False
        if start and len(self._allowed) < _MAX_ORIGINS:
            self._allowed.add(start)
        return True

    def realm_for(self, url: str, *, is_checked: bool) -> str | EllipsisType:
        """Return the realm for a request; ``...`` stands for that of all requests.

        Args:
            url: the URL of the request.
            is_checked: whether the URL is known to be one of the provider's endpoints.

        Raises:
            ConfigurationError: the URL is not one of the provider's.
        """
        if not is_checked and not self.allows(url):
            if self.provider.allows(f"{origin(url)}/"):
                raise ConfigurationError(
                    f"an address at {origin(url)} has user information, white space, a backslash or a control "
                    "character, which parsers read in different ways: the request is not signed"
                )
            raise ConfigurationError(
                f"{origin(url)} is not an address of {self.provider.id!r}, which has "
                f"{', '.join(self.provider.api_base)}: the request is not signed. Send it with a client that has no "
                "credentials of this provider"
            )
        return split_query(url)[0] if self._has_request_url else ...

    def require_user_agent(self, value: str | None) -> None:
        """Raise if the provider requires a ``User-Agent`` that names an application, and ``value`` does not.

        Raises:
            ConfigurationError: it is missing, or the HTTP library's own.
        """
        if self.provider.user_agent is not None and (not value or _OF_LIBRARY.match(value)):
            raise ConfigurationError(
                f"{self.provider.id!r} requires a User-Agent that names your application: pass the client the header, "
                "such as headers={'User-Agent': 'photo-printer/1.0 (https://photo-printer.example)'}"
            )
