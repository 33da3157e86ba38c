# pyright: strict
"""OAuth 1.0 for niquests: `OAuth1Session` and `AsyncOAuth1Session` walk the flow and sign, `OAuth1Auth` in any session.

A session signs when a request is sent: every redirect hop and every retry anew, from the unsigned request, multiplexed
or not. The request that was prepared stays unsigned; ``response.request`` is the signed copy that went out.
"""

from copy import copy
from typing import TYPE_CHECKING, Any, cast

from oauthone.clients._auth import SigningOptions
from oauthone.clients._flow import AsyncFlowMixin, SyncFlowMixin
from oauthone.clients._flow_state import FlowSettings, FlowState
from oauthone.clients._requests_redirects import (
    RedirectRules,
    RedirectSigningAuth,
    SignedFollowing,
    SignedRequest,
)
from oauthone.clients._requests_retries import AsyncSigningAdapter, LibraryErrors, SigningAdapter
from oauthone.clients._requests_sending import SessionMixin, asend_leg, send_leg
from oauthone.clients._requests_signing import PreparedWithContext, SigningContext, context_of
from oauthone.core.flow import Leg, Reply
from oauthone.core.parameters import remove_from_query
from oauthone.errors import OAuthError, missing_library

try:
    import niquests
    from niquests.auth import AuthBase
    from niquests.exceptions import ConnectionError, ReadTimeout, RequestException, RetryError, UnrewindableBodyError
    from niquests.models import PreparedRequest, Request, Response
    from niquests.packages import urllib3
    from niquests.utils import requote_uri
except ModuleNotFoundError as missing:
    raise missing_library(missing.name or "niquests", "niquests") from missing

__all__ = ["AsyncOAuth1Session", "OAuth1Auth", "OAuth1Session", "OAuthError"]

#: Its types are those of the urllib3 that niquests found, which no checker can know.
_URLLIB3: Any = urllib3


def _wire_url(url: str) -> str:
    """``url`` as urllib3 sends it, its path without dot segments; niquests leaves most URLs as they were passed."""
    try:
        return str(_URLLIB3.util.parse_url(url).url)
    except urllib3.exceptions.LocationParseError:
        return url


class _SignedRequest(SignedRequest, PreparedRequest):
    """A request that a bare auth signed. A copy that gets another URL loses the signature.

    A multiplexed session makes the next request of a redirect so, and calls no hook before it sends that.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "url" and value != self.url:
            hook = self.redirect_hook
            _make_plain(self)
            hook.unsigned.restore(self)
            value = remove_from_query(value, hook.added)
        object.__setattr__(self, name, value)


def _make_plain(request: Any) -> None:
    request.__class__ = PreparedRequest


class _SignedFollowing(SignedFollowing, PreparedRequest):
    """The next request of a redirect, signed for a bare auth."""


class _RedirectMethods(niquests.Session):
    """A session's methods for redirects, without its connections."""

    def __init__(self) -> None:
        pass


_ERRORS = LibraryErrors(
    RequestException,
    ConnectionError,
    ReadTimeout,
    RetryError,
    UnrewindableBodyError,
    urllib3.exceptions.HTTPError,
    urllib3.exceptions.MaxRetryError,
)


class OAuth1Auth(RedirectSigningAuth, AuthBase):
    """Signs as the ``auth=`` of a plain ``niquests`` call or session, sync or async.

    It signs when the request is prepared. On a redirect it signs the next hop, in the header or in the body that goes
    along, while the origin stays the same; once another origin is involved, nothing of it goes along. What niquests
    does not let it see it cannot sign anew: a retry by ``urllib3.Retry``, a prepared request that is sent again, and
    the redirects of a multiplexed session, which it leaves unsigned. `OAuth1Session` and `AsyncOAuth1Session` do all.

    Args:
        client_id: the client's identifier.
        client_secret: the client's shared secret.
        token: the identifier of token credentials.
        token_secret: their shared secret.
        redirect_uri: sent as ``oauth_callback`` with every request that this auth signs, for a leg of the flow.
        verifier: sent as ``oauth_verifier`` with every request that this auth signs, for a leg of the flow.
        signature_method: a name such as ``"HMAC-SHA256"``, or a `SignatureMethod` of your own.
        signature_type: where the parameters travel: ``"HEADER"``, ``"QUERY"`` or ``"BODY"``.
        realm: the realm of the ``Authorization`` header; None leaves it out, ``""`` sends it empty.
        rsa_key: the private key for RSA methods, in any form that `RsaKey` takes.
        body_hash: ``"auto"`` adds ``oauth_body_hash`` for a non-empty body that is not a form, ``"always"`` also for an
            empty one.
        force_include_body: another word for ``body_hash="auto"``.
        version: the value of ``oauth_version``; None leaves it out.
        allow_insecure_transport: let PLAINTEXT go out over http.
        clock: returns the seconds since 1970.
        nonce: returns a nonce.

    Raises:
        SigningError: an option that cannot work.
    """

    rules = RedirectRules(
        PreparedRequest,
        _SignedRequest,
        _SignedFollowing,
        _RedirectMethods(),
        requote_uri,
        _wire_url,
        UnrewindableBodyError,
    )


class _PreparedWithContext(PreparedWithContext, PreparedRequest):
    """A prepared request that has a context."""


