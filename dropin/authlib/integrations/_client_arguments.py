"""Authlib's order of arguments and its defaults for the clients of oauthone."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from authlib.integrations._attributes import ClientAttributes
from authlib.oauth1.constants import SIGNATURE_HMAC_SHA1, SIGNATURE_TYPE_HEADER
from authlib.oauth1.rfc5849.signature import method_and_key
from oauthone import SignatureMethod, SignatureType
from oauthone.clients._flow import AsyncFlowMixin, FlowMethods, SyncFlowMixin
from oauthone.errors import FlowError, TokenResponseError

#: The options of a request that may hold a user's name and password instead of a verification code (xAuth).
_CONTENT = frozenset(("content", "data", "json", "params"))


if TYPE_CHECKING:

    class _Client(FlowMethods):
        """The client behind `ClientArguments`, one of oauthone's."""

        def __init__(self, client_id: str, client_secret: str | None = None, **options: Any) -> None: ...
else:
    _Client = FlowMethods


class ClientArguments(_Client):
    """Obtains tokens and signs every request.

    Args:
        client_id: the client's identifier.
        client_secret: its shared secret.
        token: the identifier of temporary or token credentials.
        token_secret: their shared secret.
        redirect_uri: the callback; without one no ``oauth_callback`` is sent.
        rsa_key: the private key for RSA methods.
        verifier: the verification code, if it is known already.
        signature_method: a constant, the name of a method that was registered, or a `SignatureMethod` object.
        signature_type: where the parameters travel.
        force_include_body: add ``oauth_body_hash`` for a body that is not a form.
        realm: the realm of the Authorization header.
        options: keyword arguments of the oauthone client.
    """

    #: The class of the object that ``auth`` returns.
    auth_view: ClassVar[type[ClientAttributes]]
    #: A token secret that was set before its token.
    _lone_secret: str | None = None
    #: Whether the token was assigned since the last leg, so that it replaces pending temporary credentials.
    _is_assigned = False

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        token: str | None = None,
        token_secret: str | None = None,
        redirect_uri: str | None = None,
        rsa_key: Any = None,
        verifier: str | None = None,
        signature_method: str | SignatureMethod = SIGNATURE_HMAC_SHA1,
        signature_type: SignatureType = SIGNATURE_TYPE_HEADER,
        force_include_body: bool = False,
        realm: str | None = None,
        **options: Any,
    ) -> None:
        if not client_id:
            raise ValueError('Missing "client_id"')
        method, key = method_and_key(signature_method, rsa_key)
        super().__init__(
            client_id,
            client_secret,
            token=token,
            token_secret=token_secret,
            redirect_uri=redirect_uri or "",
            rsa_key=key,
            verifier=verifier,
            signature_method=method,
            signature_type=signature_type,
            force_include_body=force_include_body,
            realm=realm,
            **{"require_callback_confirmed": False, **options},
        )

    @property
    def auth(self) -> Any:
        """The auth that signs: this client's own, whose attributes may be changed, or another one that was set."""
        held, state = self._held_auth(), self.__dict__.get("_flow_state")
        return self.auth_view.of(self) if state is not None and held is state.auth else held

    @auth.setter
    def auth(self, auth: Any) -> None:
        self._hold_auth(auth.__copy__() if isinstance(auth, ClientAttributes) else auth)

    @property
    def redirect_uri(self) -> str | None:
        """The callback, or None."""
        return self._flow_state.redirect_uri or None

    @redirect_uri.setter
    def redirect_uri(self, redirect_uri: str | None) -> None:
        self._flow_state.redirect_uri = redirect_uri or ""

    @property
    def token(self) -> dict[str, Any]:
        """The token that was assigned last, the newest pending temporary credentials, or the held token."""
        pending = None if self._is_assigned else self._flow_state.pending.newest()
        held = pending or self._flow_state.token or {"oauth_token_secret": self._lone_secret}
        verifier = None if pending else self._flow_state.verifier
        return {"oauth_token": None, "oauth_token_secret": None, "oauth_verifier": verifier, **held}

    @token.setter
    def token(self, token: Mapping[str, Any] | None) -> None:
        if token is None:
            self._hold(None, None, None)
            return
        if "oauth_token" not in token:
            raise FlowError("missing_token", "oauth_token is missing: a token is a dict with oauth_token, or None")
        before = self.token
        self._hold(
            token["oauth_token"],
            token.get("oauth_token_secret", before["oauth_token_secret"]),
            token.get("oauth_verifier", before["oauth_verifier"]),
            {name: value for name, value in token.items() if name != "oauth_verifier"},
        )

    def create_authorization_url(self, url: str, request_token: Any = None, **parameters: Any) -> str:
        """See `oauthone.clients.requests.OAuth1Session`; without ``request_token`` it uses the held token."""
        return super().create_authorization_url(url, request_token or self.token["oauth_token"], **parameters)

    def _hold(self, token: Any, secret: Any, verifier: Any, said: Mapping[str, Any] | None = None) -> None:
        before = self._flow_state.auth
        self._lone_secret = secret if token is None else None
        self._flow_state.token = (
            None if token is None else {**(said or {}), "oauth_token": token, "oauth_token_secret": secret}
        )
        if token is None and secret is not None:
            self._flow_state.auth = self._flow_state.auth.with_token(None, secret)
        self._is_assigned = True
        self._set_verifier(verifier)
        if self._held_auth() is before:
            self._hold_auth(self._flow_state.auth)

    def _set_verifier(self, verifier: Any) -> None:
        self._flow_state.verifier = verifier or None
        pending = None if self._is_assigned else self._flow_state.pending.newest()
        if pending is not None:
            self._flow_state.pending.set_verifier(pending["oauth_token"], verifier)

    def _use_auth(self, auth: Any) -> None:
        """Sign with ``auth`` from now on, unless another auth was set."""
        before, self._flow_state.auth = self._flow_state.auth, auth
        if self._held_auth() is before:
            self._hold_auth(auth)

    def _request_token_to_exchange(self, verifier: str | None, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of the third leg that come from an assigned token.

        Raises:
            FlowError: there is no verification code.
        """
        held = self.token
        if "request_token" in options:
            return {}
        needs_verifier = self._flow_state._settings.require_verifier and _CONTENT.isdisjoint(options)
        if needs_verifier and not (verifier or held["oauth_verifier"]):
            raise FlowError("missing_verifier", 'Missing "verifier" value')
        if not self._is_assigned or held["oauth_token"] is None:
            return {}
        return {"request_token": {**held, "oauth_token_secret": held["oauth_token_secret"] or ""}}

    if TYPE_CHECKING:  # The class for each library says where its client keeps the auth.

        def _held_auth(self) -> Any: ...
        def _hold_auth(self, auth: Any) -> None: ...


class SyncClient(ClientArguments, SyncFlowMixin):
    """The legs of a synchronous client, with Authlib's error code for a refusal."""

    def fetch_request_token(self, url: str, method: str = "POST", **options: Any) -> dict[str, Any]:
        """Get temporary credentials; see `oauthone.clients.requests.OAuth1Session`."""
        with _authlib_error_code():
            token = super().fetch_request_token(url, method, **options)
        self._is_assigned = False
        return token

    def fetch_access_token(self, url: str, verifier: str | None = None, **options: Any) -> dict[str, Any]:
        """Get token credentials; see `oauthone.clients.requests.OAuth1Session`."""
        more = self._request_token_to_exchange(verifier, options)
        with _authlib_error_code():
            token = super().fetch_access_token(url, verifier or None, **{**more, **options})
        self._is_assigned = False
        return token


class AsyncClient(ClientArguments, AsyncFlowMixin):
    """The legs of an asynchronous client, with Authlib's error code for a refusal."""

    async def fetch_request_token(self, url: str, method: str = "POST", **options: Any) -> dict[str, Any]:
        """Get temporary credentials; see `oauthone.clients.httpx.AsyncOAuth1Client`."""
        with _authlib_error_code():
            token = await super().fetch_request_token(url, method, **options)
        self._is_assigned = False
        return token

    async def fetch_access_token(self, url: str, verifier: str | None = None, **options: Any) -> dict[str, Any]:
        """Get token credentials; see `oauthone.clients.httpx.AsyncOAuth1Client`."""
        more = self._request_token_to_exchange(verifier, options)
        with _authlib_error_code():
            token = await super().fetch_access_token(url, verifier or None, **{**more, **options})
        self._is_assigned = False
        return token


@contextmanager
def _authlib_error_code() -> Iterator[None]:
    """Set the ``error`` of a refusal to Authlib's code; the provider's own stays in ``problem``."""
    try:
        yield
    except TokenResponseError as refused:
        if refused.status >= 400:
            refused.error = "fetch_token_denied"
        raise
