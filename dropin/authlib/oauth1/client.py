"""`OAuth1Client`: the three-legged flow over a session of any HTTP library, such as a class of a program's own."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, NoReturn

from authlib.oauth1.constants import SIGNATURE_HMAC_SHA1, SIGNATURE_TYPE_HEADER
from authlib.oauth1.rfc5849.client_auth import ClientAuth
from oauthone.core.encoding import constant_time_equal, decode_for_display, encoded_pairs, to_wire_string
from oauthone.core.flow import authorization_url, callback_parameters, parse_callback, raise_if_denied
from oauthone.core.known_secrets import KnownSecrets
from oauthone.core.response_fields import CONFIRMED, SECRET, TOKEN, read_body
from oauthone.core.token_response import read_token_response
from oauthone.core.urls import require_confidential, split_query
from oauthone.errors import CallbackError, FlowError, TokenResponseError

#: The variable with which Authlib allows plain http.
_INSECURE = "AUTHLIB_INSECURE_TRANSPORT"
#: The options of a request that may hold a user's name and password instead of a verification code (xAuth).
_CONTENT = frozenset(("content", "data", "json", "params"))

#: The attribute of the auth that only the leg which is being sent carries: ``redirect_uri`` or ``verifier``.
LEG: ContextVar[str | None] = ContextVar("LEG", default=None)


class UnusableResponse(TokenResponseError, ValueError):
    """A successful response without credentials, such as a page. Programs expect a `ValueError`."""


def is_insecure_transport_allowed() -> bool:
    """Return whether Authlib's environment variable allows plain http."""
    return bool(os.environ.get(_INSECURE))


@contextmanager
def leg(carries: str) -> Iterator[None]:
    """Send a leg, which carries this attribute of the auth."""
    before = LEG.set(carries)
    try:
        yield
    finally:
        LEG.reset(before)


