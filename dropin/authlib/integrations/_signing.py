"""What the auths and the clients for each HTTP library add to `ClientAuth` and `OAuth1Client`."""

from collections.abc import Mapping
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Self

from authlib.oauth1.client import LEG, OAuth1Client, is_insecure_transport_allowed, leg, raise_oauth_error
from authlib.oauth1.constants import (
    SIGNATURE_HMAC_SHA1,
    SIGNATURE_PLAINTEXT,
    SIGNATURE_TYPE_BODY,
    SIGNATURE_TYPE_HEADER,
)
from authlib.oauth1.rfc5849.client_auth import ClientAuth
from oauthone import SignatureMethod
from oauthone.clients._auth import SigningAuth
from oauthone.clients._diagnosis import Explanation, explain_by, keep
from oauthone.compat._given_credentials import given_credentials
from oauthone.core.body import is_form
from oauthone.core.flow import Leg, Reply
from oauthone.core.signed import Signed
from oauthone.core.urls import require_confidential
from oauthone.errors import TokenResponseError


class LibraryAuth(ClientAuth, SigningAuth):  # type: ignore[misc]  # the sign() of ClientAuth takes and returns parts
    __doc__ = ClientAuth.__doc__

    #: Every attribute may be assigned.
    read_only: ClassVar[frozenset[str]] = frozenset()
    #: Whether a client holds this auth: only a leg of it carries its callback or its verifier.
    is_held = False
    #: Whether PLAINTEXT, a callback and a verifier may be sent over http.
    allow_insecure_transport = False

    @property
    def signer(self) -> Any:
        """The object that has the credentials: this one."""
        return self

    @property
    def travels_in_body(self) -> bool:  # type: ignore[override]  # it follows signature_type
        """Whether the parameters travel in the body."""
        return bool(self.signature_type == SIGNATURE_TYPE_BODY)

    def covers(self, content_type: str | None) -> bool:
        """Return whether the signature covers a body of this type, which must then be read before it is sent."""
        return self.force_include_body or is_form(content_type)

    def in_header(self) -> Self:
        """Return this auth with the parameters in the header, for a redirect that dropped the body that held them."""
        copied = copy(self)
        copied.signature_type = SIGNATURE_TYPE_HEADER
        return copied

    def for_leg_now(self) -> Self:
        """Return this auth for the request that is being sent, which may be a leg of the client that holds it."""
        if not self.is_held:
            return self
        copied = copy(self)
        copied.is_held = False
        carried = LEG.get()
        if carried == "redirect_uri":  # Temporary credentials are requested with those of the client alone.
            copied.token = copied.token_secret = None
        for name in ("redirect_uri", "verifier"):
            if carried != name:
                setattr(copied, name, None)
        return copied

    def sign_request_parts(self, method: str, url: str, headers: Any, body: Any) -> tuple[Signed, Mapping[str, Any]]:
        """Sign by `prepare`; returns what the signature changes, and the headers of the signed request.

        Raises:
            ValueError: the request cannot be signed.
            InsecureTransportError: PLAINTEXT, a callback or a verifier over http.
        """
        auth = self.for_leg_now()
        auth._require_confidential(url)
        new_url, new_headers, new_body = auth.prepare(method, url, headers, body)
        given, now = _lower(headers), _lower(new_headers)
        content_type = now.get("content-type")
        signed = Signed(
            new_url,
            new_body or body,
            now.get("authorization") if now.get("authorization") != given.get("authorization") else None,
            content_type if content_type != given.get("content-type") else None,
            *("", "", ""),
            added_to_query(url, new_url),
        )
        return signed, new_headers

    def _require_confidential(self, url: str) -> None:
        method = self.signature_method
        name = method.name if isinstance(method, SignatureMethod) else method
        secret = "the secrets of PLAINTEXT" if name == SIGNATURE_PLAINTEXT else "a request for credentials"
        if not url.startswith("https://") and (name == SIGNATURE_PLAINTEXT or self.redirect_uri or self.verifier):
            allowed = self.allow_insecure_transport or is_insecure_transport_allowed()
            require_confidential(url, secret, allow_insecure_transport=allowed)


