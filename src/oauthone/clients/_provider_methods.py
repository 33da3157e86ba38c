"""The methods of a client for what a provider offers beyond the three legs. They need ``provider=``."""

from typing import TYPE_CHECKING, Any

from oauthone.clients._flow_methods import FlowMethods

if TYPE_CHECKING:
    from oauthone.clients._provider_requests import Request
    from oauthone.providers import Account, Provider


class ProviderMethods(FlowMethods):
    """The requests of these methods."""

    def _request_for(self, name: str, options: dict[str, Any]) -> "Request":
        """Return the request that the function ``name`` makes."""
        from oauthone.clients import _provider_requests  # few clients need it

        request: Request = getattr(_provider_requests, name)(self._flow_state, options)
        return request


class SyncProviderMethods(ProviderMethods):
    """The methods of a client that blocks."""

    if TYPE_CHECKING:

        def _run_leg(self, effects: Any, target: Any) -> Any:
            """Send what ``effects`` asks for; `SyncFlowMixin` brings this method."""
            ...

    def fetch_identity(self, **options: Any) -> "Account":
        """Ask the provider whose account the token is for; some providers have said so in the token response.

        Args:
            options: the library's options for a request, as in `fetch_request_token`.

        Returns:
            The account's ``id``, a ``name`` to show, and all ``data`` that the provider answered.

        Raises:
            ConfigurationError: the client has no ``provider=``, or nothing is known of an account there.
            OAuthError: the client has no token, or the answer names no account.
        """
        account: Account = self._run_leg(*self._request_for("identity", options))
        return account

    def renew_token(self, **options: Any) -> dict[str, Any]:
        """Renew the token before it ends, and sign with a new one if the provider answers with one.

        Args:
            options: the library's options for a request, as in `fetch_request_token`.

        Returns:
            The token.

        Raises:
            ConfigurationError: the client has no ``provider=``, or that does not renew tokens.
            OAuthError: the client has no token, or the provider refused.
        """
        token: dict[str, Any] = self._run_leg(*self._request_for("renewal", options))
        self.token = token
        return token

    def revoke_token(self, **options: Any) -> None:
        """Revoke the token at the provider, and forget it.

        Args:
            options: the library's options for a request, as in `fetch_request_token`.

        Raises:
            ConfigurationError: the client has no ``provider=``, or that does not revoke tokens.
            OAuthError: the client has no token, or the provider refused.
        """
        self._run_leg(*self._request_for("revocation", options))
        self.token = None

    def check_token(self, **options: Any) -> str:
        """Ask the provider whether the token is valid.

        Args:
            options: the library's options for a request, as in `fetch_request_token`.

        Returns:
            What the provider says about the token.

        Raises:
            ConfigurationError: the client has no ``provider=``, or that does not check tokens.
            OAuthError: the client has no token, or it is not valid.
        """
        text: str = self._run_leg(*self._request_for("check", options))
        return text

    def exchange_token(self, **options: Any) -> dict[str, Any]:
        """Exchange the client credentials for a bearer token, where that is all that OAuth 1.0 signs.

        Args:
            options: the provider's parameters, and the library's options for a request.

        Returns:
            The provider's answer, with ``access_token``. It does not sign the requests of this client.

        Raises:
            ConfigurationError: the client has no ``provider=``, or that has no such exchange.
            OAuthError: the provider refused.
        """
        answer: dict[str, Any] = self._run_leg(*self._request_for("exchange", options))
        return answer

    def discover_endpoints(self, **options: Any) -> "Provider":
        """Read the addresses of the endpoints where the provider publishes them, and use them from now on.

        Args:
            options: the library's options for a request, as in `fetch_request_token`.

        Returns:
            The facts about the provider with these addresses.

        Raises:
            ConfigurationError: the client has no ``provider=``, or that publishes no addresses.
            OAuthError: an address is missing, or is not one of the provider's.
        """
        provider: Provider = self._run_leg(*self._request_for("discovery", options))
        return provider


class AsyncProviderMethods(ProviderMethods):
    """The methods of a client that is awaited; see `SyncProviderMethods`."""

    if TYPE_CHECKING:

        async def _run_leg(self, effects: Any, target: Any) -> Any:
            """Send what ``effects`` asks for; `AsyncFlowMixin` brings this method."""
            ...

    async def fetch_identity(self, **options: Any) -> "Account":
        """See `oauthone.clients.requests.OAuth1Session.fetch_identity`; awaited."""
        account: Account = await self._run_leg(*self._request_for("identity", options))
        return account

    async def renew_token(self, **options: Any) -> dict[str, Any]:
        """See `oauthone.clients.requests.OAuth1Session.renew_token`; awaited."""
        token: dict[str, Any] = await self._run_leg(*self._request_for("renewal", options))
        self.token = token
        return token

    async def revoke_token(self, **options: Any) -> None:
        """See `oauthone.clients.requests.OAuth1Session.revoke_token`; awaited."""
        await self._run_leg(*self._request_for("revocation", options))
        self.token = None

    async def check_token(self, **options: Any) -> str:
        """See `oauthone.clients.requests.OAuth1Session.check_token`; awaited."""
        text: str = await self._run_leg(*self._request_for("check", options))
        return text

    async def exchange_token(self, **options: Any) -> dict[str, Any]:
        """See `oauthone.clients.requests.OAuth1Session.exchange_token`; awaited."""
        answer: dict[str, Any] = await self._run_leg(*self._request_for("exchange", options))
        return answer

    async def discover_endpoints(self, **options: Any) -> "Provider":
        """See `oauthone.clients.requests.OAuth1Session.discover_endpoints`; awaited."""
        provider: Provider = await self._run_leg(*self._request_for("discovery", options))
        return provider
