"""OAuth 1.0 for requests: `OAuth1Session` walks the flow and signs, `OAuth1Auth` signs in any session.

A session signs when a request is sent: every redirect hop and every retry anew, from the unsigned request. The request
that was prepared stays unsigned; ``response.request`` is the signed copy that went out.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Unpack, cast
from urllib.parse import urljoin, urlparse

from oauthone.clients._auth import SigningAuth, SigningOptions, refuse_unknown_options
from oauthone.clients._dance import LOG, Dance, DanceMethods, Settings
from oauthone.core.base_string import base_string_uri
from oauthone.core.drive import run
from oauthone.core.flow import Leg, Reply
from oauthone.core.origin import origin
from oauthone.core.responses import MAX_BODY
from oauthone.core.signing import Signed
from oauthone.errors import OAuthError, SigningError, missing_library

try:
    import requests
    from requests.adapters import BaseAdapter, HTTPAdapter
    from requests.auth import AuthBase
    from requests.exceptions import ConnectionError, ReadTimeout, RequestException, RetryError, UnrewindableBodyError
    from requests.models import PreparedRequest, Request, Response
    from requests.sessions import SessionRedirectMixin
    from requests.structures import CaseInsensitiveDict
    from requests.utils import requote_uri
    from urllib3.exceptions import HTTPError, LocationParseError, MaxRetryError
    from urllib3.util import Retry, parse_url
except ModuleNotFoundError as missing:
    raise missing_library(missing.name or "requests", "requests") from missing

__all__ = ["OAuth1Auth", "OAuth1Session", "OAuthError"]

_LEG_TIMEOUT = 30.0
_CHUNK = 1024


class OAuth1Auth(SigningAuth, AuthBase):
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
        position = request.__dict__.get("_body_position")
        unsigned = _Unsigned(request.url, request.body, request.headers.get("Content-Type"), position)
        signed = self.signed(request)
        _put(request, signed)
        request.register_hook("response", _FollowSigned(self, unsigned))
        return request

    def signed(self, request: PreparedRequest) -> Signed:
        """The signature for ``request`` as it stands."""
        return self.sign(str(request.method), str(request.url), request.headers.lower_items(), request.body)


class OAuth1Session(DanceMethods, requests.Session):
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

    __attrs__: list[str] = [*requests.Session.__attrs__, "_dance"]  # noqa: RUF012 (requests declares it so)

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
        auth = OAuth1Auth(
            client_id,
            client_secret,
            token=token,
            token_secret=token_secret,
            allow_insecure_transport=allow_insecure_transport,
            **signing,
        )
        self.auth = auth
        self._dance = Dance(
            auth,
            token,
            token_secret,
            redirect_uri,
            verifier,
            Settings(require_verifier, require_callback_confirmed, allow_insecure_transport),
        )
        if retries is not None:
            self.mount("https://", HTTPAdapter(max_retries=retries))
            self.mount("http://", HTTPAdapter(max_retries=retries))

    def fetch_request_token(self, url: str, method: str = "POST", **options: Any) -> dict[str, Any]:
        """Get temporary credentials (RFC 5849 section 2.1).

        Args:
            url: the provider's temporary credential request endpoint.
            method: the request method.
            options: what ``requests.Session.request`` takes, such as ``timeout`` (30 seconds unless given); ``auth``,
                ``allow_redirects`` and ``stream`` are the leg's own.

        Returns:
            What the provider answered, a dict with ``oauth_token``, ``oauth_token_secret``,
            ``oauth_callback_confirmed`` and the rest.

        Raises:
            OAuthError: the provider's answer holds no credentials; it says why.
            InsecureTransportError: the endpoint is plain http.
            requests.RequestException: the provider was not reached.
        """
        return run(self._dance.request_temporary(url, method), lambda leg: self._walk(leg, options))

    def fetch_access_token(
        self,
        url: str,
        verifier: str | None = None,
        *,
        request_token: str | Mapping[str, Any] | None = None,
        method: str = "POST",
        **options: Any,
    ) -> dict[str, Any]:
        """Exchange temporary credentials for token credentials (RFC 5849 section 2.3), and hold those from now on.

        Args:
            url: the provider's token request endpoint.
            verifier: the verification code; not needed after `parse_authorization_response`.
            request_token: which authorization, where several are pending: the identifier, or the dict that
                `fetch_request_token` returned.
            method: the request method.
            options: what ``requests.Session.request`` takes, such as ``timeout`` (30 seconds unless given); ``auth``,
                ``allow_redirects`` and ``stream`` are the leg's own.

        Returns:
            What the provider answered, a dict with ``oauth_token``, ``oauth_token_secret`` and the rest.

        Raises:
            OAuthError: no verification code, no authorization to pick, or an answer without credentials.
            InsecureTransportError: the endpoint is plain http.
            requests.RequestException: the provider was not reached.
        """
        self.token = token = run(
            self._dance.request_token(url, verifier, request_token, method), lambda leg: self._walk(leg, options)
        )
        return token

    def prepare_request(self, request: Request) -> PreparedRequest:
        """Prepare without signing, and note which auth is to sign when the request is sent."""
        auth = request.auth if request.auth is not None else self.auth
        if not isinstance(auth, OAuth1Auth):
            prepared = super().prepare_request(request)
            _note(prepared, _Plan(None))
            return prepared
        unsigned = Request.__new__(Request)
        unsigned.__dict__.update(request.__dict__)
        unsigned.auth = _leave_unsigned
        prepared = super().prepare_request(unsigned)
        _note(prepared, _Plan(auth))
        return prepared

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send a prepared request and sign it as it is sent, also one that was sent before, or ``response.request``."""
        plan = _noted(request)
        return super().send(request if plan is None else plan.taken_back(request), **kwargs)

    def rebuild_auth(self, prepared_request: PreparedRequest, response: Response) -> None:
        """Sign a redirect hop only while every hop so far had the origin of the first."""
        plan = _noted(response.request)
        if plan is not None and plan.auth is not None:
            if _share_origin(str(response.request.url), str(prepared_request.url)):
                # No password from a .netrc takes or joins the signature's place, as none did on the first hop.
                _note(prepared_request, _Plan(plan.auth, is_redirect=True))
                return
            LOG.debug("a redirect leads to another origin: it is followed without credentials")
        super().rebuild_auth(prepared_request, response)
        _note(prepared_request, _Plan(None))

    def get_adapter(self, url: str) -> BaseAdapter:
        """The adapter that is mounted for ``url``, signing what it sends."""
        return _SigningAdapter(super().get_adapter(url), self)

    def plan_for(self, request: PreparedRequest) -> "_Plan":
        """How ``request`` is to be signed: as it was noted, else, unless it brings an Authorization, as all others."""
        plan = _noted(request)
        if plan is not None:
            return plan
        auth = self.auth
        return _Plan(auth if isinstance(auth, OAuth1Auth) and "Authorization" not in request.headers else None)

    def _walk(self, leg: Leg, options: dict[str, Any]) -> Reply:
        for name in ("auth", "allow_redirects", "stream"):
            if name in options:
                raise TypeError(f"a request for credentials has its own {name!r}: leave it out")
        auth = cast("OAuth1Auth", self._dance.auth).for_leg(leg)
        settings: dict[str, Any] = {
            "timeout": _LEG_TIMEOUT,
            **options,
            "auth": auth,
            "allow_redirects": False,
            "stream": True,
        }
        with self.request(leg.method, leg.url, **settings) as response:
            body = bytearray()
            for chunk in response.iter_content(_CHUNK):
                body += chunk
                if len(body) > MAX_BODY:
                    break
            LOG.debug("%s %s answered %d", leg.method, base_string_uri(leg.url), response.status_code)
            return Reply(response.status_code, list(response.headers.items()), bytes(body))


