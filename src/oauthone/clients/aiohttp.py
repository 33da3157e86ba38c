"""OAuth 1.0 for aiohttp: `AsyncOAuth1Client` walks the flow and signs, `OAuth1Middleware` signs in any session.

Both sign where aiohttp lets middlewares in: each redirect hop, and each attempt over a new connection, passes there.
The request is signed for as long as it is on its way and is what it was before when the answer is there, so that
nothing is left over for the next hop. ``response.request_info`` shows what went out.
"""

import asyncio
import inspect
from collections import deque
from collections.abc import Awaitable, Iterable
from contextvars import ContextVar
from copy import copy
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack, cast

from oauthone.clients._auth import SigningAuth, SigningOptions, refuse_unknown_options
from oauthone.clients._flow_state import LOG, AsyncFlowMixin, FlowState, Settings
from oauthone.clients._legs import CHUNK, IDENTITY, LEG_TIMEOUT, aread, refuse_own_options, total_time
from oauthone.clients._origins import Origins
from oauthone.core.body import is_form
from oauthone.core.flow import Leg, Reply
from oauthone.core.parameters import append_to_query, remove_from_query
from oauthone.core.signing import Signed
from oauthone.core.urls import Origin
from oauthone.errors import OAuthError, SigningError, missing_library

try:
    from aiohttp import ClientPayloadError, ClientSession, ClientTimeout, DummyCookieJar, MultipartWriter, hdrs
    from aiohttp.client_middlewares import ClientHandlerType
    from aiohttp.client_reqrep import ClientRequest, ClientResponse
    from aiohttp.payload import AsyncIterablePayload, BytesPayload, IOBasePayload
    from multidict import CIMultiDict
    from yarl import URL
except ModuleNotFoundError as missing:
    raise missing_library(missing.name or "aiohttp", "aiohttp") from missing

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter
    from aiohttp.client import _RequestContextManager  # pyright: ignore[reportPrivateUsage]

__all__ = ["AsyncOAuth1Client", "OAuth1Middleware", "OAuthError"]

#: What a WebSocket is opened over.
_OVER = {"ws": "http", "wss": "https"}
_CLIENTS_OWN: Any = object()
#: What middlewares have put into the URLs of the requests that a task has sent last. A redirect's hop is sent by the
#: same task, and nothing else tells a middleware what it was made from.
_SENT_LAST: ContextVar[deque[str]] = ContextVar("oauthone.sent_last")
_MOST_SENT_LAST = 256
#: "version" is that of OAuth here, as in every client.
_SESSION_OPTIONS = frozenset(inspect.signature(ClientSession).parameters) - {"auth", *SigningOptions.__annotations__}


