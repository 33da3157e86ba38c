"""`OAuth1Session` signs and runs the three-legged flow, with the methods and the errors of requests-oauthlib."""

from collections.abc import Iterable
from copy import copy
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlparse, urlunparse

from oauthone.clients._diagnosis import DiagnosisMethods, explain_by
from oauthone.compat._given_credentials import given_credentials
from oauthone.compat.requests_oauthlib._constants import (
    SIGNATURE_HMAC,
    SIGNATURE_RSA,
    SIGNATURE_TYPE_AUTH_HEADER,
)
from oauthone.compat.requests_oauthlib._errors import TokenMissing, TokenRequestDenied, VerifierMissing, masked
from oauthone.compat.requests_oauthlib._forms import read_fields, urldecode
from oauthone.compat.requests_oauthlib._signers import require_confidential
from oauthone.compat.requests_oauthlib.oauth1_auth import OAuth1
from oauthone.errors import missing_library

try:
    import requests
except ModuleNotFoundError as missing:
    raise missing_library(missing.name or "requests", "requests") from missing

__all__ = [
    "SIGNATURE_HMAC",
    "SIGNATURE_RSA",
    "SIGNATURE_TYPE_AUTH_HEADER",
    "OAuth1",
    "OAuth1Session",
    "TokenMissing",
    "TokenRequestDenied",
    "VerifierMissing",
    "urldecode",
]


