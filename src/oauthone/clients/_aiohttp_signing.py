"""`OAuth1Middleware`, and how the client for aiohttp signs a request and the redirect hops that follow from it."""

import asyncio
from collections.abc import Awaitable, Iterable
from copy import copy
from typing import Any, Unpack

from aiohttp import ClientPayloadError, hdrs
from aiohttp.client_middlewares import ClientHandlerType
from aiohttp.client_reqrep import ClientRequest, ClientResponse
from aiohttp.payload import AsyncIterablePayload
from yarl import URL

from oauthone.clients._aiohttp_bodies import apply_to_request, signed_body
from oauthone.clients._aiohttp_urls import added_before, named_origin, origin_of, remember_added, remove_added, wire_url
from oauthone.clients._auth import SigningAuth, SigningOptions, refuse_unknown_options
from oauthone.clients._legs import LOG
from oauthone.clients._origins import Origins
from oauthone.core.urls import Origin

_REDIRECT_STATUSES = frozenset((301, 302, 303, 307, 308))


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
        self._origins = Origins(origins, named_origin)
        self._names_origins = origins is not None

    def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> Awaitable[ClientResponse]:
        """Send ``request`` signed, if it may be.

        Raises:
            SigningError: it cannot be signed.
            InsecureTransportError: PLAINTEXT, a callback or a verifier over http.
        """
        added = added_before(request)
        remove_added(request, added)
        if hdrs.AUTHORIZATION in request.headers:
            return handler(request)
        if not self._origins.allow(origin_of(request.url)):
            LOG.debug("a request goes to an origin that is not pinned: it is sent without credentials")
            return handler(request)
        return _send_and_remember(self, request, handler, added)

    def is_pinned(self, origin: Origin) -> bool:
        """Whether ``origin`` is one of those that were given, or none were."""
        return not self._names_origins or self._origins.allow(origin)

    def __getstate__(self) -> dict[str, Any]:
        """The state of a copy or pickle, which pins an origin of its own."""
        return {**self.__dict__, "_origins": copy(self._origins)}


class RedirectChain:
    """Signs a request and the hops that follow from it, as long as all of them have the origin of the first."""

    _first: tuple[str, URL] | None = None
    _has_left = False
    _streamed: Any = None

    def __init__(self, auth: OAuth1Middleware) -> None:
        self._auth = auth
        self._added: list[str] = []

    def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> Awaitable[ClientResponse]:
        remove_added(request, self._added)
        auth, origin = self._auth, origin_of(request.url)
        if request.body:
            self._refuse_to_send_rest(request)
        if self._first is None:
            self._first = (request.method, request.url)
        elif self._first != (request.method, request.url):
            self._has_left = self._has_left or origin_of(self._first[1]) != origin
            if auth.travels_in_body and not request.body:
                auth = auth.in_header()
        if self._has_left or not auth.is_pinned(origin):
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


async def _send_and_remember(
    auth: OAuth1Middleware, request: ClientRequest, handler: ClientHandlerType, added: list[str]
) -> ClientResponse:
    """`_send_signed` for a middleware that serves many requests: a redirect's hop finds what was added before it."""
    response = await _send_signed(auth, request, handler, added)
    if added and response.status in _REDIRECT_STATUSES:
        remember_added(request, response, added)
    return response


async def _send_signed(
    auth: OAuth1Middleware, request: ClientRequest, handler: ClientHandlerType, added: list[str]
) -> ClientResponse:
    """Send ``request`` with a signature, and take that back afterwards; ``added`` gets what it put into the URL."""
    address = wire_url(request)
    body = await signed_body(auth, request) if request.body else None
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
            await apply_to_request(request, signed, body)
        return await handler(request)
    finally:
        if request.body is not payload:
            await request.update_body(payload or None)
        request.url, request.headers = url, headers
