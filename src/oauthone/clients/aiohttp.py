"""OAuth 1.0 for aiohttp: `AsyncOAuth1Client` walks the flow and signs, `OAuth1Middleware` signs in any session.

Both sign where aiohttp lets middlewares in: each redirect hop, and each attempt over a new connection, passes there.
The request is signed for as long as it is on its way and is what it was before when the answer is there, so that
nothing is left over for the next hop. ``response.request_info`` shows what went out.
"""

import asyncio
import inspect
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

from oauthone.clients._auth import SigningOptions, refuse_unknown_options
from oauthone.clients._flow import AsyncFlowMixin
from oauthone.clients._flow_state import FlowSettings, FlowState
from oauthone.clients._legs import CHUNK, IDENTITY, LEG_TIMEOUT, aread, refuse_own_options, total_time
from oauthone.core.flow import Leg, Reply
from oauthone.errors import OAuthError, missing_library

try:
    from aiohttp import ClientSession, ClientTimeout, hdrs
    from multidict import CIMultiDict
    from yarl import URL

    from oauthone.clients._aiohttp_sessions import brings_authorization, middlewares_of, without_cookies
    from oauthone.clients._aiohttp_signing import OAuth1Middleware, RedirectChain
except ModuleNotFoundError as missing:
    raise missing_library(missing.name or "aiohttp", "aiohttp") from missing

if TYPE_CHECKING:
    from aiohttp.client import _RequestContextManager  # pyright: ignore[reportPrivateUsage]

__all__ = ["AsyncOAuth1Client", "OAuth1Middleware", "OAuthError"]

_CLIENTS_OWN: Any = object()
#: "version" is that of OAuth here, as in every client.
_SESSION_OPTIONS = frozenset(inspect.signature(ClientSession).parameters) - {"auth", *SigningOptions.__annotations__}


