"""The three-legged flow as every client offers it: what is pending, which token is held, and the legs as generators."""

import logging
from collections.abc import Generator, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from oauthone.clients._auth import SigningAuth
from oauthone.core.credentials import TemporaryCredentials, TokenCredentials
from oauthone.core.drive import arun, run
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
from oauthone.errors import AccessDenied, CallbackError, FlowError

_MAX_PENDING = 100
#: The libraries' options for what a request says.
_MAY_HOLD_CREDENTIALS = frozenset(("data", "params", "json", "content", "files"))
LOG = logging.getLogger("oauthone")
LOG.addHandler(logging.NullHandler())


class Settings(NamedTuple):
    """How a client walks the flow; the clients' constructors document each field."""

    require_verifier: bool
    require_callback_confirmed: bool
    allow_insecure_transport: bool


class FlowState:
    """The flow's state in one client: the auth for what it holds, and what is pending.

    Temporary credentials are kept by their token, the newest hundred, so that several dances do not mix. Threads may
    share a client, so whatever looks at several of them looks at a copy.

    Attributes:
        auth: signs with the client credentials and the token that is held.
        redirect_uri: None says ``oob``, ``""`` sends no ``oauth_callback``.
        verifier: the verification code that was known from the start.
    """

    def __init__(
        self,
        auth: SigningAuth,
        token: str | None,
        token_secret: str | None,
        redirect_uri: str | None,
        verifier: str | None,
        settings: Settings,
    ) -> None:
        self.auth = auth
        self.redirect_uri = redirect_uri
        self._settings = settings
        self._token = None if token is None else {"oauth_token": token, "oauth_token_secret": token_secret or ""}
        self.verifier = verifier
        self._pending: dict[str, TemporaryCredentials] = {}
        self._verifiers: dict[str, str] = {}
        self._issued: str | None = None

    def request_temporary(self, url: str, method: str) -> Generator[Leg, Reply, dict[str, Any]]:
        """The first leg; returns the provider's answer as a dict."""
        callback = OUT_OF_BAND if self.redirect_uri is None else self.redirect_uri or None
        temporary = yield from request_temporary_credentials(
            url,
            method=method,
            callback=callback,
            require_callback_confirmed=self._settings.require_callback_confirmed,
            allow_insecure_transport=self._settings.allow_insecure_transport,
            secrets=self._secrets(),
        )
        self._remember(temporary)
        answer = {"oauth_token": temporary.token, "oauth_token_secret": temporary.token_secret}
        if temporary.callback_confirmed:
            answer["oauth_callback_confirmed"] = "true"
        return {**answer, **temporary.extra}

    def authorization_url(self, url: str, request_token: str | Mapping[str, Any] | None, given: dict[str, Any]) -> str:
        """The address for the resource owner's browser."""
        token = _identifier(request_token)
        if token is None:
            restored = None if self._pending else self._restored()
            token = (restored or self._only_pending()).token
        return authorization_url(url, token, given)

    @property
    def token(self) -> dict[str, Any] | None:
        """The token that is held, as the provider gave it."""
        return None if self._token is None else dict(self._token)

    @token.setter
    def token(self, token: Mapping[str, Any] | None) -> None:
        if token is not None and token.get("oauth_token") is None:
            raise FlowError("missing_token", "a token is a dict with oauth_token and oauth_token_secret, or None")
        self._token = None if token is None else dict(token)
        held = self._held()
        self.auth = self.auth.with_token(*((None, None) if held is None else held[:2]))

    @property
    def newest_pending(self) -> dict[str, Any] | None:
        """The temporary credentials that came last, and the verifier of their callback, as far as they are pending."""
        if not (pending := list(self._pending.values())):
            return None
        temporary = pending[-1]
        answer = {"oauth_token": temporary.token, "oauth_token_secret": temporary.token_secret}
        verifier = self._verifiers.get(temporary.token)
        return answer if verifier is None else {**answer, "oauth_verifier": verifier}

    def parse_callback(self, answer: str) -> dict[str, str]:
        """Read a callback, and keep its verifier for the third leg."""
        found = callback_parameters(answer)
        token = found.get("oauth_token")
        try:
            raise_if_denied(found)
        except AccessDenied:
            self._forget(token or found.get("denied"))
            raise
        expected = self._expected(token)
        authorization = parse_callback(answer, expected.token)
        if expected.token not in self._pending:
            self._remember(expected)
        said = {"oauth_token": authorization.token}
        if authorization.verifier is not None:
            self._verifiers[authorization.token] = said["oauth_verifier"] = authorization.verifier
        return said

    def request_token(
        self,
        url: str,
        verifier: str | None,
        request_token: str | Mapping[str, Any] | None,
        method: str,
        *,
        brings_credentials: bool = True,
    ) -> Generator[Leg, Reply, dict[str, Any]]:
        """The third leg; returns the token as a dict. What was pending is forgotten when it succeeded.

        What can be refused without asking the provider is refused at once.

        Args:
            url: the provider's token request endpoint.
            verifier: the verification code, if the caller has it.
            request_token: which temporary credentials.
            method: the request method.
            brings_credentials: whether the request holds what stands for a user without temporary credentials (xAuth).
        """
        temporary = self._chosen(request_token)
        if verifier is None:
            verifier = self.verifier
            if temporary is not None:
                verifier = self._verifiers.get(temporary.token, verifier)
        if temporary is None and verifier is None and not brings_credentials:
            raise FlowError(
                "missing_request_token",
                "there is nothing to exchange: call fetch_request_token() first, or build the client with the token "
                "and token_secret that it returned. For xAuth, pass the user's name and password as data=…",
            )
        if verifier is None and temporary is not None and self._settings.require_verifier:
            raise FlowError(
                "missing_verifier",
                "there is no verification code: pass verifier=…, or the callback to parse_authorization_response(). "
                "For a provider that has none, build the client with require_verifier=False",
            )
        leg = request_token_credentials(
            url,
            token=None if temporary is None else temporary.token,
            token_secret=None if temporary is None else temporary.token_secret,
            verifier=verifier,
            method=method,
            allow_insecure_transport=self._settings.allow_insecure_transport,
            secrets=self._secrets(),
        )
        return self._exchange(leg, temporary)

    def _exchange(
        self, leg: Generator[Leg, Reply, TokenCredentials], temporary: TemporaryCredentials | None
    ) -> Generator[Leg, Reply, dict[str, Any]]:
        """Walk the third leg. This frame is there while the provider is asked, so it holds no secret."""
        issued = yield from leg
        if temporary is not None:
            self._forget(temporary.token)
        self.verifier = None
        self._issued = issued.token
        return {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret, **issued.extra}

    def __copy__(self) -> Self:
        copied = self.__class__.__new__(self.__class__)
        copied.__dict__.update(self.__dict__, _pending=dict(self._pending), _verifiers=dict(self._verifiers))
        return copied

    def _secrets(self) -> KnownSecrets:
        """Everything that no error may repeat."""
        pending = [temporary.token_secret for temporary in list(self._pending.values())]
        return KnownSecrets([*self.auth.signer.secrets, *pending, *self._verifiers.values(), self.verifier])

    def _remember(self, temporary: TemporaryCredentials) -> None:
        self._pending[temporary.token] = temporary
        for oldest in list(self._pending)[:-_MAX_PENDING]:
            self._forget(oldest)

    def _forget(self, token: str | None) -> None:
        if token is not None:
            self._pending.pop(token, None)
            self._verifiers.pop(token, None)

    def _only_pending(self) -> TemporaryCredentials:
        pending = list(self._pending.values())
        if len(pending) == 1:
            return pending[0]
        if pending:
            raise FlowError(
                "ambiguous_request_token",
                f"{len(pending)} authorizations are pending on this client: say which one with request_token=…",
            )
        raise FlowError("missing_request_token", "no authorization is pending: call fetch_request_token() first")

    def _held(self) -> TemporaryCredentials | None:
        """The token that is held, which is a temporary one where the flow began in another client."""
        if self._token is None:
            return None
        return TemporaryCredentials(str(self._token["oauth_token"]), str(self._token.get("oauth_token_secret") or ""))

    def _restored(self) -> TemporaryCredentials | None:
        """The token that is held, unless this client exchanged something for it: then it is not a temporary one."""
        held = self._held()
        return None if held is None or held.token == self._issued else held

    def _expected(self, token: str | None) -> TemporaryCredentials:
        """Which temporary credentials a callback with this token has to belong to."""
        if pending := dict(self._pending):
            return self._only_pending() if token is None else pending.get(token, [*pending.values()][-1])
        if (restored := self._restored()) is not None:
            return restored
        raise CallbackError(
            "missing_request_token",
            "this client does not know which callback to expect: build it with the token and token_secret that "
            "fetch_request_token() returned where the flow began",
        )

    def _chosen(self, request_token: str | Mapping[str, Any] | None) -> TemporaryCredentials | None:
        """Which temporary credentials to exchange; None where there are none (xAuth)."""
        if isinstance(request_token, Mapping) and "oauth_token_secret" in request_token:
            return TemporaryCredentials(str(request_token["oauth_token"]), str(request_token["oauth_token_secret"]))
        token, held = _identifier(request_token), self._held()
        if token is None:
            return self._only_pending() if self._pending else held
        if token in (pending := dict(self._pending)):
            return pending[token]
        if held is not None and held.token == token:
            return held
        raise FlowError(
            "unknown_request_token",
            "request_token names no authorization that is pending on this client: pass the whole dict that "
            "fetch_request_token() returned, or build the client with its token and token_secret",
        )