class _Before(NamedTuple):
    """What a signed copy was made from, and what the signature put into it."""

    unsigned: PreparedRequest
    url: str | None
    body: Any
    authorization: str | None


class _Plan(NamedTuple):
    """How one prepared request is signed when it is sent."""

    #: None: not at all.
    auth: OAuth1Auth | None
    is_redirect: bool = False
    #: Noted in what `signed_copy` returned.
    before: _Before | None = None

    def signed_copy(self, request: PreparedRequest) -> PreparedRequest:
        """What goes on the wire; ``request`` stays as it is."""
        auth = self.auth
        if auth is None:
            return request
        if self.is_redirect and auth.travels_in_body and not request.body:
            auth = auth.in_header()
        copied = _copy(request)
        copied.url = _as_sent(str(request.url))
        signed = auth.signed(copied)
        _put(copied, signed)
        before = _Before(request, copied.url, copied.body, signed.authorization)
        _note(copied, _Plan(self.auth, self.is_redirect, before))
        return copied

    def taken_back(self, request: PreparedRequest) -> PreparedRequest:
        """``request`` without the signature that `signed_copy` gave it, if it did; what others changed stays."""
        if self.before is None:
            return request
        unsigned, url, body, authorization = self.before
        copied = _copy(request)
        if request.url == url:
            copied.url = unsigned.url
        if request.headers.get("Authorization") == authorization:
            _take_over(copied, unsigned, "Authorization")
        if request.body == body is not unsigned.body:
            copied.body = unsigned.body
            _take_over(copied, unsigned, "Content-Type")
            _take_over(copied, unsigned, "Content-Length")
        _note(copied, _Plan(self.auth, self.is_redirect))
        return copied


