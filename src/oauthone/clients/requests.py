"""OAuth 1.0 for requests: `OAuth1Session` signs and obtains tokens, `OAuth1Auth` signs in any session.

A session signs a request when it is sent: each redirect and each retry anew, from the unsigned request. The prepared
request stays unsigned; ``response.request`` is the signed copy that went out.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from oauthone.clients._flow import SyncFlowMixin
from oauthone.clients._flow_options import FlowSettings
from oauthone.clients._flow_state import FlowState
from oauthone.clients._requests_redirects import RedirectRules, RedirectSigningAuth, SignedNextRequest, SignedRequest
from oauthone.clients._requests_retries import LibraryErrors, SigningAdapter
from oauthone.clients._requests_sending import SessionMixin, send_leg
from oauthone.clients._requests_signing import PreparedWithContext, SigningContext
from oauthone.core.flow import Leg, Reply
from oauthone.core.signature import SignatureMethod
from oauthone.core.signing import random_nonce, system_clock
from oauthone.core.signing_options import BodyHash, SignatureMethodName, SignatureType, TokenArgument
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

if TYPE_CHECKING:
    from oauthone.core.rsa import RsaKey
    from oauthone.core.rsa_loading import RsaMaterial
    from oauthone.providers import Provider

__all__ = ["OAuth1Auth", "OAuth1Session", "OAuthError"]

#: requests before 2.34 sends one slash for several at the beginning of a path.
_JOINS_SLASHES = [int(part) for part in str(vars(requests)["__version__"]).split(".")[:2]] < [2, 34]
_LEADING_SLASHES = r"^(\w+://[^/?#]+/)/+"


def _wire_url(url: str) -> str:
    """``url`` as urllib3 sends it. requests has written most URLs so already, but not the targets of redirects."""
    url = re.sub(_LEADING_SLASHES, r"\1", url) if _JOINS_SLASHES else url
    try:
        return parse_url(url).url
    except LocationParseError:
        return url


class _SignedRequest(SignedRequest, PreparedRequest):
    """A request that a bare auth signed."""


class _SignedNextRequest(SignedNextRequest, PreparedRequest):
    """The next request of a redirect, signed for a bare auth."""


class OAuth1Auth(RedirectSigningAuth, AuthBase):
    """Signs as the ``auth=`` of a plain call or session of requests.

    It signs a request when it is prepared. On a redirect it signs the next request, in the header, or in the body if
    that is sent again, as long as each request has the origin of the first; a request to another origin carries no
    credentials. requests calls no auth for a retry by ``urllib3.Retry``, or for a prepared request that is sent again:
    those repeat the signature. `OAuth1Session` signs both anew.

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
            empty one.
        force_include_body: True is the same as ``body_hash="auto"``.
        version: the value of ``oauth_version``; None leaves it out.
        allow_insecure_transport: allow PLAINTEXT over http.
        clock: returns the seconds since 1970.
        nonce: returns a nonce.
        provider: the provider's name or its facts, in place of options: see the page on providers.

    Raises:
        SigningError: an option has a value that cannot be used.
    """

    rules = RedirectRules(
        PreparedRequest,
        _SignedRequest,
        _SignedNextRequest,
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
    prepared = _PreparedWithContext
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
    """A ``requests.Session`` that obtains tokens in the three-legged flow and signs every request it sends.

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
        retries: a ``urllib3.Retry``, or the number of retries, for both schemes; each attempt is signed anew.

    Raises:
        SigningError: an option has a value that cannot be used.
        TypeError: an option does not exist.
    """

    _context_class = _SigningContext
    _adapter_class = _SigningAdapter
    __attrs__: list[str] = [*requests.Session.__attrs__, "_flow_state"]  # noqa: RUF012 (requests declares it so)

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
        retries: Retry | int | None = None,
    ) -> None:
        super().__init__()
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
        return send_leg(self, auth, leg, options)