class LibraryClient(OAuth1Client):
    """Obtains tokens and signs every request. The client is its own session.

    Args:
        client_id: the client's identifier; `OAuth1Client` documents the arguments that follow.
        client_secret: its shared secret.
        token: the identifier of temporary or token credentials.
        token_secret: their shared secret.
        redirect_uri: the callback.
        rsa_key: the private key for RSA methods.
        verifier: the verification code, if it is known already.
        signature_method: the signature method.
        signature_type: where the parameters travel.
        force_include_body: add ``oauth_body_hash`` for a body that is not a form.
        realm: the realm of the Authorization header.
        require_verifier: False exchanges temporary credentials without a verification code.
        allow_insecure_transport: allow the legs and PLAINTEXT over http.
        options: settings of the HTTP library's client.
    """

    handle_error = staticmethod(raise_oauth_error)

    def __init__(
        self,
        client_id: Any,
        client_secret: Any = None,
        token: Any = None,
        token_secret: Any = None,
        redirect_uri: Any = None,
        rsa_key: Any = None,
        verifier: Any = None,
        signature_method: Any = SIGNATURE_HMAC_SHA1,
        signature_type: Any = SIGNATURE_TYPE_HEADER,
        force_include_body: bool = False,
        realm: Any = None,
        *,
        require_verifier: bool = True,
        allow_insecure_transport: bool = False,
        **options: Any,
    ) -> None:
        self._init_library(options)
        super().__init__(
            self,
            client_id,
            client_secret,
            token,
            token_secret,
            redirect_uri,
            rsa_key,
            verifier,
            signature_method,
            signature_type,
            force_include_body,
            realm,
            require_verifier=require_verifier,
            allow_insecure_transport=allow_insecure_transport,
        )
        if isinstance(self.auth, LibraryAuth):
            self.auth.is_held, self.auth.allow_insecure_transport = True, allow_insecure_transport

    def _start_leg(self, url: str, method: str, options: dict[str, Any]) -> tuple[Any, Leg]:
        """Return the auth for a leg, and the leg. The leg reads the whole response and follows no redirect."""
        for name in ("stream", "allow_redirects", "follow_redirects"):
            options.pop(name, None)
        endpoint = self._endpoint(url)
        self._require_confidential(endpoint)
        auth = self.auth
        if isinstance(auth, LibraryAuth):
            auth = copy(auth.for_leg_now())
            auth.is_for_leg = True
        return auth, Leg(method, endpoint)

    def _finish_leg(self, auth: Any, reply: Reply) -> Any:
        """Hold the token of the response, and return the fields of the response; an error can explain itself."""
        replied: list[Explanation] = []
        try:
            return self._read_token(keep(replied, partial(_credentials, auth), reply))
        except TokenResponseError as refused:
            explain_by(replied, refused)
            raise

    def _read_token(self, reply: Reply) -> Any:
        if type(self).parse_response_token is OAuth1Client.parse_response_token:
            text = reply.body.decode("utf-8", "surrogateescape")
            token = self.parse_response_token(reply.status, text, reply.headers)
        else:
            token = self.parse_response_token(reply.status, reply.body.decode("utf-8", "replace"))
        self.token = token
        return token

    def _given_credentials(self) -> Mapping[str, Any]:
        """Return what this client signs with now, as arguments of `oauthone.diagnosis.diagnose`."""
        return _credentials(self.auth)

    if TYPE_CHECKING:  # The class for each library brings these.

        def _init_library(self, options: dict[str, Any]) -> None: ...
        def _endpoint(self, url: str) -> str: ...
        def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Any: ...


class SyncClient(LibraryClient):
    """The legs of a synchronous client."""

    def _fetch_token(self, url: str, method: str = "POST", **options: Any) -> Any:
        auth, leg = self._start_leg(url, method, options)
        return self._finish_leg(auth, self._send_leg(auth, leg, options))


class AsyncClient(LibraryClient):
    """The legs of an asynchronous client."""

    async def fetch_request_token(self, url: str, **options: Any) -> Any:
        """See `OAuth1Client.fetch_request_token`; awaited."""
        with leg("redirect_uri"):
            return await self._fetch_token(url, **options)

    async def fetch_access_token(self, url: str, verifier: Any = None, **options: Any) -> Any:
        """See `OAuth1Client.fetch_access_token`; awaited."""
        self._start_exchange(verifier, options)
        del verifier  # A traceback may show the variables of this frame.
        with leg("verifier"):
            token = await self._fetch_token(url, **options)
        self.auth.verifier = None
        return token

    async def _fetch_token(self, url: str, method: str = "POST", **options: Any) -> Any:
        auth, leg = self._start_leg(url, method, options)
        return self._finish_leg(auth, await self._send_leg(auth, leg, options))


def _credentials(auth: Any) -> dict[str, Any]:
    return given_credentials(auth.client_id, auth.client_secret, auth.token, auth.token_secret, auth.rsa_key)


def added_to_query(before: str, after: str) -> tuple[str, ...]:
    r"""Return the protocol parameters that only the second URL has, as encoded ``"name\0value"`` strings."""
    old = _segments(before)
    new = [segment for segment in _segments(after) if segment.startswith("oauth_") and segment not in old]
    return tuple([segment.replace("=", "\0", 1) for segment in new])


def _segments(url: str) -> list[str]:
    return url.partition("#")[0].partition("?")[2].split("&")


def _lower(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in headers.items()}
