"""The methods of the three-legged flow, the same in every client, for clients that block and clients that await."""

from collections.abc import Generator, Mapping
from copy import copy
from time import sleep
from typing import TYPE_CHECKING, Any, Self

from oauthone.clients._diagnosis import Explanation, explain_by, keep
from oauthone.clients._flow_state import FlowState
from oauthone.clients._other_names import refuse_other_names, refuse_positions
from oauthone.core.drive import arun, run
from oauthone.core.flow import Leg, Reply
from oauthone.errors import TokenResponseError

#: The libraries' options for the content of a request.
_CONTENT_OPTIONS = frozenset(("data", "params", "json", "content", "files"))


class FlowMethods:
    """The flow's methods that do no I/O.

    A client derives from `SyncFlowMixin` or `AsyncFlowMixin`, sets ``_flow_state`` and ``auth``, and brings
    ``_send_leg``.
    """

    _flow_state: FlowState
    auth: Any

    def __new__(cls, *positional: Any, **options: Any) -> Self:
        """Make an object for ``__init__``, which documents the arguments."""
        refuse_other_names(cls, options)
        refuse_positions(cls, len(positional))
        return super().__new__(cls)

    def __getstate__(self) -> Any:
        """The state for a copy or pickle, with a flow state of its own: later changes to one do not reach the other."""
        state: Any = super().__getstate__()
        return {**state, "_flow_state": copy(self._flow_state)}

    def _endpoint(self, url: str) -> str:
        """The absolute URL of an endpoint; clients that take relative URLs override it."""
        return url

    @property
    def token(self) -> dict[str, Any] | None:
        """The token that signs requests, as a dict. Set it to a dict that `fetch_access_token` returned earlier."""
        return self._flow_state.token

    @token.setter
    def token(self, token: Mapping[str, Any] | None) -> None:
        before = self._flow_state.auth
        self._flow_state.token = token
        if self.auth is before:
            self.auth = self._flow_state.auth

    @property
    def redirect_uri(self) -> str | None:
        """The callback URL. None sends ``oob``, ``""`` sends no ``oauth_callback``."""
        return self._flow_state.redirect_uri

    @redirect_uri.setter
    def redirect_uri(self, redirect_uri: str | None) -> None:
        self._flow_state.redirect_uri = redirect_uri

    def create_authorization_url(
        self, url: str, request_token: str | Mapping[str, Any] | None = None, **parameters: Any
    ) -> str:
        """The URL that the resource owner has to visit (RFC 5849 section 2.2).

        Args:
            url: the provider's authorization endpoint.
            request_token: the identifier of the temporary credentials, or the dict that `fetch_request_token` returned;
                not needed while exactly one authorization is pending.
            parameters: further query parameters that the provider takes.

        Raises:
            FlowError: no authorization is pending and no token is held, or several are pending.
            SigningError: the URL is not absolute, or it holds ``oauth_`` parameters.
        """
        return self._flow_state.authorization_url(url, request_token, parameters)

    def parse_authorization_response(self, url: str) -> dict[str, str]:
        """Read the callback that the provider redirected the resource owner's browser to (RFC 5849 section 2.2).

        Args:
            url: the callback's URL, its query string, the text of the browser's address bar, or a bare code.

        Returns:
            ``oauth_token`` and, if the provider sent it, ``oauth_verifier``; `fetch_access_token` uses both.

        Raises:
            AccessDenied: the resource owner refused.
            CallbackError: the callback belongs to no authorization that is pending in this client.
        """
        return self._flow_state.parse_callback(url)

    def _exchange(
        self,
        url: str,
        verifier: str | None,
        request_token: str | Mapping[str, Any] | None,
        method: str,
        options: Mapping[str, Any],
    ) -> Generator[Leg, Reply, dict[str, Any]]:
        """The third leg, whose query or content may hold a user's own credentials (xAuth)."""
        has_credentials = "?" in url or not _CONTENT_OPTIONS.isdisjoint(options)
        state, endpoint = self._flow_state, self._endpoint(url)
        return state.request_token(endpoint, verifier, request_token, method, has_credentials=has_credentials)