class OAuth1Client:
    """Obtains tokens, and holds the credentials in ``auth``, which signs.

    Args:
        session: sends the legs with its method ``post``.
        client_id: the client's identifier.
        client_secret: its shared secret.
        token: the identifier of temporary or token credentials.
        token_secret: their shared secret.
        redirect_uri: the callback; without one no ``oauth_callback`` is sent.
        rsa_key: the private key for RSA methods.
        verifier: the verification code, if it is known already.
        signature_method: a constant, the name of a method that was registered, or a `SignatureMethod` object.
        signature_type: where the parameters travel.
        force_include_body: add ``oauth_body_hash`` for a body that is not a form.
        realm: the realm of the Authorization header.
        require_verifier: False exchanges temporary credentials without a verification code.
        allow_insecure_transport: allow the legs over http.

    Raises:
        ValueError: there is no client identifier.
    """

    #: The class of ``auth``.
    auth_class: ClassVar[Any] = ClientAuth

    def __init__(
        self,
        session: Any,
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
    ) -> None:
        if not client_id:
            raise ValueError('Missing "client_id"')
        self.session = session
        self.auth: Any = self.auth_class(
            client_id,
            client_secret=client_secret,
            token=token,
            token_secret=token_secret,
            redirect_uri=redirect_uri,
            rsa_key=rsa_key,
            verifier=verifier,
            signature_method=signature_method,
            signature_type=signature_type,
            realm=realm,
            force_include_body=force_include_body,
        )
        self._require_verifier = require_verifier
        self._allow_insecure_transport = allow_insecure_transport

    @property
    def redirect_uri(self) -> Any:
        """The callback, or None."""
        return self.auth.redirect_uri

    @redirect_uri.setter
    def redirect_uri(self, redirect_uri: Any) -> None:
        self.auth.redirect_uri = redirect_uri

    @property
    def token(self) -> dict[str, Any]:
        """The credentials that sign: ``oauth_token``, ``oauth_token_secret`` and ``oauth_verifier``, None without.

        Set it to a dict with ``oauth_token``, or to None. A secret or verifier that the dict lacks stays as it was.
        """
        auth = self.auth
        return {TOKEN: auth.token, SECRET: auth.token_secret, "oauth_verifier": auth.verifier}

    @token.setter
    def token(self, token: Mapping[str, Any] | None) -> None:
        if token is None:
            token = {TOKEN: None, SECRET: None, "oauth_verifier": None}
        if TOKEN not in token:
            self.handle_error("missing_token", "oauth_token is missing: a token is a dict with oauth_token, or None")
        self.auth.token = token[TOKEN]
        self.auth.token_secret = token.get(SECRET, self.auth.token_secret)
        self.auth.verifier = token.get("oauth_verifier", self.auth.verifier)

    def create_authorization_url(self, url: str, request_token: Any = None, **parameters: Any) -> str:
        """Return the URL that the resource owner has to visit, with the callback if there is one.

        Args:
            url: the provider's authorization endpoint.
            request_token: the identifier of the temporary credentials, or their dict; by default the held ones.
            parameters: further query parameters.
        """
        token = request_token.get(TOKEN) if isinstance(request_token, Mapping) else request_token
        token = token or self.auth.token
        if token is None:
            self.handle_error("missing_request_token", "call fetch_request_token() first, or pass request_token")
        callback = {"oauth_callback": self.auth.redirect_uri} if self.auth.redirect_uri else {}
        return authorization_url(url, str(token), {**callback, **parameters})

    def fetch_request_token(self, url: str, **options: Any) -> Any:
        """Get temporary credentials; returns the fields of the provider's response.

        Args:
            url: the provider's temporary credential request endpoint.
            options: options of the HTTP library for the request.

        Raises:
            OAuthError: the provider refused, or its response has no token.
            ValueError: the response holds no credentials.
        """
        with leg("redirect_uri"):
            return self._fetch_token(url, **options)

    def fetch_access_token(self, url: str, verifier: Any = None, **options: Any) -> Any:
        """Exchange the held temporary credentials; returns the fields of the provider's response.

        Args:
            url: the provider's token request endpoint.
            verifier: the verification code, if the client does not hold it.
            options: options of the HTTP library for the request; also ``request_token``, the dict of other temporary
                credentials to exchange.

        Raises:
            OAuthError: there is no verification code, the provider refused, or its response has no token.
            ValueError: the response holds no credentials.
        """
        self._start_exchange(verifier, options)
        del verifier  # A traceback may show the variables of this frame.
        with leg("verifier"):
            token = self._fetch_token(url, **options)
        self.auth.verifier = None
        return token

    def parse_authorization_response(self, url: str) -> dict[str, str]:
        """Read the callback, and hold its token and its verifier; returns all parameters of its query.

        Args:
            url: the URL that the browser came back to, its query, or a bare code.

        Raises:
            AccessDenied: the resource owner refused.
            OAuthError: the callback has no token, or another one than the client holds.
        """
        found = callback_parameters(url)
        raise_if_denied(found)
        held, received = self.auth.token, found.get(TOKEN)
        if held is None and received is None:
            raise CallbackError("missing_token", "the callback has no oauth_token")
        if held is not None and received is not None and not constant_time_equal(str(held), received):
            raise CallbackError(
                "token_mismatch",
                "the callback's oauth_token is not the one that this client holds: it belongs to another authorization",
            )
        result = parse_callback(url, str(received if held is None else held))
        self.auth.token, self.auth.verifier = result.token, result.verifier or self.auth.verifier
        others = [pair.split("\0") for pair in encoded_pairs(to_wire_string(split_query(url)[1]))]
        return {decode_for_display(name): decode_for_display(value) for name, value in others} or {
            TOKEN: result.token,
            "oauth_verifier": result.verifier or "",
        }

    def parse_response_token(
        self, status_code: int, text: str, headers: Sequence[tuple[str, str]] = ()
    ) -> dict[str, Any]:
        """Return the fields of a provider's response; a secret may be missing.

        Raises:
            OAuthError: the provider refused, or the response has no token.
            ValueError: the response holds no credentials.
        """
        body = text.encode("utf-8", "surrogateescape")
        secrets = KnownSecrets([value for value in self._secrets() if isinstance(value, str)])
        try:
            found = read_token_response(status_code, headers, body, secrets)
        except TokenResponseError as refused:
            if refused.error != "missing_token_secret":
                raise self._refusal(refused) from None
            fields = dict(read_body(body)[1])
            token = {**fields, TOKEN: str(fields[TOKEN])}
        else:
            token = {TOKEN: found.token, SECRET: found.token_secret, **found.extra}
        if str(token.get(CONFIRMED, "true")).lower() != "true":
            raise UnusableResponse(
                "callback_not_confirmed",
                "the provider answered another oauth_callback_confirmed than true, so it may send the resource owner "
                "to any address (RFC 5849 section 2.1)",
                status=status_code,
            )
        return token

    @staticmethod
    def handle_error(error_type: str, error_description: str) -> NoReturn:
        """Raise an error; the classes for each HTTP library raise an ``OAuthError``."""
        raise ValueError(f"{error_type}: {error_description}")

    def _fetch_token(self, url: str, **options: Any) -> Any:
        """Send a leg and hold the token of its response."""
        if "://" in str(url):  # A session of a program's own may take relative URLs.
            self._require_confidential(url)
        response = self.session.post(url, auth=self.auth, **options)
        self.token = token = self.parse_response_token(response.status_code, response.text)
        return token

    def _start_exchange(self, verifier: Any, options: dict[str, Any]) -> None:
        """Hold the credentials that are exchanged; raise if there is no verification code, unless xAuth needs none."""
        request_token = options.pop("request_token", None)
        if request_token is not None:
            self.token = request_token if isinstance(request_token, Mapping) else {TOKEN: request_token}
        self.auth.verifier = verifier or self.auth.verifier
        if not self.auth.verifier and self._require_verifier and _CONTENT.isdisjoint(options):
            self.handle_error("missing_verifier", 'Missing "verifier" value')

    def _require_confidential(self, url: str) -> None:
        allowed = self._allow_insecure_transport or is_insecure_transport_allowed()
        require_confidential(str(url), "a request for credentials", allow_insecure_transport=allowed)

    def _secrets(self) -> tuple[Any, ...]:
        return self.auth.client_secret, self.auth.token_secret, self.auth.verifier

    def _refusal(self, refused: TokenResponseError) -> FlowError:
        """Return the error for a response without credentials, with Authlib's word and class for it."""
        error, description = refused.error, refused.description
        is_denied = refused.status >= 400
        if is_denied:
            error = "fetch_token_denied"
            description = f"Token request failed with code {refused.status}: {description}"
        if type(self).handle_error not in _OWN_HANDLERS:
            self.handle_error(error, description)
        raises_oauth_error = type(self).handle_error is raise_oauth_error
        kind = TokenResponseError if is_denied and raises_oauth_error else UnusableResponse
        return kind(
            error,
            description,
            status=refused.status,
            problem=refused.problem,
            advice=refused.advice,
            body=refused.body,
        )


#: The functions that `OAuth1Client` and the classes for each library have as ``handle_error``.
_OWN_HANDLERS: list[Any] = [OAuth1Client.handle_error]


def raise_oauth_error(error_type: str, error_description: str) -> NoReturn:
    """Raise an ``OAuthError``."""
    raise FlowError(error_type, error_description)


_OWN_HANDLERS.append(raise_oauth_error)
