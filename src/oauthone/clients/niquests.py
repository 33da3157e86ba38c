# pyright: strict
"""OAuth 1.0 for niquests: `OAuth1Session` and `AsyncOAuth1Session` sign and obtain tokens, `OAuth1Auth` signs anywhere.

A session signs a request when it is sent, multiplexed or not: each redirect and each retry anew, from the unsigned
request. The prepared request stays unsigned; ``response.request`` is the signed copy that went out.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, cast

from oauthone.clients._flow import AsyncFlowMixin, SyncFlowMixin
from oauthone.clients._flow_options import FlowSettings
from oauthone.clients._flow_state import FlowState
from oauthone.clients._requests_sending import SessionMixin, asend_leg, send_leg
from oauthone.clients._requests_signing import context_of
from oauthone.core.flow import Leg, Reply
from oauthone.core.signature import SignatureMethod
from oauthone.core.signing import random_nonce, system_clock
from oauthone.core.signing_options import BodyHash, SignatureMethodName, SignatureType, TokenArgument
from oauthone.errors import OAuthError, missing_library

try:
    import niquests
    from niquests.models import PreparedRequest, Request, Response

    from oauthone.clients._niquests_signing import (
        AsyncNiquestsAdapter,
        NiquestsAdapter,
        NiquestsContext,
        OAuth1Auth,
    )
except ModuleNotFoundError as missing:
    raise missing_library(missing.name or "niquests", "niquests") from missing

if TYPE_CHECKING:
    from oauthone.core.rsa import RsaKey
    from oauthone.core.rsa_loading import RsaMaterial
    from oauthone.providers import Provider

__all__ = ["AsyncOAuth1Session", "OAuth1Auth", "OAuth1Session", "OAuthError"]


class _Session(SessionMixin):
    """What the sync and the async session share."""

    _context_class = NiquestsContext
    base_url: str | None

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
        **options: Any,
    ) -> None:
        self._flow_state = FlowState(
            OAuth1Auth,
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
        chosen = options.pop("auth", self._flow_state.auth)
        super().__init__(**options)
        self.auth = chosen

    def _endpoint(self, url: str) -> str:
        """An endpoint's address, where a ``base_url`` makes its path enough."""
        if self.base_url is None:
            return url
        prepared = PreparedRequest()
        prepared.prepare_url(url, None, base_url=self.base_url)
        return str(prepared.url)


class OAuth1Session(_Session, SyncFlowMixin, niquests.Session):
    """A ``niquests.Session`` that obtains tokens in the three-legged flow and signs every request, multiplexed or not.

    Each redirect to the same origin and each retry is signed anew; requests to another origin carry no credentials. For
    one request, ``auth=`` takes another auth.

    Args:
        client_id: the client's identifier.
        client_secret: the client's shared secret.
        token: token credentials, or temporary ones whose flow began in another session: their identifier, or a dict.
        token_secret: their shared secret.
        redirect_uri: the callback; None sends ``oob``, ``""`` sends no ``oauth_callback``.
        verifier: the verification code for `fetch_access_token`, if it is known already.
        signature_method: as for `OAuth1Auth`; so are the eight arguments that follow.
        signature_type: where the parameters travel.
        realm: the realm of the ``Authorization`` header.
        rsa_key: the private key for RSA methods.
        body_hash: when to add ``oauth_body_hash``.
        force_include_body: True is the same as ``body_hash="auto"``.
        version: the value of ``oauth_version``.
        clock: returns the seconds since 1970.
        nonce: returns a nonce.
        provider: the provider's name or its facts, in place of endpoints and options: see the page on providers.
        require_verifier: False exchanges temporary credentials without a verification code.
        require_callback_confirmed: False accepts providers from before OAuth 1.0a.
        allow_insecure_transport: allow the legs and PLAINTEXT over http.
        options: those of ``niquests.Session``, such as ``retries``, ``multiplexed``, ``base_url`` or ``timeout``.

    Raises:
        SigningError: an option has a value that cannot be used.
        TypeError: an option does not exist.
    """

    _adapter_class = NiquestsAdapter
    __attrs__ = [*niquests.Session.__attrs__, "_flow_state"]  # noqa: RUF012 (niquests declares it so)

    if TYPE_CHECKING:  # The types that a caller needs, where the mixin or niquests has others.

        def prepare_request(self, request: Request) -> PreparedRequest: ...
        def __enter__(self) -> Self: ...

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Sign a prepared request and send it. It may have been sent before, or be a ``response.request``."""
        follow = kwargs.get("allow_redirects", True)
        library: Any = super(SessionMixin, self)  # its send() does nothing else, and would pass every option once more
        response = library.send(self._to_send(request), **kwargs)
        if kwargs.get("multiplexed", self.multiplexed) and response.lazy:
            resolve = response._resolve_redirect

            def resolve_signed(found: Response, sent: PreparedRequest) -> PreparedRequest | None:
                following = resolve(found, sent)
                return _signed(following) if follow else following

            response._resolve_redirect = resolve_signed
        return cast("Response", response)

    _signing_send = send

    def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        return send_leg(self, auth, leg, options)


class AsyncOAuth1Session(_Session, AsyncFlowMixin, niquests.AsyncSession):
    """A ``niquests.AsyncSession`` that obtains tokens and signs every request, multiplexed or not.

    See `OAuth1Session` for the arguments; `fetch_request_token` and `fetch_access_token` are awaited.
    """

    _adapter_class = AsyncNiquestsAdapter
    __attrs__ = [*niquests.AsyncSession.__attrs__, "_flow_state"]  # noqa: RUF012 (niquests declares it so)

    if TYPE_CHECKING:  # The types that a caller needs, where the mixin or niquests has others.

        def prepare_request(self, request: Request) -> PreparedRequest: ...
        async def __aenter__(self) -> Self: ...

    async def send(self, request: PreparedRequest, **kwargs: Any) -> Any:  # type: ignore[override]  # niquests has overloads
        """Sign a prepared request and send it. It may have been sent before, or be a ``response.request``."""
        follow = kwargs.get("allow_redirects", True)
        library: Any = super(SessionMixin, self)
        response = await library.send(self._to_send(request), **kwargs)
        if kwargs.get("multiplexed", self.multiplexed) and response.lazy:
            resolve = response._resolve_redirect

            async def resolve_signed(found: Response, sent: PreparedRequest) -> PreparedRequest | None:
                following = await resolve(found, sent)
                return _signed(following) if follow else following

            response._resolve_redirect = resolve_signed
        return response

    _signing_send = send

    async def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        return await asend_leg(self, auth, leg, options)


# Quoted, because the documentation is built with a mock of niquests, whose classes have no `|`.
def _signed(following: "PreparedRequest | None") -> "PreparedRequest | None":
    """The signed next request of a redirect: a multiplexed session passes it to the mounted adapter, not to ours."""
    context = None if following is None else context_of(following)
    return following if context is None else context.signed_copy(following)
