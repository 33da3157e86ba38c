# pyright: strict
"""OAuth 1.0 for niquests: `OAuth1Session` and `AsyncOAuth1Session` walk the flow and sign, `OAuth1Auth` in any session.

A session signs when a request is sent: every redirect hop and every retry anew, from the unsigned request, multiplexed
or not. The request that was prepared stays unsigned; ``response.request`` is the signed copy that went out.
"""

from copy import copy
from typing import Any, cast

from oauthone.clients._auth import SigningOptions
from oauthone.clients._flow import AsyncFlowMixin, SyncFlowMixin
from oauthone.clients._flow_state import FlowSettings, FlowState
from oauthone.clients._requests_adapters import AsyncSigningAdapter, SigningAdapter
from oauthone.clients._requests_legs import awalk, walk
from oauthone.clients._requests_plans import Plan, Planned, noted, unsigned
from oauthone.clients._requests_redirects import FollowSigned, Redirects, Unsigned
from oauthone.clients._requests_retries import Errors
from oauthone.clients._requests_sessions import TwinSession
from oauthone.clients._requests_signing import SENT_AS_IT_STANDS, TwinAuth, put
from oauthone.core.flow import Leg, Reply
from oauthone.core.parameters import remove_from_query
from oauthone.errors import OAuthError, missing_library

try:
    import niquests
    from niquests.adapters import AsyncBaseAdapter, BaseAdapter
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


def _as_sent(url: str) -> str:
    """``url`` as urllib3 puts it on the wire, its path without dot segments; niquests leaves most URLs as given."""
    if SENT_AS_IT_STANDS.fullmatch(url) and "/." not in url:
        return url
    try:
        return str(_URLLIB3.util.parse_url(url).url)
    except urllib3.exceptions.LocationParseError:
        return url


class _PlannedRequest(Planned, PreparedRequest):
    """A prepared request that knows how it is signed; so do its copies."""

    def copy(self) -> PreparedRequest:
        copied = super().copy()
        self.plan.note(copied)
        return copied


class _Plan(Plan):
    """How one prepared request is signed."""

    __slots__ = ()
    planned, unrewindable = _PlannedRequest, UnrewindableBodyError
    as_sent = staticmethod(_as_sent)


class _SignedRequest(PreparedRequest):
    """A request that a bare auth signed. Where it is copied and gets another URL, it loses the signature.

    So does niquests make the next request of a redirect, and a multiplexed session asks nobody before it sends that.
    """

    unsigned: Unsigned
    added: tuple[str, ...]

    def copy(self) -> PreparedRequest:
        copied = super().copy()
        copied.__dict__["unsigned"], copied.__dict__["added"] = self.unsigned, self.added
        copied.__class__ = _SignedRequest
        return copied

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "url" and value != self.url:
            _forget(self)
            self.unsigned.restore(self)
            value = remove_from_query(value, self.added)
        object.__setattr__(self, name, value)


def _forget(request: Any) -> None:
    """Make of ``request`` a plain one, which keeps what it holds."""
    request.__class__ = PreparedRequest


class _FollowSigned(FollowSigned):
    """Signs the hop of a redirect where niquests asks before it makes that."""

    def __call__(self, response: Any, **_: Any) -> None:
        if response.is_redirect:
            _forget(response.request)
            super().__call__(response)


class _Rules(niquests.Session):
    """What a session knows about redirects, without the connections of one."""

    def __init__(self) -> None:
        pass


class _SignedHop(PreparedRequest):
    """The hop of a redirect that a bare auth signed: a password from a .netrc does not replace the signature."""

    def prepare_auth(self, auth: Any, url: Any = "") -> None:
        pass


class _Followed(PreparedRequest):
    """A request of which the library makes the hop that a bare auth signed."""

    def copy(self) -> PreparedRequest:
        copied = super().copy()
        copied.__class__ = _SignedHop
        return copied


_REDIRECTS = Redirects(PreparedRequest, _Followed, _Rules(), requote_uri, _as_sent, UnrewindableBodyError)
_ERRORS = Errors(
    RequestException,
    ConnectionError,
    ReadTimeout,
    RetryError,
    UnrewindableBodyError,
    urllib3.exceptions.HTTPError,
    urllib3.exceptions.MaxRetryError,
)


class OAuth1Auth(TwinAuth, AuthBase):
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

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.url = _as_sent(str(request.url))
        before = Unsigned.of(request)
        signed = self.signed(request)
        put(request, signed)
        request.__dict__["unsigned"], request.__dict__["added"] = before, signed.added_to_query
        request.__class__ = _SignedRequest
        hooked: Any = request
        hooked.register_hook("response", _FollowSigned(self, before, _REDIRECTS, signed.added_to_query))
        return request


class _SigningAdapter(SigningAdapter):
    """Between a session and the adapter that is mounted."""

    retry = _URLLIB3.util.Retry
    errors = _ERRORS

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return _with_connection(request, super().send(request, *args, **kwargs))


class _AsyncSigningAdapter(AsyncSigningAdapter):
    """Between an async session and the adapter that is mounted."""

    retry = _URLLIB3.util.Retry
    errors = _ERRORS

    async def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return _with_connection(request, await super().send(request, *args, **kwargs))