class AsyncOAuth1Client(AsyncFlowMixin):
    """A client that holds a ``ClientSession``, walks the three-legged flow and signs every request it sends.

    The session is opened with the first request, in the event loop that runs then. Each redirect hop to the same origin
    is signed anew, as is each attempt; another origin gets nothing. For one request, ``auth=`` takes an
    `OAuth1Middleware`, aiohttp's own ``BasicAuth``, or None: unsigned. A request that brings an ``Authorization`` is
    left as it is.

    Args:
        client_id: the client's identifier.
        client_secret: the client's shared secret.
        token: the identifier of token credentials, or of temporary credentials whose flow began in another client.
        token_secret: their shared secret.
        redirect_uri: the callback; None says ``oob``, ``""`` sends no ``oauth_callback``.
        verifier: the verification code for `fetch_access_token`, where it is known already.
        require_verifier: False exchanges temporary credentials without a verification code.
        require_callback_confirmed: False takes providers from before OAuth 1.0a.
        allow_insecure_transport: let the legs and PLAINTEXT go out over http.
        session: a session of yours to send through; it stays as it is, and open.
        options: how to sign, as `OAuth1Middleware` documents it; all others are those of ``aiohttp.ClientSession``,
            such as ``timeout``, ``connector``, ``headers``, ``base_url`` or ``middlewares``, which run outside of the
            signature; but ``version`` is that of OAuth.

    Raises:
        SigningError: an option that cannot work.
        TypeError: an option that does not exist.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        token: str | None = None,
        token_secret: str | None = None,
        redirect_uri: str | None = None,
        verifier: str | None = None,
        require_verifier: bool = True,
        require_callback_confirmed: bool = True,
        allow_insecure_transport: bool = False,
        session: ClientSession | None = None,
        **options: Any,
    ) -> None:
        settings = {name: options.pop(name) for name in [*options] if name in _SESSION_OPTIONS}
        refuse_unknown_options("AsyncOAuth1Client", cast("SigningOptions", options))
        if session is not None and settings:
            raise TypeError(f"AsyncOAuth1Client() got both a session and its options {', '.join(settings)}: pass one")
        self._flow_state = FlowState.create(
            OAuth1Middleware,
            client_id,
            client_secret,
            token=token,
            token_secret=token_secret,
            redirect_uri=redirect_uri,
            verifier=verifier,
            settings=FlowSettings(require_verifier, require_callback_confirmed, allow_insecure_transport),
            **options,
        )
        self.auth: OAuth1Middleware | None = cast("OAuth1Middleware", self._flow_state.auth)
        self._session = session
        self._settings = settings
        self._owns_session = session is None
        self._is_closed = False

    def request(self, method: str, url: str | URL, **options: Any) -> "_RequestContextManager":
        """Send a request; await it, or enter it with ``async with``, as those of aiohttp.

        Args:
            method: the request method.
            url: the address; `yarl.URL` with ``encoded=True`` is sent as it stands.
            options: what ``ClientSession.request`` takes. ``auth`` is an `OAuth1Middleware`, a ``BasicAuth``, or None
                for an unsigned request.

        Raises:
            SigningError: it cannot be signed. It comes, as aiohttp's errors do, when the request is awaited.
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
        """Send a HEAD request; see `request`. As in aiohttp it follows no redirect unless ``allow_redirects=True``."""
        return self._start(hdrs.METH_HEAD, url, {"allow_redirects": False, **options})

    @property
    def session(self) -> ClientSession:
        """The session, opened now if it was not yet. What is sent through it directly is not signed.

        Raises:
            RuntimeError: the client is closed, or no event loop is running.
        """
        if self._is_closed:
            raise RuntimeError("this client is closed: make another one")
        if self._session is None:
            self._session = ClientSession(**self._settings)
        return self._session

    @property
    def closed(self) -> bool:
        """Whether no more requests can be sent."""
        return self._is_closed or (self._session is not None and self._session.closed)

    async def close(self) -> None:
        """Close the client, and its session unless that was given."""
        self._is_closed = True
        if self._session is not None and self._owns_session:
            await self._session.close()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make a copy, which opens a session of its own unless the session was given."""
        self.__dict__.update(state)
        if self._owns_session:
            self._session = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _start(self, method: str, url: str | URL, options: dict[str, Any]) -> "_RequestContextManager":
        """See `request`; ``options`` is changed."""
        session = self.session
        auth = options.pop("auth", _CLIENTS_OWN)
        if auth is _CLIENTS_OWN:
            auth = None if brings_authorization(session, str(url), options.get("headers")) else self.auth
        if isinstance(auth, OAuth1Middleware):
            # Inside of all others; aiohttp follows the redirects.
            options["middlewares"] = (*middlewares_of(session, options.get("middlewares")), RedirectChain(auth))
        elif auth is not None:
            options["auth"] = auth
        return session.request(method, url, **options)

    def _endpoint(self, url: str) -> str:
        """The address of a leg, which may be relative to the session's ``base_url``."""
        base: URL | None = getattr(self.session, "_base_url", None)
        return url if base is None or "://" in url else str(base.join(URL(url)))

    async def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        refuse_own_options(options, "auth", "allow_redirects", "raise_for_status")
        settings: dict[str, Any] = {} if "timeout" in self._settings else {"timeout": ClientTimeout(LEG_TIMEOUT)}
        settings |= {**options, "allow_redirects": False, "raise_for_status": False, "auto_decompress": False}
        headers: CIMultiDict[str] = CIMultiDict(options.get("headers") or ())
        headers.setdefault(hdrs.ACCEPT_ENCODING, IDENTITY)
        settings["headers"] = headers
        limit = total_time(settings.get("timeout", self.session.timeout))
        alone = self._alone()
        try:
            async with (
                asyncio.timeout(limit),
                alone._start(leg.method, leg.url, {**settings, "auth": auth}) as response,
            ):
                return await aread(leg, response.status, response.headers.items(), response.content.iter_chunked(CHUNK))
        finally:
            alone.session.detach()

    def _alone(self) -> Self:
        """This client for one leg: its connections and settings are shared, its cookies neither sent nor added to."""
        alone = object.__new__(self.__class__)
        vars(alone).update(vars(self), _session=without_cookies(self.session))
        return alone