class _Planned(PreparedRequest):
    """A prepared request that knows how it is signed; so do its copies."""

    plan: _Plan

    def copy(self) -> PreparedRequest:
        copied = super().copy()
        _note(copied, self.plan)
        return copied


class _SigningAdapter(BaseAdapter):
    """Between a session and the adapter that is mounted: signs each attempt."""

    def __init__(self, inner: BaseAdapter, session: OAuth1Session) -> None:
        self._inner = inner
        self._session = session

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        plan = self._session.plan_for(request)
        retries = getattr(self._inner, "max_retries", None)
        if plan.auth is None or not isinstance(retries, Retry) or retries.total == 0:
            return self._inner.send(plan.signed_copy(request), *args, **kwargs)
        return _send_with_retries(self._inner, retries, plan, request, args, kwargs)

    def close(self) -> None:
        self._inner.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def _send_with_retries(
    adapter: BaseAdapter,
    retries: Retry,
    plan: _Plan,
    request: PreparedRequest,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Response:
    """What ``HTTPAdapter`` and urllib3 do with ``max_retries``, but with a new signature for each attempt."""
    once = _without_retries(adapter)
    method, path = str(request.method), request.path_url
    start = _position(request.body)
    while True:
        signed = plan.signed_copy(request)
        try:
            response = once.send(signed, *args, **kwargs)
        except RequestException as failure:
            error = _cause(failure)
            if error is None:
                raise
            try:
                retries = retries.increment(method, path, error=error)
            except MaxRetryError as exhausted:
                # HTTPAdapter's words for it: a timeout of the last of several attempts is a ConnectionError.
                kind = ConnectionError if isinstance(failure, ReadTimeout) else type(failure)
                raise kind(exhausted, request=signed) from failure
            except HTTPError:
                raise failure from None
            _rewind(request, start, failure)
            retries.sleep()
            continue
        if not retries.is_retry(method, response.status_code, "Retry-After" in response.headers):
            return response
        try:
            retries = retries.increment(method, path, response=response.raw)
        except MaxRetryError as exhausted:
            if retries.raise_on_status:
                response.close()
                raise RetryError(exhausted, request=signed) from exhausted
            return response
        response.raw.drain_conn()
        _rewind(request, start, None)
        retries.sleep(response.raw)


def _cause(failure: RequestException) -> Exception | None:
    """urllib3's reason for a failed attempt; None where trying again makes no sense."""
    error = failure.args[0] if failure.args else None
    if isinstance(error, MaxRetryError):
        error = error.reason
    return error if isinstance(error, HTTPError) else None


def _without_retries(adapter: BaseAdapter) -> BaseAdapter:
    """``adapter`` as it is, with its state shared, but trying once."""
    kind: Any = type(adapter)
    once: BaseAdapter = object.__new__(_once(kind))
    once.__dict__ = adapter.__dict__
    return once


@lru_cache(maxsize=32)
def _once(kind: Any) -> Any:
    """A subclass of ``kind`` whose property hides the ``max_retries`` in its instances' shared state."""
    return type(kind.__name__, (kind,), {"max_retries": property(lambda _: Retry(0, read=False))})


def _position(body: Any) -> int | None:
    """Where a file stands before it is sent; None for what is no file or cannot tell."""
    try:
        return int(body.tell())
    except (AttributeError, OSError):
        return None


def _rewind(request: PreparedRequest, start: int | None, failure: RequestException | None) -> None:
    """Put the body back to where it was before it was sent.

    Raises:
        UnrewindableBodyError: it can be read only once, so sending it again would send the rest of it, or nothing.
    """
    body: Any = request.body
    if body is None or isinstance(body, (str, bytes, bytearray)):
        return
    if _seek(body, start) or (start is None and not hasattr(body, "read") and iter(body) is not body):
        return
    raise UnrewindableBodyError(
        f"the request is not tried again: its body ({type(body).__name__}) can be read only once. "
        "Pass bytes or a file that can seek, or send it without retries",
        request=request,
    ) from failure


def _seek(body: Any, start: Any) -> bool:
    """Put a file back to ``start``; False where that is not known or cannot be."""
    try:
        body.seek(start)
    except (AttributeError, OSError, TypeError):
        return False
    return True


class _Unsigned(NamedTuple):
    """What a bare auth has changed of a request, as it was before."""

    url: str
    body: Any
    content_type: Any
    #: Where requests found a file's body to begin.
    position: Any


class _FollowSigned:
    """The response hook of a bare auth: it takes back its signature and signs the hop that requests is about to make.

    requests makes the next request of a redirect from a copy of the one it sent, so that one is changed here, and the
    response gets a copy that shows what was sent.
    """

    def __init__(self, auth: OAuth1Auth, unsigned: _Unsigned) -> None:
        self._auth = auth
        self._unsigned = unsigned
        self._has_left = False

    def __call__(self, response: Response, **_: Any) -> None:
        if not response.is_redirect:
            return
        request = response.request
        response.request = request.copy()
        keeps_body = response.status_code in (307, 308)
        hop = PreparedRequest()
        hop.method, hop.url = request.method, _redirect_target(response)
        _MIXIN.rebuild_method(hop, response)
        self._take_back(request)
        self._has_left = self._has_left or not _share_origin(self._unsigned.url, hop.url)
        if not self._has_left:
            self._sign_hop(request, hop, keeps_body=keeps_body)
        body = self._unsigned.body if keeps_body else None
        self._unsigned = self._unsigned._replace(url=hop.url, body=body)

    def _take_back(self, request: PreparedRequest) -> None:
        request.headers.pop("Authorization", None)
        if request.body is not self._unsigned.body:
            _put_body(request, self._unsigned.body, self._unsigned.position)
        if self._unsigned.content_type is None:
            request.headers.pop("Content-Type", None)
        request.url = self._unsigned.url

    def _sign_hop(self, request: PreparedRequest, hop: PreparedRequest, *, keeps_body: bool) -> None:
        hop.headers = request.headers.copy()
        hop.body = request.body if keeps_body else None
        if keeps_body:
            _seek(hop.body, self._unsigned.position)  # requests does so later; the signature may cover what is read
        else:
            hop.headers.pop("Content-Type", None)
        in_body = self._auth.travels_in_body and bool(hop.body)
        signed = (self._auth if in_body else self._auth.in_header()).signed(hop)
        if signed.authorization is not None:
            request.headers["Authorization"] = signed.authorization
        else:
            _put_body(request, signed.body)


_MIXIN = SessionRedirectMixin()
#: requests before 2.34 sends a path that begins with several slashes with one of them.
_MAKES_ONE_SLASH = [int(part) for part in str(vars(requests)["__version__"]).split(".")[:2]] < [2, 34]
_LEADING_SLASHES = re.compile(r"^(\w+://[^/?#]+/)/+" if _MAKES_ONE_SLASH else "()(?!)")
#: A URL of which requests and urllib3 write every character as it stands, when they send it.
_PLAIN = r"[\w.~!$&'()*+,;=:@/?-]*+"
_SENT_AS_IT_STANDS = re.compile(f"{_PLAIN}(?:%[0-9A-F]{{2}}{_PLAIN})*+", re.ASCII)
#: Segments that urllib3 takes out of a path on its way to a proxy, and leaves there on its way to a server.
_DOTS = re.compile(r"/\.{1,2}(?:[/?#]|$)")


def _note(request: PreparedRequest, plan: _Plan) -> None:
    request.__class__ = _Planned
    cast("_Planned", request).plan = plan


def _noted(request: PreparedRequest) -> _Plan | None:
    return request.plan if isinstance(request, _Planned) else None


def _copy(request: PreparedRequest) -> PreparedRequest:
    """A copy that shares everything but its headers."""
    copied = PreparedRequest.__new__(PreparedRequest)
    copied.__dict__.update(request.__dict__)
    # Three times as fast as the mapping's own copy(), which puts every header in anew.
    copied.headers = CaseInsensitiveDict.__new__(CaseInsensitiveDict)
    copied.headers.__dict__.update({name: part.copy() for name, part in vars(request.headers).items()})
    return copied


def _take_over(request: PreparedRequest, other: PreparedRequest, name: str) -> None:
    """Give ``request`` the header of this name that ``other`` has, or none."""
    request.headers.pop(name, None)
    if name in other.headers:
        request.headers[name] = other.headers[name]


def _share_origin(url: str, target: str) -> bool:
    """Whether ``target`` has the origin of ``url``. What is no absolute URL has another."""
    try:
        return origin(url) == origin(target)
    except SigningError:
        return False


def _as_sent(url: str) -> str:
    """``url`` as urllib3 puts it on the wire, which is how requests wrote all but the targets of redirects already."""
    if _SENT_AS_IT_STANDS.fullmatch(url) and "/." not in url and not _LEADING_SLASHES.match(url):
        return url
    url = _LEADING_SLASHES.sub(r"\1", url)
    try:
        return parse_url(url).url
    except LocationParseError:
        return url


def _leave_unsigned(request: PreparedRequest) -> PreparedRequest:
    return request


def _put(request: PreparedRequest, signed: Signed) -> None:
    """Change ``request`` to what was signed."""
    if signed.authorization is not None:
        request.headers["Authorization"] = signed.authorization
        return
    request.url = signed.url
    if signed.content_type is not None:
        request.headers["Content-Type"] = signed.content_type
    if signed.body is not request.body:
        _put_body(request, signed.body)


def _put_body(request: PreparedRequest, body: Any, position: Any = None) -> None:
    request.body = body
    request.__dict__["_body_position"] = position
    request.headers.pop("Content-Length", None)
    request.prepare_content_length(body)


def _redirect_target(response: Response) -> str:
    """The URL of the next hop as requests will put it together."""
    url = str(_MIXIN.get_redirect_target(response))
    if url.startswith("//"):
        url = f"{urlparse(response.url).scheme}:{url}"
    target = urlparse(url)
    url = requote_uri(target.geturl())
    url = url if target.netloc else urljoin(response.url, url)
    return url if _DOTS.search(url) else _as_sent(url)
