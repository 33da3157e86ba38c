"""OAuth 1.0 for requests: `OAuth1Session` walks the flow and signs, `OAuth1Auth` signs in any session.

A session signs when a request is sent: every redirect hop and every retry anew, from the unsigned request. The request
that was prepared stays unsigned; ``response.request`` is the signed copy that went out.
"""

import re
from typing import Any, Unpack

from oauthone.clients._auth import SigningOptions, refuse_unknown_options
from oauthone.clients._flow import SyncFlowMixin
from oauthone.clients._flow_state import FlowSettings, FlowState
from oauthone.clients._requests_adapters import SigningAdapter
from oauthone.clients._requests_legs import walk
from oauthone.clients._requests_plans import Plan, Planned, unsigned
from oauthone.clients._requests_redirects import FollowSigned, Redirects, Unsigned
from oauthone.clients._requests_retries import Errors
from oauthone.clients._requests_sessions import TwinSession
from oauthone.clients._requests_signing import SENT_AS_IT_STANDS, TwinAuth, put
from oauthone.core.flow import Leg, Reply
from oauthone.errors import OAuthError, missing_library

try:
    import requests
    from requests.adapters import BaseAdapter, HTTPAdapter
    from requests.auth import AuthBase
    from requests.exceptions import ConnectionError, ReadTimeout, RequestException, RetryError, UnrewindableBodyError
    from requests.models import PreparedRequest, Request, Response
    from requests.sessions import SessionRedirectMixin
    from requests.utils import requote_uri
    from urllib3.exceptions import HTTPError, LocationParseError, MaxRetryError
    from urllib3.util import Retry, parse_url
except ModuleNotFoundError as missing:
    raise missing_library(missing.name or "requests", "requests") from missing

__all__ = ["OAuth1Auth", "OAuth1Session", "OAuthError"]

#: requests before 2.34 sends a path that begins with several slashes with one of them.
_MAKES_ONE_SLASH = [int(part) for part in str(vars(requests)["__version__"]).split(".")[:2]] < [2, 34]
_LEADING_SLASHES = re.compile(r"^(\w+://[^/?#]+/)/+" if _MAKES_ONE_SLASH else "()(?!)")


def _as_sent(url: str) -> str:
    """``url`` as urllib3 puts it on the wire, which is how requests wrote all but the targets of redirects already."""
    if SENT_AS_IT_STANDS.fullmatch(url) and "/." not in url and not _LEADING_SLASHES.match(url):
        return url
    url = _LEADING_SLASHES.sub(r"\1", url)
    try:
        return parse_url(url).url
    except LocationParseError:
        return url


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


_REDIRECTS = Redirects(PreparedRequest, _Followed, SessionRedirectMixin(), requote_uri, _as_sent, UnrewindableBodyError)
_ERRORS = Errors(
    RequestException, ConnectionError, ReadTimeout, RetryError, UnrewindableBodyError, HTTPError, MaxRetryError
)


class OAuth1Auth(TwinAuth, AuthBase):
    """Signs as the ``auth=`` of a plain ``requests`` call or session.

    It signs when the request is prepared. On a redirect it signs the next hop, in the header or in the body that goes
    along, while the origin stays the same; once another origin is involved, nothing of it goes along. What requests
    does not let it see it cannot sign anew: a retry by ``urllib3.Retry`` and a prepared request that is sent again.
    `OAuth1Session` does both.

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
        request.register_hook("response", FollowSigned(self, before, _REDIRECTS, signed.added_to_query))
        return request


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


class _SigningAdapter(SigningAdapter, BaseAdapter):
    """Between a session and the adapter that is mounted."""

    retry = Retry
    errors = _ERRORS

    def close(self) -> None:
        self._inner.close()


class OAuth1Session(TwinSession, SyncFlowMixin, requests.Session):
    """A ``requests.Session`` that walks the three-legged flow and signs every request it sends.

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
        retries: a ``urllib3.Retry``, or a number of them, for both schemes; every attempt is signed anew.
        signing: how to sign, as `OAuth1Auth` documents it: ``signature_method``, ``signature_type``, ``realm``,
            ``rsa_key``, ``body_hash``, ``force_include_body``, ``version``, ``clock``, ``nonce``.

    Raises:
        SigningError: an option that cannot work.
        TypeError: an option that does not exist.
    """

    plan = _Plan
    __attrs__: list[str] = [*requests.Session.__attrs__, "_flow_state"]  # noqa: RUF012 (requests declares it so)

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
        retries: Retry | int | None = None,
        **signing: Unpack[SigningOptions],
    ) -> None:
        refuse_unknown_options("OAuth1Session", signing)
        super().__init__()
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
        self.auth = self._flow_state.auth
        if retries is not None:
            self.mount("https://", HTTPAdapter(max_retries=retries))
            self.mount("http://", HTTPAdapter(max_retries=retries))

    def prepare_request(self, request: Request) -> PreparedRequest:
        """Prepare without signing, and note which auth is to sign when the request is sent."""
        prepared: PreparedRequest = self.prepared_by(super().prepare_request, request)
        return prepared

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send a prepared request and sign it as it is sent, also one that was sent before, or ``response.request``."""
        self.forget_ended_mock(requests.Session)
        return super().send(self.signed(request), **kwargs)

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
        return _SigningAdapter(super().get_adapter(url), self)

    def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        return walk(self, _ERRORS, auth, leg, options)
