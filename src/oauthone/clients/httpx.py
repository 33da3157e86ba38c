"""OAuth 1.0 for httpx: `OAuth1Client` and `AsyncOAuth1Client` sign and obtain tokens, `OAuth1Auth` signs anywhere.

The clients follow redirects themselves and sign every hop anew, from the unsigned request, while the origin stays the
same. ``response.request`` is the signed copy that went out.
"""

from typing import Any, ClassVar, cast

from oauthone.clients._httpx_clients import AsyncClientMixin, SyncClientMixin
from oauthone.clients._httpx_sending import SigningTransportMethods
from oauthone.clients._httpx_signing import OAuth1Auth
from oauthone.errors import OAuthError, missing_library

try:
    import httpx
except ModuleNotFoundError as missing:
    raise missing_library(missing.name or "httpx", "httpx") from missing

__all__ = ["AsyncOAuth1Client", "OAuth1Auth", "OAuth1Client", "OAuthError", "SigningTransport"]


class OAuth1Client(SyncClientMixin, httpx.Client):
    """An ``httpx.Client`` that obtains tokens in the three-legged flow and signs every request it sends.

    Each redirect hop to the same origin is signed anew; hops to another origin carry no credentials. For one request,
    ``auth=`` takes another auth, or None to send it unsigned.

    Args:
        client_id: the client's identifier.
        client_secret: the client's shared secret.
        token: token credentials, or temporary ones whose flow began in another client: their identifier, or a dict.
        token_secret: their shared secret.
        redirect_uri: the callback; None sends ``oob``, ``""`` sends no ``oauth_callback``.
        verifier: the verification code for `fetch_access_token`, if it is known already.
        signature_method: a name such as ``"HMAC-SHA256"``, or a `SignatureMethod` object.
        signature_type: where the parameters travel: ``"HEADER"``, ``"QUERY"`` or ``"BODY"``.
        realm: the realm of the ``Authorization`` header; None leaves it out, ``""`` sends it empty.
        rsa_key: the private key for RSA methods, in any form that `RsaKey` takes.
        body_hash: ``"auto"`` adds ``oauth_body_hash`` for a non-empty body that is not a form, ``"always"`` also for an
            empty one. The whole body is then read before it is sent.
        force_include_body: True is the same as ``body_hash="auto"``.
        version: the value of ``oauth_version``; None leaves it out.
        clock: returns the seconds since 1970.
        nonce: returns a nonce.
        provider: the provider's name or its facts, in place of endpoints and options: see the page on providers.
        require_verifier: False exchanges temporary credentials without a verification code.
        require_callback_confirmed: False accepts providers from before OAuth 1.0a.
        allow_insecure_transport: allow the legs and PLAINTEXT over http.
        options: everything that ``httpx.Client`` takes.

    Raises:
        SigningError: an option has a value that cannot be used.
        TypeError: an option does not exist.
    """

    _library: ClassVar[Any] = httpx

    def send(
        self,
        request: httpx.Request,
        *,
        stream: bool = False,
        auth: Any = httpx.USE_CLIENT_DEFAULT,
        follow_redirects: Any = httpx.USE_CLIENT_DEFAULT,
    ) -> httpx.Response:
        """Sign and send a request, also one that was sent before; the arguments are those of ``httpx.Client.send``."""
        return cast("httpx.Response", self._send(super().send, request, stream, auth, follow_redirects))


class AsyncOAuth1Client(AsyncClientMixin, httpx.AsyncClient):
    """An ``httpx.AsyncClient`` that obtains tokens in the three-legged flow and signs every request it sends.

    It is the asynchronous `OAuth1Client`: it takes the same arguments, and all that ``httpx.AsyncClient`` takes.
    It runs on asyncio and on trio.

    Raises:
        SigningError: an option has a value that cannot be used.
        TypeError: an option does not exist.
    """

    _library: ClassVar[Any] = httpx

    async def send(
        self,
        request: httpx.Request,
        *,
        stream: bool = False,
        auth: Any = httpx.USE_CLIENT_DEFAULT,
        follow_redirects: Any = httpx.USE_CLIENT_DEFAULT,
    ) -> httpx.Response:
        """Sign and send a request, also one that was sent before; the arguments are those of ``AsyncClient.send``."""
        return cast("httpx.Response", await self._send(super().send, request, stream, auth, follow_redirects))


class SigningTransport(SigningTransportMethods, httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Signs each attempt under a transport that retries, so that no nonce is sent twice.

    A request signed by `OAuth1Client`, `AsyncOAuth1Client` or an `OAuth1Auth` is signed anew by the same auth. Any
    other request is signed by ``auth``, unless it has an ``Authorization`` header or goes to another origin.

    Args:
        inner: the transport that sends, such as ``httpx.HTTPTransport()`` or ``httpx.AsyncHTTPTransport()``.
        auth: signs the requests that are not signed yet.
        origins: one URL or several: only requests to their origins are signed. None stands for the origin of the first
            request, since a transport cannot tell a redirect hop from another request.

    Raises:
        SigningError: ``origins`` holds a string that is not an absolute URL.
    """

    _library: ClassVar[Any] = httpx