class SyncFlowMixin(FlowMethods):
    """The legs of the flow in a client that blocks."""

    _is_awaited = False
    _pause = staticmethod(sleep)

    def fetch_request_token(self, url: str, method: str = "POST", **options: Any) -> dict[str, Any]:
        """Get temporary credentials (RFC 5849 section 2.1).

        Args:
            url: the provider's temporary credential request endpoint.
            method: the request method.
            options: the library's options for a request, such as ``timeout`` in seconds. The leg sets authentication,
                redirects and streaming itself.

        Returns:
            The provider's response, a dict with ``oauth_token``, ``oauth_token_secret``, ``oauth_callback_confirmed``
            and any further fields.

        Raises:
            OAuthError: the provider's response holds no credentials; the error says why.
            InsecureTransportError: the endpoint is plain http.
            TypeError: an option that the leg sets itself.
            Exception: the library's own, if the provider could not be reached.
        """
        effects = self._flow_state.request_temporary(self._endpoint(url), method)
        return self._run_leg(effects, options)

    def fetch_access_token(
        self,
        url: str,
        verifier: str | None = None,
        *,
        request_token: str | Mapping[str, Any] | None = None,
        method: str = "POST",
        **options: Any,
    ) -> dict[str, Any]:
        """Exchange temporary credentials for token credentials (RFC 5849 section 2.3), and sign with those from now on.

        Args:
            url: the provider's token request endpoint.
            verifier: the verification code; not needed after `parse_authorization_response`.
            request_token: which authorization, if several are pending: the identifier, or the dict that
                `fetch_request_token` returned.
            method: the request method.
            options: the library's options for a request, such as ``timeout`` in seconds. The leg sets authentication,
                redirects and streaming itself.

        Returns:
            The provider's response, a dict with ``oauth_token``, ``oauth_token_secret`` and any further fields.

        Raises:
            OAuthError: the verification code or the authorization is missing, or the response holds no credentials.
            InsecureTransportError: the endpoint is plain http.
            TypeError: an option that the leg sets itself.
            Exception: the library's own, if the provider could not be reached.
        """
        effects = self._exchange(url, verifier, request_token, method, options)
        del verifier, request_token  # A traceback may show the variables of this frame.
        self.token = token = self._run_leg(effects, options)
        return token

    def _run_leg(self, effects: Generator[Leg, Reply, dict[str, Any]], options: dict[str, Any]) -> dict[str, Any]:
        """Send the leg that ``effects`` asks for; an error about the response can explain itself."""
        replied: list[Explanation] = []

        def send(leg: Leg) -> Reply:
            auth = self._flow_state.auth.for_leg(leg)
            return keep(replied, auth.given_credentials(), self._send_leg(auth, leg, options))

        try:
            return run(effects, send)
        except TokenResponseError as refused:
            explain_by(replied, refused)
            raise

    if TYPE_CHECKING:

        def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
            """Send one leg, signed by ``auth``; each client brings this method."""
            ...


class AsyncFlowMixin(FlowMethods):
    """The legs of the flow in a client that is awaited."""

    _is_awaited = True

    async def _pause(self, seconds: float) -> None:
        import asyncio

        await asyncio.sleep(seconds)

    async def fetch_request_token(self, url: str, method: str = "POST", **options: Any) -> dict[str, Any]:
        """See `oauthone.clients.requests.OAuth1Session.fetch_request_token`; awaited."""
        effects = self._flow_state.request_temporary(self._endpoint(url), method)
        return await self._run_leg(effects, options)

    async def fetch_access_token(
        self,
        url: str,
        verifier: str | None = None,
        *,
        request_token: str | Mapping[str, Any] | None = None,
        method: str = "POST",
        **options: Any,
    ) -> dict[str, Any]:
        """See `oauthone.clients.requests.OAuth1Session.fetch_access_token`; awaited."""
        effects = self._exchange(url, verifier, request_token, method, options)
        del verifier, request_token  # A traceback may show the variables of this frame.
        self.token = token = await self._run_leg(effects, options)
        return token

    async def _run_leg(self, effects: Generator[Leg, Reply, dict[str, Any]], options: dict[str, Any]) -> dict[str, Any]:
        """See `SyncFlowMixin._run_leg`; awaited."""
        replied: list[Explanation] = []

        async def send(leg: Leg) -> Reply:
            auth = self._flow_state.auth.for_leg(leg)
            return keep(replied, auth.given_credentials(), await self._send_leg(auth, leg, options))

        try:
            return await arun(effects, send)
        except TokenResponseError as refused:
            explain_by(replied, refused)
            raise

    if TYPE_CHECKING:

        async def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
            """Send one leg, signed by ``auth``; each client brings this method."""
            ...
