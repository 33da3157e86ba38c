"""The methods of the three-legged flow that do no I/O, and what the legs of every client share."""

from collections.abc import Callable, Generator, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, Self

from oauthone.clients._flow_options import Target, named_target
from oauthone.clients._flow_state import FlowState
from oauthone.clients._other_names import refuse_other_names, refuse_positions
from oauthone.core.flow import Leg, Reply

if TYPE_CHECKING:
    from oauthone.providers import Provider

#: The libraries' options for the content of a request.
_CONTENT_OPTIONS = frozenset(("data", "params", "json", "content", "files"))


def _unchanged(request: Any) -> Any:
    return request


class FlowMethods:
    """The flow's methods that do no I/O.

    A client derives from `SyncFlowMixin` or `AsyncFlowMixin`, sets ``_flow_state`` and ``auth``, and brings
    ``_send_leg``.
    """

    _flow_state: FlowState
    auth: Any
    #: The library's ``auth=`` for a request that is not signed.
    _no_auth: Any = staticmethod(_unchanged)

    def __new__(cls, *positional: Any, **options: Any) -> Self:
        """Make an object for ``__init__``, which documents the arguments."""
        refuse_other_names(cls, options)
        refuse_positions(cls, len(positional))
        return super().__new__(cls)

    def __getstate__(self) -> Any:
        """The state for a copy or pickle, with a flow state of its own: later changes to one do not reach the other."""
        state: Any = super().__getstate__()
        return {**state, "_flow_state": copy(self._flow_state)}

    @property
    def provider(self) -> "Provider | None":
        """The facts about the provider that this client was made for, or None."""
        of_provider = self._flow_state.of_provider
        return None if of_provider is None else of_provider.provider

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
        self, url: str | None = None, request_token: str | Mapping[str, Any] | None = None, **parameters: Any
    ) -> str:
        """The URL that the resource owner has to visit (RFC 5849 section 2.2).

        Args:
            url: the provider's authorization endpoint; not needed with ``provider=``.
            request_token: the identifier of the temporary credentials, or the dict that `fetch_request_token` returned;
                not needed while exactly one authorization is pending.
            parameters: further query parameters that the provider takes. With ``provider=`` they are checked:
                ``permissions`` is what the token may do, whatever the provider calls it, and ``page`` another page.

        Raises:
            ConfigurationError: the client's provider does not take one of the parameters.
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

    def _target(self, name: str, url: str | None, method: str | None, options: dict[str, Any]) -> Target:
        """Where the request to an endpoint goes: to that of the provider, or to the URL that the caller names."""
        of_provider = self._flow_state.of_provider
        if of_provider is not None:
            return of_provider.target(name, url, method, options)
        target = named_target(url, method, options)
        return target._replace(url=self._endpoint(target.url))

    def _auth_for(self, leg: Leg, target: Target) -> tuple[Any, Callable[[], Mapping[str, Any]]]:
        """The library's ``auth=`` for a leg, and what returns the credentials that it signs with.

        A traceback may show the variables of the frame that sends, so that holds no credentials.
        """
        if not target.is_signed:
            return self._no_auth, dict
        auth = self._flow_state.auth.for_leg(leg, target.signature_type)
        return auth, auth.given_credentials

    def _temporary(self, target: Target) -> Generator[Leg, Reply, dict[str, Any]]:
        """The first leg."""
        return self._flow_state.request_temporary(target.url, target.method)

    def _exchange(
        self, target: Target, verifier: str | None, request_token: str | Mapping[str, Any] | None
    ) -> Generator[Leg, Reply, dict[str, Any]]:
        """The third leg, whose query or content may hold a user's own credentials (xAuth)."""
        has_credentials = "?" in target.url or not _CONTENT_OPTIONS.isdisjoint(target.options)
        return self._flow_state.request_token(
            target.url, verifier, request_token, target.method, has_credentials=has_credentials
        )
