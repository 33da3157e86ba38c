"""OAuth 1.0 for requests: `OAuth1Session` walks the flow and signs, `OAuth1Auth` signs in any session.

A session signs when a request is sent: every redirect hop and every retry anew, from the unsigned request. The request
that was prepared stays unsigned; ``response.request`` is the signed copy that went out.
"""

import re
from typing import TYPE_CHECKING, Any, Unpack

from oauthone.clients._auth import SigningOptions, refuse_unknown_options
from oauthone.clients._flow import SyncFlowMixin
from oauthone.clients._flow_state import FlowSettings, FlowState
from oauthone.clients._requests_redirects import RedirectRules, RedirectSigningAuth, SignedFollowing, SignedRequest
from oauthone.clients._requests_retries import LibraryErrors, SigningAdapter
from oauthone.clients._requests_sending import SessionMixin, send_leg
from oauthone.clients._requests_signing import PreparedWithContext, SigningContext
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

#: requests before 2.34 sends one slash for several at the beginning of a path.
_JOINS_SLASHES = [int(part) for part in str(vars(requests)["__version__"]).split(".")[:2]] < [2, 34]
_LEADING_SLASHES = re.compile(r"^(\w+://[^/?#]+/)/+" if _JOINS_SLASHES else "()(?!)")


def _wire_url(url: str) -> str:
    """``url`` as urllib3 sends it. requests has written most URLs so already, but not the targets of redirects."""
    url = _LEADING_SLASHES.sub(r"\1", url)
    try:
        return parse_url(url).url
    except LocationParseError:
        return url


class _SignedRequest(SignedRequest, PreparedRequest):
    """A request that a bare auth signed."""


class _SignedFollowing(SignedFollowing, PreparedRequest):
    """The next request of a redirect, signed for a bare auth."""


class OAuth1Auth(RedirectSigningAuth, AuthBase):
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

    rules = RedirectRules(
        PreparedRequest,
        _SignedRequest,
        _SignedFollowing,
        SessionRedirectMixin(),
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


class _SigningAdapter(SigningAdapter, BaseAdapter):
    """Wraps the adapter that is mounted."""

    retry = Retry
    errors = LibraryErrors(
        RequestException, ConnectionError, ReadTimeout, RetryError, UnrewindableBodyError, HTTPError, MaxRetryError
    )

    def close(self) -> None:
        self._inner.close()


class OAuth1Session(SessionMixin, SyncFlowMixin, requests.Session):
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

    context = _SigningContext
    signing_adapter = _SigningAdapter
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

    if TYPE_CHECKING:  # The mixin's methods, with the types of requests.

        def prepare_request(self, request: Request) -> PreparedRequest: ...
        def send(self, request: PreparedRequest, **kwargs: Any) -> Response: ...
        def get_redirect_target(self, resp: Response) -> str | None: ...
        def get_adapter(self, url: str) -> BaseAdapter: ...

    def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        return send_leg(self, _SigningAdapter.errors, auth, leg, options)
