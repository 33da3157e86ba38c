"""The state of the three-legged flow in one client: pending credentials, the held token, and the legs as generators."""

from collections.abc import Callable, Generator, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, Self

from oauthone.clients._auth import SigningAuth
from oauthone.clients._flow_options import FlowSettings, named_target
from oauthone.clients._pending import PendingCredentials, as_dict, identifier
from oauthone.core.credentials import TemporaryCredentials, TokenCredentials
from oauthone.core.flow import (
    OUT_OF_BAND,
    Leg,
    Reply,
    authorization_url,
    callback_parameters,
    parse_callback,
    raise_if_denied,
    request_temporary_credentials,
    request_token_credentials,
)
from oauthone.core.known_secrets import KnownSecrets
from oauthone.core.signing_options import TokenArgument
from oauthone.errors import AccessDenied, CallbackError, FlowError

if TYPE_CHECKING:
    from oauthone.clients._provider_flow import ProviderFlow
    from oauthone.providers import Provider


class FlowState:
    """The flow's state in one client, with an auth of ``auth_class``; the clients' constructors document the arguments.

    Attributes:
        auth: signs with the client credentials and the held token.
        pending: the temporary credentials of authorizations that are not completed.
        redirect_uri: the callback; None sends ``oob``, ``""`` sends no ``oauth_callback``.
        settings: what the client requires of the flow.
        verifier: the verification code that was passed to the client's constructor.

    Raises:
        SigningError: a signing option has a value that cannot be used.
    """

    def __init__(
        self,
        auth_class: Callable[..., SigningAuth],
        client_id: str,
        client_secret: str | None,
        *,
        token: TokenArgument,
        token_secret: str | None,
        redirect_uri: str | None,
        verifier: str | None,
        settings: FlowSettings,
        provider: "str | Provider | None" = None,
        **signing: Any,
    ) -> None:
        self.of_provider: ProviderFlow | None = None
        if provider is not None:
            from oauthone.clients._provider_flow import flow_of  # few clients need it

            self.of_provider = flow_of(provider, *settings[:2])
            settings = settings._replace(**self.of_provider.requirements._asdict())
        self.auth = auth_class(
            client_id,
            client_secret,
            token=token,
            token_secret=token_secret,
            allow_insecure_transport=settings.allow_insecure_transport,
            provider=None if self.of_provider is None else self.of_provider.provider,
            **signing,
        )
        self.redirect_uri = redirect_uri
        self.settings = settings
        self._token: dict[str, Any] | None = None
        if token is not None:
            by_name = {"oauth_token": token, "oauth_token_secret": token_secret or ""}
            self._token = dict(token) if isinstance(token, Mapping) else by_name
        self.verifier = verifier
        self.pending = PendingCredentials()
        self._exchanged_token: str | None = None

    def request_temporary(self, url: str, method: str) -> Generator[Leg, Reply, dict[str, Any]]:
        """The first leg; returns the provider's response as a dict."""
        callback = self.redirect_uri
        if self.of_provider is not None:
            callback = self.of_provider.first_callback(callback)
        temporary = yield from request_temporary_credentials(
            url,
            method=method,
            callback=OUT_OF_BAND if callback is None else callback or None,
            require_callback_confirmed=self.settings.require_callback_confirmed is not False,
            allow_insecure_transport=self.settings.allow_insecure_transport,
            secrets=self.secrets(),
        )
        self.pending.add(temporary)
        response = as_dict(temporary)
        if temporary.callback_confirmed:
            response["oauth_callback_confirmed"] = "true"
        return {**response, **temporary.extra}

    def authorization_url(
        self, url: str | None, request_token: str | Mapping[str, Any] | None, given: dict[str, Any]
    ) -> str:
        """The URL for the resource owner's browser."""
        if self.of_provider is not None:
            self.of_provider.require_page()
        token = identifier(request_token)
        if token is None:
            restored = None if self.pending else self._restored_temporary()
            token = (restored or self.pending.only()).token
        if self.of_provider is not None:
            return self.of_provider.authorization_url(url, token, given, self.auth.client_id, self.redirect_uri)
        return authorization_url(named_target(url, None, {}).url, token, given)

    @property
    def token(self) -> dict[str, Any] | None:
        """The held token, as the provider returned it."""
        return None if self._token is None else dict(self._token)

    @token.setter
    def token(self, token: Mapping[str, Any] | None) -> None:
        if token is not None and token.get("oauth_token") is None:
            raise FlowError("missing_token", "a token is a dict with oauth_token and oauth_token_secret, or None")
        held = _as_temporary(token)
        # A provider may have no tokens: then both stay as they are.
        self.auth = self.auth.with_token(*((None, None) if held is None else held[:2]))
        self._token = None if token is None else dict(token)

    def parse_callback(self, callback_url: str) -> dict[str, str]:
        """Read a callback, and keep its verification code for the third leg."""
        found = callback_parameters(callback_url)
        token = found.get("oauth_token")
        try:
            raise_if_denied(found)
            if self.of_provider is not None:
                self.of_provider.raise_if_denied(callback_url)
        except AccessDenied:
            self.pending.remove(token or found.get("denied"))
            raise
        expected = self._expected(token)
        result = parse_callback(callback_url, expected.token)
        if expected.token not in self.pending:
            self.pending.add(expected)
        parsed = {"oauth_token": result.token}
        if result.verifier is not None:
            self.pending.set_verifier(result.token, result.verifier)
            parsed["oauth_verifier"] = result.verifier
        return parsed

    def request_token(
        self,
        url: str,
        verifier: str | None,
        request_token: str | Mapping[str, Any] | None,
        method: str,
        *,
        has_credentials: bool = True,
    ) -> Generator[Leg, Reply, dict[str, Any]]:
        """The third leg; returns the token as a dict. A successful exchange removes the pending credentials.

        The generator is made only for a leg that the provider might accept.

        Args:
            url: the provider's token request endpoint.
            verifier: the verification code, if the caller has it.
            request_token: which temporary credentials to exchange.
            method: the request method.
            has_credentials: whether the request may carry a user's own credentials instead of temporary ones (xAuth).

        Raises:
            FlowError: the credentials or the verification code are missing.
        """
        temporary = self.pending.select(request_token, _as_temporary(self._token))
        if verifier is None:
            verifier = self.verifier
            if temporary is not None:
                verifier = self.pending.verifier_of(temporary.token, verifier)
        if verifier is None:
            self._require_verifier(temporary, has_credentials=has_credentials)
        leg = request_token_credentials(
            url,
            token=None if temporary is None else temporary.token,
            token_secret=None if temporary is None else temporary.token_secret,
            verifier=verifier,
            method=method,
            allow_insecure_transport=self.settings.allow_insecure_transport,
            secrets=self.secrets(),
        )
        return self._exchange(leg, temporary)

    def _require_verifier(self, temporary: TemporaryCredentials | None, *, has_credentials: bool) -> None:
        """Raise unless the exchange may work without a verification code."""
        if temporary is None and not has_credentials:
            raise FlowError(
                "missing_request_token",
                "there is nothing to exchange: call fetch_request_token() first, or build the client with the token "
                "and token_secret that it returned. For xAuth, pass the user's name and password as data=…",
            )
        if temporary is not None and self.settings.require_verifier is not False:
            raise FlowError(
                "missing_verifier",
                "the verification code is missing: pass verifier=…, or the callback to parse_authorization_response(). "
                "If the provider issues none, build the client with require_verifier=False",
            )

    def _exchange(
        self, leg: Generator[Leg, Reply, TokenCredentials], temporary: TemporaryCredentials | None
    ) -> Generator[Leg, Reply, dict[str, Any]]:
        """Run the third leg. This frame is on the stack while the request is sent, so it holds no secret."""
        issued = yield from leg
        if temporary is not None:
            self.pending.remove(temporary.token)
        self.verifier = None
        self._exchanged_token = issued.token
        return {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret, **issued.extra}

    def __copy__(self) -> Self:
        copied = self.__class__.__new__(self.__class__)
        copied.__dict__.update(self.__dict__, pending=copy(self.pending))
        return copied

    def secrets(self) -> KnownSecrets:
        """Everything that no error may repeat."""
        return KnownSecrets([*self.auth.signer.secrets, *self.pending.secrets(), self.verifier])

    def _restored_temporary(self) -> TemporaryCredentials | None:
        """The held token, unless this client received it in an exchange: then it is not a temporary one."""
        held = _as_temporary(self._token)
        return None if held is None or held.token == self._exchanged_token else held

    def _expected(self, token: str | None) -> TemporaryCredentials:
        """The temporary credentials that a callback with this token must belong to."""
        expected = self.pending.expected_by(token) or self._restored_temporary()
        if expected is not None:
            return expected
        raise CallbackError(
            "missing_request_token",
            "this client does not know which callback to expect: build it with the token and token_secret that "
            "fetch_request_token() returned where the flow began",
        )


def _as_temporary(token: Mapping[str, Any] | None) -> TemporaryCredentials | None:
    """Return the held token, which is a temporary one if the flow began in another client."""
    if token is None:
        return None
    return TemporaryCredentials(str(token["oauth_token"]), str(token.get("oauth_token_secret") or ""))