class _SigningContext(SigningContext):
    """How one prepared request is signed."""

    __slots__ = ()
    prepared, unrewindable = _PreparedWithContext, UnrewindableBodyError
    wire_url = staticmethod(_wire_url)


class _SigningAdapter(SigningAdapter):
    """Wraps the adapter that is mounted in a session."""

    retry, errors = _URLLIB3.util.Retry, _ERRORS

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return _with_connection(request, super().send(request, *args, **kwargs))


class _AsyncSigningAdapter(AsyncSigningAdapter):
    """Wraps the adapter that is mounted in an async session."""

    retry, errors = _URLLIB3.util.Retry, _ERRORS

    async def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return _with_connection(request, await super().send(request, *args, **kwargs))


def _with_connection(request: PreparedRequest, response: Any) -> Any:
    """Copy to the response's request what niquests wrote about the connection into the unsigned ``request``."""
    signed, unsigned = response.request, cast("Any", request)
    signed.conn_info = copy(unsigned.conn_info)
    signed.ocsp_verified = unsigned.ocsp_verified
    signed.upload_progress = unsigned.upload_progress
    return response


class _Session(SessionMixin):
    """What the sync and the async session share."""

    context = _SigningContext
    base_url: str | None

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
        **options: Any,
    ) -> None:
        signing: dict[str, Any] = {
            name: options.pop(name) for name in SigningOptions.__annotations__ if name in options
        }
        self._flow_state = FlowState.create(
            OAuth1Auth,
            client_id,
            client_secret,
            token=token,
            token_secret=token_secret,
            redirect_uri=redirect_uri,
            verifier=verifier,
            settings=FlowSettings(require_verifier, require_callback_confirmed, allow_insecure_transport),
            **signing,
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
    """A ``niquests.Session`` that walks the three-legged flow and signs every request it sends, multiplexed or not.

    Each redirect hop to the same origin is signed anew, as is each retry; another origin gets nothing. For one request,
    ``auth=`` takes another auth.

    Args:
        client_id: the client's identifier.
        client_secret: the client's shared secret.
        token: the identifier of token credentials, or of temporary credentials whose flow began in another session.
        token_secret: their shared secret.
        redirect_uri: the callback; None says ``oob``, ``""`` sends no ``oauth_callback``.
        verifier: the verification code for `fetch_access_token`, where it is known already.
        require_verifier: False exchanges temporary credentials without a verification code.
        require_callback_confirmed: False takes providers from before OAuth 1.0a.
        allow_insecure_transport: let the legs and PLAINTEXT go out over http.
        options: how to sign, as `OAuth1Auth` documents it: ``signature_method``, ``signature_type``, ``realm``,
            ``rsa_key``, ``body_hash``, ``force_include_body``, ``version``, ``clock``, ``nonce``; and what
            ``niquests.Session`` takes, such as ``retries``, ``multiplexed``, ``base_url`` or ``timeout``.

    Raises:
        SigningError: an option that cannot work.
        TypeError: an option that does not exist.
    """

    signing_adapter = _SigningAdapter
    __attrs__ = [*niquests.Session.__attrs__, "_flow_state"]  # noqa: RUF012 (niquests declares it so)

    if TYPE_CHECKING:  # The mixin's method, with the types of niquests.

        def prepare_request(self, request: Request) -> PreparedRequest: ...

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Sign a prepared request and send it. It may have been sent before, or be a ``response.request``."""
        follow = kwargs.get("allow_redirects", True)
        response = super().send(request, **kwargs)
        if response.lazy:
            resolve = response._resolve_redirect

            def resolve_signed(found: Response, sent: PreparedRequest) -> PreparedRequest | None:
                following = resolve(found, sent)
                return _signed(following) if follow else following

            response._resolve_redirect = resolve_signed
        return cast("Response", response)

    def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        return send_leg(self, _ERRORS, auth, leg, options)


class AsyncOAuth1Session(_Session, AsyncFlowMixin, niquests.AsyncSession):
    """A ``niquests.AsyncSession`` that walks the three-legged flow and signs all that it sends, multiplexed or not.

    What `OAuth1Session` documents holds here too; `fetch_request_token` and `fetch_access_token` are awaited.
    """

    signing_adapter = _AsyncSigningAdapter
    __attrs__ = [*niquests.AsyncSession.__attrs__, "_flow_state"]  # noqa: RUF012 (niquests declares it so)

    if TYPE_CHECKING:  # The mixin's method, with the types of niquests.

        def prepare_request(self, request: Request) -> PreparedRequest: ...

    async def send(self, request: PreparedRequest, **kwargs: Any) -> Any:  # type: ignore[override]  # niquests has overloads
        """Sign a prepared request and send it. It may have been sent before, or be a ``response.request``."""
        follow = kwargs.get("allow_redirects", True)
        response = await super().send(request, **kwargs)
        if response.lazy:
            resolve = response._resolve_redirect

            async def resolve_signed(found: Response, sent: PreparedRequest) -> PreparedRequest | None:
                following = await resolve(found, sent)
                return _signed(following) if follow else following

            response._resolve_redirect = resolve_signed
        return response

    async def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        return await asend_leg(self, _ERRORS, auth, leg, options)


def _signed(following: PreparedRequest | None) -> PreparedRequest | None:
    """The signed next request of a redirect: a multiplexed session passes it to the mounted adapter, not to ours."""
    context = None if following is None else context_of(following)
    return following if context is None else context.signed_copy(following)