class OAuth1Session(DiagnosisMethods, requests.Session):
    """A ``requests.Session`` that signs every request, and obtains tokens in the three-legged flow.

    Args:
        client_key: the client's identifier, as text or bytes; so are the other values.
        client_secret: the client's shared secret.
        resource_owner_key: the identifier of temporary or token credentials.
        resource_owner_secret: their shared secret.
        callback_uri: the callback of `fetch_request_token`.
        signature_method: as for `OAuth1`; so are the arguments that follow.
        signature_type: where the parameters travel.
        rsa_key: the private key for RSA methods.
        verifier: the verification code of `fetch_access_token`.
        client_class: makes ``auth.client``.
        force_include_body: add ``oauth_body_hash`` for a body with a Content-Type that is not a form.
        kwargs: further arguments of `OAuth1`, such as ``decoding`` and ``realm``.
    """

    __attrs__: list[str] = [*requests.Session.__attrs__, "_client"]  # noqa: RUF012 (requests declares it so)

    def __init__(
        self,
        client_key: Any,
        client_secret: Any = None,
        resource_owner_key: Any = None,
        resource_owner_secret: Any = None,
        callback_uri: Any = None,
        signature_method: Any = SIGNATURE_HMAC,
        signature_type: Any = SIGNATURE_TYPE_AUTH_HEADER,
        rsa_key: Any = None,
        verifier: Any = None,
        client_class: Any = None,
        force_include_body: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        self._client = OAuth1(
            client_key,
            client_secret=client_secret,
            resource_owner_key=resource_owner_key,
            resource_owner_secret=resource_owner_secret,
            callback_uri=callback_uri,
            signature_method=signature_method,
            signature_type=signature_type,
            rsa_key=rsa_key,
            verifier=verifier,
            client_class=client_class,
            force_include_body=force_include_body,
            **kwargs,
        )
        self.auth = self._client

    @property
    def token(self) -> dict[str, Any]:
        """The held token as a dict, without what is missing. Set it to a dict that a leg returned earlier."""
        client = self._client.client
        held = {
            "oauth_token": client.resource_owner_key,
            "oauth_token_secret": client.resource_owner_secret,
            "oauth_verifier": getattr(client, "verifier", None),
        }
        return {name: value for name, value in held.items() if value}

    @token.setter
    def token(self, value: Any) -> None:
        self._populate_attributes(value)

    @property
    def authorized(self) -> bool:
        """Whether the session holds all credentials; with an RSA method the secrets are not needed."""
        client = self._client.client
        needed = [client.resource_owner_key]
        if not str(client.signature_method).startswith("RSA"):
            needed += [client.client_secret, client.resource_owner_secret]
        return all(needed)

    def authorization_url(self, url: str, request_token: Any = None, **kwargs: Any) -> str:
        """Return the URL that the resource owner has to visit.

        Args:
            url: the provider's authorization endpoint.
            request_token: the identifier of the temporary credentials; by default those that the session holds.
            kwargs: further parameters of the query.
        """
        kwargs["oauth_token"] = request_token or self._client.client.resource_owner_key
        parts = urlparse(url)
        query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *kwargs.items()])
        return urlunparse(parts._replace(query=query))

    def fetch_request_token(self, url: str, realm: Iterable[str] | None = None, **request_kwargs: Any) -> Any:
        """Get temporary credentials. The callback and the realm are dropped afterwards.

        Args:
            url: the provider's temporary credential request endpoint.
            realm: the realms to ask for.
            request_kwargs: options of the request.

        Returns:
            The fields of the provider's response, as a dict.

        Raises:
            ValueError: the provider refused, or its response has no token.
        """
        client = self._client.client
        client.realm = " ".join(realm) if realm else None
        token = self._fetch_token(url, **request_kwargs)
        client.callback_uri = None
        client.realm = None
        return token

    def fetch_access_token(self, url: str, verifier: Any = None, **request_kwargs: Any) -> Any:
        """Exchange the temporary credentials for token credentials. The verifier is dropped afterwards.

        Args:
            url: the provider's token request endpoint.
            verifier: the verification code, if the session does not hold it.
            request_kwargs: options of the request.

        Returns:
            The fields of the provider's response, as a dict.

        Raises:
            VerifierMissing: there is no verification code.
            ValueError: the provider refused, or its response has no token.
        """
        client = self._client.client
        if verifier:
            client.verifier = verifier
        if not getattr(client, "verifier", None):
            raise VerifierMissing("No client verifier has been set.")
        token = self._fetch_token(url, **request_kwargs)
        client.verifier = None
        return token

    def parse_authorization_response(self, url: str) -> dict[str, Any]:
        """Read the callback, and hold the token and the verifier that it brings.

        Args:
            url: the URL to which the provider sent the browser back.

        Returns:
            All parameters of its query.

        Raises:
            TokenMissing: it has no ``oauth_token``.
        """
        token = dict(parse_qsl(urlparse(url).query, keep_blank_values=True))
        self._populate_attributes(token)
        self.token = token
        return token

    def _populate_attributes(self, token: Any) -> None:
        client = self._client.client
        if "oauth_token" not in token:
            shown = masked(str(token), client)
            raise TokenMissing(f"Response does not contain a token: {shown}", token)
        client.resource_owner_key = token["oauth_token"]
        if "oauth_token_secret" in token:
            client.resource_owner_secret = token["oauth_token_secret"]
        if "oauth_verifier" in token:
            client.verifier = token["oauth_verifier"]

    def _fetch_token(self, url: str, **request_kwargs: Any) -> Any:
        """Send a leg with `post`, and hold the token of its response."""
        read = (str(url, "utf-8") if isinstance(url, bytes) else str(url)).lstrip()  # As requests reads it.
        if urlparse(read).scheme == "http":  # A class that derives from this one may take relative URLs.
            require_confidential(read, "a request for credentials")
        response: Any = self.post(url, **request_kwargs)
        if response.status_code >= 400:
            shown = masked(response.text, self._client.client)
            message = f"Token request failed with code {response.status_code}, response was '{shown}'."
            denied = TokenRequestDenied(message, response)
            explain_by(self._explanations(response), denied)
            raise denied
        token = read_fields(response.text.strip())
        if token is None:
            raise ValueError(
                "Unable to decode token from token response. This is commonly caused by an unsuccessful request where "
                "a non urlencoded error message is returned."
            )
        self._populate_attributes(token)
        self.token = token
        return token

    def _explanations(self, response: Any) -> list[Any]:
        """Return how a refusal is explained; nothing for a response that a test has made, which may lack anything."""
        if getattr(response, "request", None) is None:
            return []
        try:
            return [self._explanation(response)]
        except AttributeError:
            return []

    def _given_credentials(self) -> dict[str, Any]:
        """Return what this session signs with now, as arguments of `oauthone.diagnosis.diagnose`."""
        client = self._client.client
        names = ("client_key", "client_secret", "resource_owner_key", "resource_owner_secret", "rsa_key")
        return given_credentials(*[getattr(client, name, None) for name in names])

    def __getstate__(self) -> Any:
        """The state for a copy or pickle, with a client of its own: later changes to one do not reach the other."""
        state: Any = super().__getstate__()
        auth = copy(self._client)
        return {**state, "_client": auth, "auth": auth if self.auth is self._client else self.auth}
