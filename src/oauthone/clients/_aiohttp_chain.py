"""How the client for aiohttp signs one request and the redirect hops that follow from it."""

from collections.abc import Awaitable, Sequence
from typing import Any, cast

from aiohttp import ClientPayloadError, hdrs
from aiohttp.client_middlewares import ClientHandlerType
from aiohttp.client_reqrep import ClientRequest, ClientResponse
from aiohttp.payload import AsyncIterablePayload
from yarl import URL

from oauthone.clients._aiohttp_bodies import authorization_without_body, sign_request
from oauthone.clients._aiohttp_signing import NOT_PINNED, OAuth1Middleware, send_signed
from oauthone.clients._aiohttp_urls import origin_of, remove_added
from oauthone.clients._legs import LOG
from oauthone.clients._redirect_rule import auth_for_hop, may_sign_hop


class RedirectChain:
    """The middleware of one request of the client: signs it and its redirect hops while the origin stays the same.

    Args:
        auth: signs.
        others: the middlewares that aiohttp calls outside of this one. Without any, nobody sees a request that was
            sent, and it need not be restored: aiohttp makes a new one for each hop and each attempt.
    """

    _first: tuple[str, URL] | None = None
    _may_sign = True
    _streamed: Any = None

    def __init__(self, auth: OAuth1Middleware, others: Sequence[Any]) -> None:
        self._auth = auth
        self._others = others
        self._added: list[str] = []

    def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> Awaitable[ClientResponse]:
        body = request.body
        if body:
            self._refuse_to_send_rest(body)
        auth = self._auth
        if self._first is None:
            self._first = (request.method, request.url)
        else:
            remove_added(request, self._added)
            if self._first != (request.method, request.url):
                self._may_sign = may_sign_hop(self._may_sign, origin_of(self._first[1]), origin_of(request.url))
                auth = auth_for_hop(auth, has_body=bool(body))
        if not self._may_sign:
            return handler(request)
        if not auth.is_pinned(request.url):
            LOG.debug(NOT_PINNED)
            return handler(request)
        if not body and not self._others and auth.travels_in_header:
            return _send_for_good(auth, request, handler)
        return send_signed(auth, request, handler, self._added)

    def _refuse_to_send_rest(self, body: Any) -> None:
        """Refuse to send a consumed body again: retrying middlewares and some versions of aiohttp would send it empty.

        Raises:
            ClientPayloadError: the body was sent before, and can be read only once.
        """
        if isinstance(body, AsyncIterablePayload):
            value = vars(body)["_value"]
            if value is self._streamed:
                raise ClientPayloadError(
                    f"the request is not sent again: its body ({type(value).__name__}) can be read only once. "
                    "Pass bytes or a seekable file, or allow_redirects=False"
                )
            self._streamed = value


def _send_for_good(
    auth: OAuth1Middleware, request: ClientRequest, handler: ClientHandlerType
) -> Awaitable[ClientResponse]:
    """Send ``request``, which has no body, with a signature in its header that stays there."""
    authorization = authorization_without_body(auth, request)
    if authorization is None:
        auth.require_user_agent(request.headers.get(hdrs.USER_AGENT))
        authorization = cast("str", sign_request(auth, request, None).authorization)
    request.headers[hdrs.AUTHORIZATION] = authorization
    return handler(request)