class FlowMethods:
    """The part of the flow's methods that does no I/O, the same in every client."""

    _dance: FlowState
    auth: Any

    def __getstate__(self) -> Any:
        """The state of a copy or pickle, whose flow is its own: what one gets or sets, the other does not have."""
        state: Any = super().__getstate__()
        return {**state, "_dance": copy(self._dance)}

    def _endpoint(self, url: str) -> str:
        """The absolute URL of an endpoint, for clients that take relative ones."""
        return url

    @property
    def token(self) -> dict[str, Any] | None:
        """The token that requests are signed with, as a dict; set it to what `fetch_access_token` returned once."""
        return self._dance.token

    @token.setter
    def token(self, token: Mapping[str, Any] | None) -> None:
        before = self._dance.auth
        self._dance.token = token
        if self.auth is before:
            self.auth = self._dance.auth

    @property
    def redirect_uri(self) -> str | None:
        """Where the provider sends the resource owner to; None says ``oob``, ``""`` sends no ``oauth_callback``."""
        return self._dance.redirect_uri

    @redirect_uri.setter
    def redirect_uri(self, redirect_uri: str | None) -> None:
        self._dance.redirect_uri = redirect_uri

    def create_authorization_url(
        self, url: str, request_token: str | Mapping[str, Any] | None = None, **parameters: Any
    ) -> str:
        """The address that the resource owner has to visit (RFC 5849 section 2.2).

        Args:
            url: the provider's authorization endpoint.
            request_token: the identifier of the temporary credentials, or the dict that `fetch_request_token` returned;
                not needed while exactly one authorization is pending.
            parameters: further query parameters that the provider takes.

        Raises:
            FlowError: no authorization is pending and no token is held, or several are pending.
            SigningError: no absolute URL, or one that holds ``oauth_`` parameters.
        """
        return self._dance.authorization_url(url, request_token, parameters)

    def parse_authorization_response(self, url: str) -> dict[str, str]:
        """Read the callback that the provider sent the resource owner's browser to (RFC 5849 section 2.2).

        Args:
            url: the callback's URL, its query string, what stands in the browser's address bar, or a bare code.

        Returns:
            ``oauth_token`` and, where there is one, ``oauth_verifier``; `fetch_access_token` knows them from now on.

        Raises:
            AccessDenied: the resource owner refused.
            CallbackError: the callback belongs to no authorization that is pending here.
        """
        return self._dance.parse_callback(url)


