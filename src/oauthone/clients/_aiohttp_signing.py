"""`OAuth1Middleware`, which signs the requests of an aiohttp session."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from copy import copy
from typing import TYPE_CHECKING, Any

from aiohttp import hdrs
from aiohttp.client_middlewares import ClientHandlerType
from aiohttp.client_reqrep import ClientRequest, ClientResponse
from yarl import URL

from oauthone.clients._aiohttp_bodies import (
    apply_to_request,
    authorization_without_body,
    refuse_consumed,
    sign_request,
    signed_body,
)
from oauthone.clients._aiohttp_urls import added_before, named_origin, origin_of, remember_added, remove_added
from oauthone.clients._auth import SigningAuth
from oauthone.clients._diagnosis import SIGNED_BODY
from oauthone.clients._legs import LOG
from oauthone.clients._redirect_rule import REDIRECT_STATUSES, Origins
from oauthone.core.signature import SignatureMethod
from oauthone.core.signing import random_nonce, system_clock
from oauthone.core.signing_options import BodyHash, SignatureMethodName, SignatureType, TokenArgument

if TYPE_CHECKING:
    from oauthone.core.rsa import RsaKey
    from oauthone.core.rsa_loading import RsaMaterial
    from oauthone.providers import Provider

NOT_PINNED = "the origin of a request is not pinned: the request is sent without credentials"


class OAuth1Middleware(SigningAuth):
    """Signs as one of the ``middlewares=`` of a ``ClientSession``, or of one request.

    aiohttp calls it for each redirect hop and each attempt, and it signs each of them anew. It treats a hop like any
    other request, so it signs for the pinned origins only; requests to another origin carry no credentials. A request
    with an ``Authorization`` header stays unchanged. The middleware holds no state but the pinned origins, and can be
    shared by event loops and threads.

    Args:
        client_id: the client's identifier.
        client_secret: the client's shared secret.
        token: the identifier of token credentials, or a dict with ``oauth_token`` and ``oauth_token_secret``.
        token_secret: their shared secret.
        redirect_uri: sent as ``oauth_callback`` with every request, for a leg of the flow.
        verifier: sent as ``oauth_verifier`` with every request, for a leg of the flow.
        signature_method: a name such as ``"HMAC-SHA256"``, or a `SignatureMethod` object.
        signature_type: where the parameters travel: ``"HEADER"``, ``"QUERY"`` or ``"BODY"``.
        realm: the realm of the ``Authorization`` header; None leaves it out, ``""`` sends it empty.
        rsa_key: the private key for RSA methods, in any form that `RsaKey` takes.
        body_hash: ``"auto"`` adds ``oauth_body_hash`` for a non-empty body that is not a form, ``"always"`` also for an
            empty one. The whole body is then read before it is sent.
        force_include_body: True is the same as ``body_hash="auto"``.
        version: the value of ``oauth_version``; None leaves it out.
        allow_insecure_transport: allow PLAINTEXT over http.
        clock: returns the seconds since 1970.
        nonce: returns a nonce.
        provider: the provider's name or its facts, in place of options: see the page on providers.
        origins: one URL or several: only requests to their scheme, host and port are signed. None stands for those of
            the provider, and without one for those of the first request.

    Raises:
        SigningError: an option has a value that cannot be used.
    """

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
        allow_insecure_transport: bool = False,
        clock: Callable[[], float] = system_clock,
        nonce: Callable[[], str] = random_nonce,
        provider: "str | Provider | None" = None,
        origins: str | Iterable[str] | None = None,
    ) -> None:
        super().__init__(
            client_id,
            client_secret,
            token=token,
            token_secret=token_secret,
            redirect_uri=redirect_uri,
            verifier=verifier,
            signature_method=signature_method,
            signature_type=signature_type,
            realm=realm,
            rsa_key=rsa_key,
            body_hash=body_hash,
            force_include_body=force_include_body,
            version=version,
            allow_insecure_transport=allow_insecure_transport,
            clock=clock,
            nonce=nonce,
            provider=provider,
        )
        self._origins = Origins(origins, named_origin)
        self._names_origins = origins is not None

    def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> Awaitable[ClientResponse]:
        """Send ``request``, signed if its origin is pinned.

        Raises:
            SigningError: the request cannot be signed.
            InsecureTransportError: PLAINTEXT, a callback or a verifier over http.
        """
        added = added_before(request)
        remove_added(request, added)
        if hdrs.AUTHORIZATION in request.headers:
            return handler(request)
        # A hop of a redirect comes here too, so another address is no error.
        if not self._is_pinned(request.url):
            LOG.debug(NOT_PINNED)
            return handler(request)
        if not request.body and (authorization := authorization_without_body(self, request)) is not None:
            unsigned, request.headers = request.headers, request.headers.copy()
            request.headers[hdrs.AUTHORIZATION] = authorization
            return _send_and_restore(request, handler, unsigned)
        return _send_and_remember(self, request, handler, added)

    def is_pinned(self, url: URL) -> bool:
        """Return whether the origin of ``url`` is in ``origins=``, or ``origins=`` was not passed."""
        return not self._names_origins or self._origins.pin_or_match(origin_of(url))

    def _is_pinned(self, url: URL) -> bool:
        """`is_pinned`, but the first request pins its origin, unless a provider names all."""
        if self.provider is not None:
            # yarl makes the text anew for each call, and only a provider's rules read it.
            return self.may_sign(str(url)) and self.is_pinned(url)
        return self._origins.pin_or_match(origin_of(url))

    def __getstate__(self) -> dict[str, Any]:
        """Return the state of a copy or pickle, which pins its own origin."""
        return {**self.__dict__, "_origins": copy(self._origins)}


async def _send_and_restore(request: ClientRequest, handler: ClientHandlerType, unsigned: Any) -> ClientResponse:
    """Send ``request``, which is signed, and give it its ``unsigned`` headers back."""
    try:
        return await handler(request)
    finally:
        request.headers = unsigned


async def _send_and_remember(
    auth: OAuth1Middleware, request: ClientRequest, handler: ClientHandlerType, added: list[str]
) -> ClientResponse:
    """`send_signed` for a middleware that serves many requests: the hop of a redirect finds what was added."""
    response = await send_signed(auth, request, handler, added)
    if added and response.status in REDIRECT_STATUSES:
        remember_added(request, response, added)
    return response


async def send_signed(
    auth: OAuth1Middleware, request: ClientRequest, handler: ClientHandlerType, added: list[str]
) -> ClientResponse:
    """Send ``request`` with a signature and restore it afterwards; add to ``added`` what the URL was given."""
    url, payload, headers = request.url, request.body, request.headers
    body = None
    if payload:
        refuse_consumed(payload)
        body = await signed_body(auth, request)
        payload = request.body
    auth.require_user_agent(headers.get(hdrs.USER_AGENT))
    if body is not None and hasattr(body, "read"):
        signed = await asyncio.to_thread(sign_request, auth, request, body)
    else:
        signed = sign_request(auth, request, body)
    request.headers = headers.copy()  # not a variable of this frame, which a traceback may show
    try:
        if signed.authorization is not None:
            request.headers[hdrs.AUTHORIZATION] = signed.authorization
        else:
            added.extend(signed.added_to_query)
            await apply_to_request(request, signed, body)
        response = await handler(request)
        if signed.body is not None:
            # CPython would build a dict for vars(response), and then find each attribute of the response more slowly.
            setattr(response, SIGNED_BODY, signed.body)
        return response
    finally:
        if request.body is not payload:
            await request.update_body(payload or None)
        request.url, request.headers = url, headers