class OAuth1Middleware(SigningAuth):
    """Signs as one of the ``middlewares=`` of a ``ClientSession``, or of one request.

    aiohttp asks it for each redirect hop and each attempt, and each gets a signature of its own. It cannot tell a hop
    from a request, so it signs for the pinned origins alone; another origin gets nothing. A request that brings an
    ``Authorization`` is left as it is. It holds no state but the pinned origins, and can be shared by event loops and
    threads.

    Args:
        client_id: the client's identifier.
        client_secret: the client's shared secret.
        token: the identifier of token credentials.
        token_secret: their shared secret.
        redirect_uri: sent as ``oauth_callback`` with every request that this auth signs, for a leg of the flow.
        verifier: sent as ``oauth_verifier`` with every request that this auth signs, for a leg of the flow.
        origins: a URL, or several, whose scheme, host and port are signed for; None: those of the first request.
        allow_insecure_transport: let PLAINTEXT go out over http.
        signing: how to sign: ``signature_method``, a name such as ``"HMAC-SHA256"``, or a `SignatureMethod` of your
            own; ``signature_type``, where the parameters travel: ``"HEADER"``, ``"QUERY"`` or ``"BODY"``; ``realm``, of
            the ``Authorization`` header; ``rsa_key``, the private key for RSA methods, in any form that `RsaKey` takes;
            ``body_hash``, ``"auto"`` adds ``oauth_body_hash`` for a non-empty body that is not a form, ``"always"``
            also for an empty one; ``force_include_body``, another word for ``body_hash="auto"``; ``version``, the value
            of ``oauth_version``, None leaves it out; ``clock`` and ``nonce``, functions that return the seconds since
            1970, and a nonce.

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
        origins: str | Iterable[str] | None = None,
        allow_insecure_transport: bool = False,
        **signing: Unpack[SigningOptions],
    ) -> None:
        refuse_unknown_options("OAuth1Middleware", signing)
        super().__init__(
            client_id,
            client_secret,
            token=token,
            token_secret=token_secret,
            redirect_uri=redirect_uri,
            verifier=verifier,
            allow_insecure_transport=allow_insecure_transport,
            **signing,
        )
        self._origins = Origins(origins, _named_origin)
        self._names_origins = origins is not None

    def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> Awaitable[ClientResponse]:
        """Send ``request`` signed, if it may be.

        Raises:
            SigningError: it cannot be signed.
            InsecureTransportError: PLAINTEXT, a callback or a verifier over http.
        """
        added = _sent_last()
        _remove(request, added)
        if hdrs.AUTHORIZATION in request.headers:
            return handler(request)
        if not self._origins.allow(_origin(request.url)):
            LOG.debug("a request goes to an origin that is not pinned: it is sent without credentials")
            return handler(request)
        return _send_signed(self, request, handler, added)

    def names(self, origin: Origin) -> bool:
        """Whether ``origin`` is one of those that were given, or none were."""
        return not self._names_origins or self._origins.allow(origin)

    def __getstate__(self) -> dict[str, Any]:
        """The state of a copy or pickle, which pins an origin of its own."""
        return {**self.__dict__, "_origins": copy(self._origins)}


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
        auth = OAuth1Middleware(
            client_id,
            client_secret,
            token=token,
            token_secret=token_secret,
            allow_insecure_transport=allow_insecure_transport,
            **options,
        )
        self.auth: OAuth1Middleware | None = auth
        self._dance = FlowState(
            auth,
            token,
            token_secret,
            redirect_uri,
            verifier,
            Settings(require_verifier, require_callback_confirmed, allow_insecure_transport),
        )
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
            auth = None if _brings_authorization(session, str(url), options.get("headers")) else self.auth
        if isinstance(auth, OAuth1Middleware):
            outer: Any = options.get("middlewares")
            if outer is None:
                # What is given with a request stands in the place of the session's own, which has no public name.
                outer = getattr(session, "_middlewares", None) or ()
            # Inside of all others; aiohttp follows the redirects.
            options["middlewares"] = (*outer, _Chain(auth))
        elif auth is not None:
            options["auth"] = auth
        return session.request(method, url, **options)

    def _endpoint(self, url: str) -> str:
        """The address of a leg, which may be relative to the session's ``base_url``."""
        base: URL | None = getattr(self.session, "_base_url", None)
        return url if base is None or "://" in url else str(base.join(URL(url)))

    async def _walk(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
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
        alone, session = object.__new__(self.__class__), object.__new__(self.session.__class__)
        vars(alone).update(vars(self))
        vars(session).update(vars(self.session), _cookie_jar=DummyCookieJar())
        alone._session = session
        return alone


class _Chain:
    """Signs a request and the hops that follow from it, as long as all of them have the origin of the first."""

    _first: tuple[str, URL] | None = None
    _has_left = False
    _streamed: Any = None

    def __init__(self, auth: OAuth1Middleware) -> None:
        self._auth = auth
        self._added: deque[str] = deque()

    def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> Awaitable[ClientResponse]:
        _remove(request, self._added)
        auth, origin = self._auth, _origin(request.url)
        if request.body:
            self._refuse_to_send_rest(request)
        if self._first is None:
            self._first = (request.method, request.url)
        elif self._first != (request.method, request.url):
            self._has_left = self._has_left or _origin(self._first[1]) != origin
            if auth.travels_in_body and not request.body:
                auth = auth.in_header()
        if self._has_left or not auth.names(origin):
            LOG.debug("a request leads to another origin: it is sent without credentials")
            return handler(request)
        return _send_signed(auth, request, handler, self._added)

    def _refuse_to_send_rest(self, request: ClientRequest) -> None:
        """Middlewares that try again, and some versions of aiohttp, would send what is left of a body: nothing.

        Raises:
            ClientPayloadError: the body was sent once, and can be read only once.
        """
        body = request.body
        if isinstance(body, AsyncIterablePayload):
            value = vars(body)["_value"]
            if value is self._streamed:
                raise ClientPayloadError(
                    f"the request is not sent again: its body ({type(value).__name__}) can be read only once. "
                    "Pass bytes or a file that can seek, or say allow_redirects=False"
                )
            self._streamed = value


async def _send_signed(
    auth: OAuth1Middleware, request: ClientRequest, handler: ClientHandlerType, added: deque[str]
) -> ClientResponse:
    """Send ``request`` with a signature, and take that back afterwards; ``added`` gets what it put into the URL."""
    address = _address(request)
    body = await _covered(auth, request) if request.body else None
    url, payload, headers = request.url, request.body, request.headers
    content_type, host = headers.get(hdrs.CONTENT_TYPE), headers.get(hdrs.HOST)
    if body is not None and hasattr(body, "read"):
        signed = await asyncio.to_thread(auth.sign_parts, request.method, address, content_type, host, body)
    else:
        signed = auth.sign_parts(request.method, address, content_type, host, body)
    request.headers = headers.copy()
    added.extend(signed.added_to_query)
    try:
        if signed.authorization is not None:
            request.headers[hdrs.AUTHORIZATION] = signed.authorization
        else:
            await _put(request, signed, body)
        return await handler(request)
    finally:
        if request.body is not payload:
            await request.update_body(payload or None)
        request.url, request.headers = url, headers


async def _covered(auth: OAuth1Middleware, request: ClientRequest) -> Any:
    """What the signature covers of the body, or has to take in: octets, a file, or what can be read only once.

    Raises:
        SigningError: a body hash of what aiohttp will compress.
    """
    payload, content_type = request.body, request.headers.get(hdrs.CONTENT_TYPE)
    if not (auth.travels_in_body or auth.covers(content_type)):
        return None
    if request.compress and not is_form(content_type):
        raise SigningError(
            "oauth_body_hash covers what is sent, but compress= changes that later: pass a body that is compressed "
            "already, or sign without a body hash (body_hash='never')"
        )
    if isinstance(payload, IOBasePayload):
        return await _file(auth, request, payload)
    if isinstance(payload, MultipartWriter) and not auth.travels_in_body:
        return await _written(request, payload)
    return vars(payload)["_value"] if isinstance(payload, BytesPayload) else payload


async def _file(auth: OAuth1Middleware, request: ClientRequest, payload: IOBasePayload) -> Any:
    """A file, put back to where it began; its octets where the parameters join them."""
    file, start = vars(payload)["_value"], vars(payload).get("_start_position")
    if start is not None:
        file.seek(start)
    if not auth.travels_in_body:
        return file
    octets = await asyncio.to_thread(file.read)
    octets = octets.encode() if isinstance(octets, str) else octets
    await request.update_body(BytesPayload(octets, content_type=payload.content_type))
    return octets


async def _written(request: ClientRequest, payload: MultipartWriter) -> bytes:
    """The octets of a multipart body, which then stand in its place: it could be written only once."""
    octets = bytearray()

    class _Octets:
        async def write(self, chunk: bytes) -> None:
            octets.extend(chunk)

    await payload.write(cast("AbstractStreamWriter", _Octets()))
    await request.update_body(BytesPayload(bytes(octets), content_type=payload.content_type))
    return bytes(octets)


async def _put(request: ClientRequest, signed: Signed, body: Any) -> None:
    """Change the body or the URL of ``request`` to what was signed."""
    request.headers.pop(hdrs.AUTHORIZATION, None)
    if signed.body is not body:
        if signed.content_type is not None:
            request.headers[hdrs.CONTENT_TYPE] = signed.content_type
        await request.update_body(BytesPayload(signed.body, content_type=request.headers[hdrs.CONTENT_TYPE]))
    else:
        request.url = URL(append_to_query(str(request.url), signed.added_to_query), encoded=True)


def _address(request: ClientRequest) -> str:
    """The URL of ``request`` as it goes on the wire; a WebSocket is opened over http."""
    url = request.url
    # What aiohttp needs as well for the request line and for Host, so that yarl has made it once.
    return f"{_OVER.get(url.scheme, url.scheme)}://{url.host_port_subcomponent}{url.raw_path_qs}"


def _origin(url: URL) -> Origin:
    """The origin of ``url`` as aiohttp reads it."""
    return Origin.of(_OVER.get(url.scheme, url.scheme), url.host_subcomponent or "", url.port)


def _named_origin(url: str) -> Origin:
    """The origin that aiohttp would send a request for ``url`` to.

    Raises:
        SigningError: not an absolute URL.
    """
    try:
        given = URL(url)
        if given.absolute and given.scheme:
            return _origin(given)
    except ValueError as error:
        raise SigningError(f"origins names {url!r}, which is not a URL: {error}") from None
    raise SigningError(f"origins names {url!r}: pass an absolute URL such as 'https://api.example'")


def _remove(request: ClientRequest, added: deque[str]) -> None:
    """Remove from the URL of a hop what signatures have put into those before, if the redirect repeats it."""
    if added and request.url.raw_query_string:
        url = str(request.url)
        cleaned = remove_from_query(url, added)
        if cleaned != url:
            request.url = URL(cleaned, encoded=True)


def _sent_last() -> deque[str]:
    try:
        return _SENT_LAST.get()
    except LookupError:
        found: deque[str] = deque(maxlen=_MOST_SENT_LAST)
        _SENT_LAST.set(found)
        return found


def _brings_authorization(session: ClientSession, url: str, headers: Any) -> bool:
    """Whether the caller says who asks: in a header or in the URL, which a password from a .netrc does not count as."""
    if hdrs.AUTHORIZATION in session.headers or (headers and hdrs.AUTHORIZATION in CIMultiDict(headers)):
        return True
    return "@" in url and _has_user(url)


def _has_user(url: str) -> bool:
    try:
        address = URL(url)
    except ValueError:
        return False  # aiohttp refuses it
    return address.raw_user is not None or address.raw_password is not None