class SyncFlowMixin(FlowMethods):
    """The legs in a client that waits."""

    def fetch_request_token(self, url: str, method: str = "POST", **options: Any) -> dict[str, Any]:
        """Get temporary credentials (RFC 5849 section 2.1).

        Args:
            url: the provider's temporary credential request endpoint.
            method: the request method.
            options: what a request of the library takes, such as ``timeout``, in seconds; authentication, redirects and
                streaming are the leg's own.

        Returns:
            What the provider answered, a dict with ``oauth_token``, ``oauth_token_secret``,
            ``oauth_callback_confirmed`` and the rest.

        Raises:
            OAuthError: the provider's answer holds no credentials; it says why.
            InsecureTransportError: the endpoint is plain http.
            TypeError: an option that the leg decides itself.
            Exception: the library's own, where the provider was not reached.
        """
        steps = self._dance.request_temporary(self._endpoint(url), method)
        return run(steps, lambda leg: self._walk(self._dance.auth.for_leg(leg), leg, options))

    def fetch_access_token(
        self,
        url: str,
        verifier: str | None = None,
        *,
        request_token: str | Mapping[str, Any] | None = None,
        method: str = "POST",
        **options: Any,
    ) -> dict[str, Any]:
        """Exchange temporary credentials for token credentials (RFC 5849 section 2.3), and hold those from now on.

        Args:
            url: the provider's token request endpoint.
            verifier: the verification code; not needed after `parse_authorization_response`.
            request_token: which authorization, where several are pending: the identifier, or the dict that
                `fetch_request_token` returned.
            method: the request method.
            options: what a request of the library takes, such as ``timeout``, in seconds; authentication, redirects and
                streaming are the leg's own.

        Returns:
            What the provider answered, a dict with ``oauth_token``, ``oauth_token_secret`` and the rest.

        Raises:
            OAuthError: no verification code, no authorization to pick, or an answer without credentials.
            InsecureTransportError: the endpoint is plain http.
            TypeError: an option that the leg decides itself.
            Exception: the library's own, where the provider was not reached.
        """
        steps = self._dance.request_token(
            self._endpoint(url),
            verifier,
            request_token,
            method,
            brings_credentials="?" in url or not _MAY_HOLD_CREDENTIALS.isdisjoint(options),
        )
        del verifier, request_token  # A traceback may show what this frame holds.
        self.token = token = run(steps, lambda leg: self._walk(self._dance.auth.for_leg(leg), leg, options))
        return token

    if TYPE_CHECKING:

        def _walk(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
            """Each client brings it: send one leg, signed by ``auth``."""
            ...


class AsyncFlowMixin(FlowMethods):
    """The legs in a client that is awaited."""

    async def fetch_request_token(self, url: str, method: str = "POST", **options: Any) -> dict[str, Any]:
        """Get temporary credentials (RFC 5849 section 2.1).

        Args:
            url: the provider's temporary credential request endpoint.
            method: the request method.
            options: what a request of the library takes, such as ``timeout``, in seconds; authentication, redirects and
                streaming are the leg's own.

        Returns:
            What the provider answered, a dict with ``oauth_token``, ``oauth_token_secret``,
            ``oauth_callback_confirmed`` and the rest.

        Raises:
            OAuthError: the provider's answer holds no credentials; it says why.
            InsecureTransportError: the endpoint is plain http.
            TypeError: an option that the leg decides itself.
            Exception: the library's own, where the provider was not reached.
        """
        steps = self._dance.request_temporary(self._endpoint(url), method)
        return await arun(steps, lambda leg: self._walk(self._dance.auth.for_leg(leg), leg, options))

    async def fetch_access_token(
        self,
        url: str,
        verifier: str | None = None,
        *,
        request_token: str | Mapping[str, Any] | None = None,
        method: str = "POST",
        **options: Any,
    ) -> dict[str, Any]:
        """Exchange temporary credentials for token credentials (RFC 5849 section 2.3), and hold those from now on.

        Args:
            url: the provider's token request endpoint.
            verifier: the verification code; not needed after `parse_authorization_response`.
            request_token: which authorization, where several are pending: the identifier, or the dict that
                `fetch_request_token` returned.
            method: the request method.
            options: what a request of the library takes, such as ``timeout``, in seconds; authentication, redirects and
                streaming are the leg's own.

        Returns:
            What the provider answered, a dict with ``oauth_token``, ``oauth_token_secret`` and the rest.

        Raises:
            OAuthError: no verification code, no authorization to pick, or an answer without credentials.
            InsecureTransportError: the endpoint is plain http.
            TypeError: an option that the leg decides itself.
            Exception: the library's own, where the provider was not reached.
        """
        steps = self._dance.request_token(
            self._endpoint(url),
            verifier,
            request_token,
            method,
            brings_credentials="?" in url or not _MAY_HOLD_CREDENTIALS.isdisjoint(options),
        )
        del verifier, request_token  # A traceback may show what this frame holds.
        self.token = token = await arun(steps, lambda leg: self._walk(self._dance.auth.for_leg(leg), leg, options))
        return token

    if TYPE_CHECKING:

        async def _walk(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
            """Each client brings it: send one leg, signed by ``auth``."""
            ...


def _identifier(request_token: str | Mapping[str, Any] | None) -> str | None:
    return str(request_token["oauth_token"]) if isinstance(request_token, Mapping) else request_token