def _with_connection(request: PreparedRequest, response: Any) -> Any:
    """``response``, whose request gets what niquests wrote about the connection into the unsigned ``request``."""
    signed, unsigned = response.request, cast("Any", request)
    signed.conn_info = copy(unsigned.conn_info)
    signed.ocsp_verified = unsigned.ocsp_verified
    signed.upload_progress = unsigned.upload_progress
    return response


class _Session(TwinSession):
    """What the sync and the async session share."""

    plan = _Plan
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

    __attrs__ = [*niquests.Session.__attrs__, "_flow_state"]  # noqa: RUF012 (niquests declares it so)

    def prepare_request(self, request: Request) -> PreparedRequest:
        """Prepare without signing, and note which auth is to sign when the request is sent."""
        prepared: PreparedRequest = self.prepared_by(super().prepare_request, request)
        return prepared

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send a prepared request and sign it as it is sent, also one that was sent before, or ``response.request``."""
        follow = kwargs.get("allow_redirects", True)
        self.forget_ended_mock(niquests.Session)
        response: Any = super().send(self.signed(request), **kwargs)
        if response.lazy:
            resolve = response._resolve_redirect

            def resolve_signed(found: Response, sent: PreparedRequest) -> PreparedRequest | None:
                hop = resolve(found, sent)
                return _signed(hop) if follow else hop

            response._resolve_redirect = resolve_signed
        return cast("Response", response)

    def resolve_redirects(self, resp: Response, req: PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        """Make the hops of redirects from the unsigned request; each is signed when it is sent."""
        return super().resolve_redirects(resp, unsigned(req) if resp.is_redirect else req, *args, **kwargs)

    def rebuild_auth(self, prepared_request: PreparedRequest, response: Response) -> None:
        """Sign a redirect hop only while every hop so far had the origin of the first."""
        if not self.plan_hop(prepared_request, response):
            super().rebuild_auth(prepared_request, response)

    def get_redirect_target(self, resp: Response) -> str | None:
        """Where a redirect leads; a leg's leads nowhere, so that no more than a leg needs is read of its answer."""
        return None if self.is_of_leg(resp) else super().get_redirect_target(resp)

    def get_adapter(self, url: str) -> BaseAdapter:
        """The adapter that is mounted for ``url``, which signs a request again when it tries it again."""
        adapter: Any = _SigningAdapter(super().get_adapter(url), self)
        return cast("BaseAdapter", adapter)

    def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        return walk(self, _ERRORS, auth, leg, options)


class AsyncOAuth1Session(_Session, AsyncFlowMixin, niquests.AsyncSession):
    """A ``niquests.AsyncSession`` that walks the three-legged flow and signs all that it sends, multiplexed or not.

    What `OAuth1Session` documents holds here too; `fetch_request_token` and `fetch_access_token` are awaited.
    """

    __attrs__ = [*niquests.AsyncSession.__attrs__, "_flow_state"]  # noqa: RUF012 (niquests declares it so)

    def prepare_request(self, request: Request) -> PreparedRequest:
        """Prepare without signing, and note which auth is to sign when the request is sent."""
        prepared: PreparedRequest = self.prepared_by(super().prepare_request, request)
        return prepared

    async def send(self, request: PreparedRequest, **kwargs: Any) -> Any:  # type: ignore[override]  # niquests has overloads
        """Send a prepared request and sign it as it is sent, also one that was sent before, or ``response.request``."""
        follow = kwargs.get("allow_redirects", True)
        self.forget_ended_mock(niquests.AsyncSession)
        response: Any = await super().send(self.signed(request), **kwargs)
        if response.lazy:
            resolve = response._resolve_redirect

            async def resolve_signed(found: Response, sent: PreparedRequest) -> PreparedRequest | None:
                hop = await resolve(found, sent)
                return _signed(hop) if follow else hop

            response._resolve_redirect = resolve_signed
        return response

    def resolve_redirects(self, resp: Any, req: PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        """Make the hops of redirects from the unsigned request; each is signed when it is sent."""
        return super().resolve_redirects(resp, unsigned(req) if resp.is_redirect else req, *args, **kwargs)

    def rebuild_auth(self, prepared_request: PreparedRequest, response: Response) -> None:
        """Sign a redirect hop only while every hop so far had the origin of the first."""
        if not self.plan_hop(prepared_request, response):
            super().rebuild_auth(prepared_request, response)

    def get_redirect_target(self, resp: Response) -> str | None:
        """Where a redirect leads; a leg's leads nowhere, so that no more than a leg needs is read of its answer."""
        return None if self.is_of_leg(resp) else super().get_redirect_target(resp)

    def get_adapter(self, url: str) -> AsyncBaseAdapter:  # type: ignore[override]  # as niquests does itself
        """The adapter that is mounted for ``url``, which signs a request again when it tries it again."""
        adapter: Any = _AsyncSigningAdapter(super().get_adapter(url), self)
        return cast("AsyncBaseAdapter", adapter)

    async def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        return await awalk(self, _ERRORS, auth, leg, options)


def _signed(hop: "PreparedRequest | None") -> "PreparedRequest | None":
    """What a multiplexed session sends for the hop of a redirect: it goes to the adapter that is mounted, unseen."""
    plan = None if hop is None else noted(hop)
    return hop if plan is None else plan.signed_copy(hop)
