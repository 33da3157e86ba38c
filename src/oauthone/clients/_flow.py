"""The legs of the three-legged flow, the same in every client, for clients that block and clients that await."""

from collections.abc import Generator, Mapping
from time import sleep
from typing import TYPE_CHECKING, Any

from oauthone.clients._diagnosis import Explanation, explain_by, keep
from oauthone.clients._flow_options import Target
from oauthone.clients._provider_methods import AsyncProviderMethods, SyncProviderMethods
from oauthone.core.drive import arun, run
from oauthone.core.flow import Leg, Reply
from oauthone.errors import TokenResponseError


class SyncFlowMixin(SyncProviderMethods):
    """The legs of the flow in a client that blocks."""

    _is_awaited = False
    _pause = staticmethod(sleep)

    def fetch_request_token(self, url: str | None = None, method: str | None = None, **options: Any) -> dict[str, Any]:
        """Get temporary credentials (RFC 5849 section 2.1).

        Args:
            url: the provider's temporary credential request endpoint; not needed with ``provider=``.
            method: the request method; None stands for that of the provider, or for POST.
            options: the library's options for a request, such as ``timeout`` in seconds. The leg sets authentication,
                redirects and streaming itself. With ``provider=``, also the provider's parameters, such as ``scope``.

        Returns:
            The provider's response, a dict with ``oauth_token``, ``oauth_token_secret``, ``oauth_callback_confirmed``
            and any further fields.

        Raises:
            OAuthError: the provider's response holds no credentials; the error says why.
            InsecureTransportError: the endpoint is plain http.
            ConfigurationError: the client's provider has no such endpoint, or does not take a parameter.
            TypeError: an option that the leg sets itself, or there is neither a URL nor a provider.
            Exception: the library's own, if the provider could not be reached.
        """
        target = self._target("temporary_credentials", url, method, options)
        temporary: dict[str, Any] = self._run_leg(self._temporary(target), target)
        return temporary

    def fetch_access_token(
        self,
        url: str | None = None,
        verifier: str | None = None,
        *,
        request_token: str | Mapping[str, Any] | None = None,
        method: str | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """Exchange temporary credentials for token credentials (RFC 5849 section 2.3), and sign with those from now on.

        Args:
            url: the provider's token request endpoint; not needed with ``provider=``.
            verifier: the verification code; not needed after `parse_authorization_response`.
            request_token: which authorization, if several are pending: the identifier, or the dict that
                `fetch_request_token` returned.
            method: the request method; None stands for that of the provider, or for POST.
            options: as in `fetch_request_token`.

        Returns:
            The provider's response, a dict with ``oauth_token``, ``oauth_token_secret`` and any further fields.

        Raises:
            OAuthError: the verification code or the authorization is missing, or the response holds no credentials.
            InsecureTransportError: the endpoint is plain http.
            ConfigurationError: the client's provider has no such endpoint, or does not take a parameter.
            TypeError: an option that the leg sets itself, or there is neither a URL nor a provider.
            Exception: the library's own, if the provider could not be reached.
        """
        target = self._target("token_credentials", url, method, options)
        effects = self._exchange(target, verifier, request_token)
        del verifier, request_token, options  # A traceback may show the variables of this frame.
        token: dict[str, Any] = self._run_leg(effects, target)
        self.token = token
        return token

    def _run_leg(self, effects: Generator[Leg, Reply, Any], target: Target) -> Any:
        """Send the leg that ``effects`` asks for; an error about the response can explain itself."""
        replied: list[Explanation] = []

        def send(leg: Leg) -> Reply:
            auth, credentials_of = self._auth_for(leg, target)
            return keep(replied, credentials_of, self._send_leg(auth, leg, target.options))

        try:
            return run(effects, send)
        except TokenResponseError as refused:
            explain_by(replied, refused)
            raise

    if TYPE_CHECKING:

        def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
            """Send one leg, signed by ``auth``; each client brings this method."""
            ...


class AsyncFlowMixin(AsyncProviderMethods):
    """The legs of the flow in a client that is awaited."""

    _is_awaited = True

    async def _pause(self, seconds: float) -> None:
        import asyncio

        await asyncio.sleep(seconds)

    async def fetch_request_token(
        self, url: str | None = None, method: str | None = None, **options: Any
    ) -> dict[str, Any]:
        """See `oauthone.clients.requests.OAuth1Session.fetch_request_token`; awaited."""
        target = self._target("temporary_credentials", url, method, options)
        temporary: dict[str, Any] = await self._run_leg(self._temporary(target), target)
        return temporary

    async def fetch_access_token(
        self,
        url: str | None = None,
        verifier: str | None = None,
        *,
        request_token: str | Mapping[str, Any] | None = None,
        method: str | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """See `oauthone.clients.requests.OAuth1Session.fetch_access_token`; awaited."""
        target = self._target("token_credentials", url, method, options)
        effects = self._exchange(target, verifier, request_token)
        del verifier, request_token, options  # A traceback may show the variables of this frame.
        token: dict[str, Any] = await self._run_leg(effects, target)
        self.token = token
        return token

    async def _run_leg(self, effects: Generator[Leg, Reply, Any], target: Target) -> Any:
        """See `SyncFlowMixin._run_leg`; awaited."""
        replied: list[Explanation] = []

        async def send(leg: Leg) -> Reply:
            auth, credentials_of = self._auth_for(leg, target)
            return keep(replied, credentials_of, await self._send_leg(auth, leg, target.options))

        try:
            return await arun(effects, send)
        except TokenResponseError as refused:
            explain_by(replied, refused)
            raise

    if TYPE_CHECKING:

        async def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
            """Send one leg, signed by ``auth``; each client brings this method."""
            ...
