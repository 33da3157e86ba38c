"""OAuth 1.0 for aiohttp: `AsyncOAuth1Client` signs and obtains tokens, `OAuth1Middleware` signs in any session.

Both sign as middlewares, which aiohttp calls for each redirect hop and each attempt. No signature is left for the next
hop. ``response.request_info`` shows the signed request.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, cast

from oauthone.clients._diagnosis import AwaitedDiagnosisMethods
from oauthone.clients._flow import AsyncFlowMixin
from oauthone.clients._flow_options import FlowSettings
from oauthone.clients._flow_state import FlowState
from oauthone.clients._legs import total_time
from oauthone.core.flow import Leg, Reply
from oauthone.core.signature import SignatureMethod
from oauthone.core.signing import random_nonce, system_clock
from oauthone.core.signing_options import BodyHash, SignatureMethodName, SignatureType, TokenArgument
from oauthone.errors import OAuthError, missing_library

try:
    from aiohttp import ClientSession, hdrs
    from yarl import URL

    from oauthone.clients._aiohttp_chain import RedirectChain
    from oauthone.clients._aiohttp_sessions import (
        brings_authorization,
        check_session_options,
        leg_client,
        leg_options,
        middlewares_of,
        read_reply,
    )
    from oauthone.clients._aiohttp_signing import OAuth1Middleware
except ModuleNotFoundError as missing:
    raise missing_library(missing.name or "aiohttp", "aiohttp") from missing

if TYPE_CHECKING:
    from aiohttp.client import _RequestContextManager  # pyright: ignore[reportPrivateUsage]  # what aiohttp returns

    from oauthone.core.rsa import RsaKey
    from oauthone.core.rsa_loading import RsaMaterial
    from oauthone.providers import Provider

__all__ = ["AsyncOAuth1Client", "OAuth1Middleware", "OAuthError"]

_CLIENT_DEFAULT: Any = object()


class AsyncOAuth1Client(AsyncFlowMixin, AwaitedDiagnosisMethods):
    """A client that holds a ``ClientSession``, obtains tokens in the three-legged flow and signs its requests.

    The session is opened with the first request, in the event loop that runs then. Each redirect hop to the same origin
    and each attempt is signed anew; hops to another origin carry no credentials. For one request, ``auth=`` takes an
    `OAuth1Middleware`, a ``BasicAuth`` of aiohttp, or None to send it unsigned. A request with an ``Authorization``
    header stays unchanged.

    Args:
        client_id: the client's identifier.
        client_secret: the client's shared secret.
        token: token credentials, or temporary ones whose flow began in another client: their identifier, or a dict.
        token_secret: their shared secret.
        redirect_uri: the callback; None sends ``oob``, ``""`` sends no ``oauth_callback``.
        verifier: the verification code for `fetch_access_token`, if it is known already.
        signature_method: as for `OAuth1Middleware`; so are the eight arguments that follow.
        signature_type: where the parameters travel.
        realm: the realm of the ``Authorization`` header.
        rsa_key: the private key for RSA methods.
        body_hash: when to add ``oauth_body_hash``.
        force_include_body: True is the same as ``body_hash="auto"``.
        version: the value of ``oauth_version``, not the HTTP version of a ``ClientSession``.
        clock: returns the seconds since 1970.
        nonce: returns a nonce.
        provider: the provider's name or its facts, in place of endpoints and options: see the page on providers.
        require_verifier: False exchanges temporary credentials without a verification code.
        require_callback_confirmed: False accepts providers from before OAuth 1.0a.
        allow_insecure_transport: allow the legs and PLAINTEXT over http.
        session: a session of yours to send through; the client neither changes nor closes it.
        options: those of ``aiohttp.ClientSession``, such as ``timeout``, ``connector``, ``headers`` or ``base_url``;
            ``middlewares`` run outside of the signature.

    Raises:
        SigningError: an option has a value that cannot be used.
        TypeError: an option does not exist.
    """

    _no_auth = None

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        token: TokenArgument = None,
        token_secret: str | None = None,
        redirect_uri: str | None = None,
        verifier: str | None = None,
        signature_method: SignatureMethodName | SignatureMethod | None = None,
        signature_type: SignatureType | None = None,
        realm: str | None = None,
        rsa_key: "RsaMaterial | RsaKey | None" = None,
        body_hash: BodyHash | None = None,
        force_include_body: bool = False,
        version: str | None = "1.0",
        clock: Callable[[], float] = system_clock,
        nonce: Callable[[], str] = random_nonce,
        provider: "str | Provider | None" = None,
        require_verifier: bool | None = None,
        require_callback_confirmed: bool | None = None,
        allow_insecure_transport: bool = False,
        session: ClientSession | None = None,
        **options: Any,
    ) -> None:
        check_session_options("AsyncOAuth1Client", session, options)
        self._flow_state = FlowState(
            OAuth1Middleware,
            client_id,
            client_secret,
            token=token,
            token_secret=token_secret,
            redirect_uri=redirect_uri,
            verifier=verifier,
            settings=FlowSettings(require_verifier, require_callback_confirmed, allow_insecure_transport),
            signature_method=signature_method,
            signature_type=signature_type,
            realm=realm,
            rsa_key=rsa_key,
            body_hash=body_hash,
            force_include_body=force_include_body,
            version=version,
            clock=clock,
            nonce=nonce,
            provider=provider,
        )
        self.auth: OAuth1Middleware | None = cast("OAuth1Middleware", self._flow_state.auth)
        self._session = session
        self._settings = options
        self._owns_session = session is None
        self._is_closed = False

    def request(self, method: str, url: str | URL, **options: Any) -> "_RequestContextManager":
        """Send a request. As with aiohttp, await the result, or enter it with ``async with``.

        Args:
            method: the request method.
            url: the URL; a `yarl.URL` made with ``encoded=True`` is sent unchanged.
            options: those of ``ClientSession.request``. ``auth`` is an `OAuth1Middleware`, a ``BasicAuth`` or None.

        Raises:
            SigningError: the request cannot be signed; raised when the result is awaited, like aiohttp's errors.
            RuntimeError: the client is closed, or no event loop is running.
        """
        return self._start(method, url, options)

    def get(self, url: str | URL, **options: Any) -> "_RequestContextManager":
        """Send a GET request; see `request`."""
        return self._start(hdrs.METH_GET, url, options)

    def post(self, url: str | URL, **options: Any) -> "_RequestContextManager":
        """Send a POST request; see `request`."""
        return self._start(hdrs.METH_POST, url, options)

    def put(self, url: str | URL, **options: Any) -> "_RequestContextManager":
        """Send a PUT request; see `request`."""
        return self._start(hdrs.METH_PUT, url, options)

    def patch(self, url: str | URL, **options: Any) -> "_RequestContextManager":
        """Send a PATCH request; see `request`."""
        return self._start(hdrs.METH_PATCH, url, options)

    def delete(self, url: str | URL, **options: Any) -> "_RequestContextManager":
        """Send a DELETE request; see `request`."""
        return self._start(hdrs.METH_DELETE, url, options)

    def options(self, url: str | URL, **options: Any) -> "_RequestContextManager":
        """Send an OPTIONS request; see `request`."""
        return self._start(hdrs.METH_OPTIONS, url, options)

    def head(self, url: str | URL, **options: Any) -> "_RequestContextManager":
        """Send a HEAD request; see `request`. As in aiohttp, ``allow_redirects`` is False by default."""
        return self._start(hdrs.METH_HEAD, url, {"allow_redirects": False, **options})

    @property
    def session(self) -> ClientSession:
        """The session, which this opens if necessary. Requests sent directly through it are not signed.

        Raises:
            RuntimeError: the client is closed, or no event loop is running.
        """
        if self._is_closed:
            raise RuntimeError("this client is closed: create another one")
        if self._session is None:
            self._session = ClientSession(**self._settings)
        return self._session

    @property
    def closed(self) -> bool:
        """Whether the client or its session is closed."""
        return self._is_closed or (self._session is not None and self._session.closed)

    async def close(self) -> None:
        """Close the client, and its session unless that was passed to the constructor."""
        self._is_closed = True
        if self._session is not None and self._owns_session:
            await self._session.close()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a copy, which opens its own session unless one was passed to the constructor."""
        self.__dict__.update(state)
        if self._owns_session:
            self._session = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.close()

    def _start(self, method: str, url: str | URL, options: dict[str, Any]) -> "_RequestContextManager":
        """Send a request like `request`, and change ``options``."""
        session = self.session
        auth = options.pop("auth", _CLIENT_DEFAULT)
        if auth is _CLIENT_DEFAULT:
            auth = None if brings_authorization(session, url, options.get("headers")) else self.auth
        if isinstance(auth, OAuth1Middleware):
            others = middlewares_of(session, options.get("middlewares"))  # outside of ours; aiohttp follows redirects
            options["middlewares"] = (*others, RedirectChain(auth, others))
        elif auth is not None:
            options["auth"] = auth
        return session.request(method, url, **options)

    def _endpoint(self, url: str) -> str:
        """Return the absolute URL of an endpoint, which may be relative to the session's ``base_url``."""
        base: URL | None = getattr(self.session, "_base_url", None)
        return url if base is None or "://" in url else str(base.join(URL(url)))

    async def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        settings = {**leg_options(self._settings, options), "auth": auth}
        limit = total_time(settings.get("timeout", self.session.timeout))
        client = self._leg_client()
        try:
            async with asyncio.timeout(limit), client._start(leg.method, leg.url, settings) as response:
                return await read_reply(leg, response)
        finally:
            client.session.detach()

    def _leg_client(self) -> Self:
        """See `leg_client`."""
        return leg_client(self)
