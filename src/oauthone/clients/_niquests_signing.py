# pyright: strict
"""How requests of niquests are signed: `OAuth1Auth`, and the classes of niquests that the shared modules need."""

from copy import copy
from typing import Any, cast

import niquests
from niquests.auth import AuthBase
from niquests.exceptions import ConnectionError, ReadTimeout, RequestException, RetryError, UnrewindableBodyError
from niquests.models import PreparedRequest
from niquests.packages import urllib3
from niquests.utils import requote_uri

from oauthone.clients._redirect_rule import without_added
from oauthone.clients._requests_redirects import RedirectRules, RedirectSigningAuth, SignedNextRequest, SignedRequest
from oauthone.clients._requests_retries import AsyncSigningAdapter, LibraryErrors, SigningAdapter
from oauthone.clients._requests_signing import PreparedWithContext, SigningContext

#: The urllib3 that niquests found, whose types no checker can know.
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
            value = without_added(value, hook.added)
        object.__setattr__(self, name, value)


def _make_plain(request: Any) -> None:
    request.__class__ = PreparedRequest


class _SignedNextRequest(SignedNextRequest, PreparedRequest):
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
    """Signs as the ``auth=`` of a plain call or session of niquests, sync or async.

    It signs a request when it is prepared. On a redirect it signs the next request, in the header, or in the body if
    that is sent again, as long as each request has the origin of the first; a request to another origin carries no
    credentials. niquests calls no auth for a retry by ``urllib3.Retry``, or for a prepared request that is sent again:
    those repeat the signature. The redirects of a multiplexed session stay unsigned. `OAuth1Session` and
    `AsyncOAuth1Session` sign all of these anew.

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
        _RedirectMethods(),
        requote_uri,
        _wire_url,
        UnrewindableBodyError,
    )


class _PreparedWithContext(PreparedWithContext, PreparedRequest):
    """A prepared request that has a context."""


class NiquestsContext(SigningContext):
    """How one prepared request is signed."""

    __slots__ = ()
    prepared = _PreparedWithContext
    wire_url = staticmethod(_wire_url)


class NiquestsAdapter(SigningAdapter):
    """Wraps the adapter that is mounted in a session."""

    retry, errors = _URLLIB3.util.Retry, _ERRORS

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return _with_connection(request, super().send(request, *args, **kwargs))


class AsyncNiquestsAdapter(AsyncSigningAdapter):
    """Wraps the adapter that is mounted in an async session."""

    retry, errors = _URLLIB3.util.Retry, _ERRORS

    async def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return _with_connection(request, await super().send(request, *args, **kwargs))


def _with_connection(request: PreparedRequest, response: Any) -> Any:
    """Copy to the response's request what niquests wrote about the connection into ``request``.

    They differ if the request was signed again for another attempt.
    """
    signed, sent = response.request, cast("Any", request)
    if signed is not sent:
        signed.conn_info = copy(sent.conn_info)
        signed.ocsp_verified = sent.ocsp_verified
        signed.upload_progress = sent.upload_progress
    return response
