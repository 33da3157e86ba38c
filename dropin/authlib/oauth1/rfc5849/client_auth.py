"""`ClientAuth` signs a request that is passed in parts."""

import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from authlib.common.encoding import to_native
from authlib.oauth1.constants import (
    SIGNATURE_HMAC_SHA1,
    SIGNATURE_PLAINTEXT,
    SIGNATURE_RSA_SHA1,
    SIGNATURE_TYPE_BODY,
    SIGNATURE_TYPE_HEADER,
    SIGNATURE_TYPE_QUERY,
)
from authlib.oauth1.rfc5849.parameters import copy_headers, encode, prepare_headers, prepare_request_uri_query
from authlib.oauth1.rfc5849.signature import (
    generate_signature_base_string,
    sign_hmac_sha1,
    sign_plaintext,
    sign_rsa_sha1,
)
from authlib.oauth1.rfc5849.wrapper import OAuth1Request, is_unlabelled_form
from oauthone import SignatureMethod
from oauthone.compat._rsa_keys import lenient_key
from oauthone.core.body import FORM, body_digest, is_empty, is_form
from oauthone.core.parameters import append_to_form
from oauthone.core.signature import get_signature_method
from oauthone.core.signing import random_nonce
from oauthone.core.signing_options import content_type_and_host, form_to_extend
from oauthone.errors import SigningError

CONTENT_TYPE_FORM_URLENCODED = FORM
CONTENT_TYPE_MULTI_PART = "multipart/form-data"

Parts = tuple[str, Any, Any]

_BUILT_IN: Mapping[str, Callable[[Any, Any], Any]] = {
    SIGNATURE_HMAC_SHA1: sign_hmac_sha1,
    SIGNATURE_RSA_SHA1: sign_rsa_sha1,
    SIGNATURE_PLAINTEXT: sign_plaintext,
}


def generate_nonce() -> str:
    """Return a new nonce. A test may replace this function."""
    return random_nonce()


def generate_timestamp() -> str:
    """Return the seconds since 1970. A test may replace this function."""
    return str(int(time.time()))


class ClientAuth:
    """Credentials and options as attributes that may be changed between signatures.

    A class that derives from this one may override each method; `prepare` calls `sign`, which calls the others.

    Args:
        client_id: the client's identifier.
        client_secret: its shared secret.
        token: the identifier of temporary or token credentials.
        token_secret: their shared secret.
        redirect_uri: sent as ``oauth_callback`` while it is set.
        rsa_key: the private key for RSA methods.
        verifier: sent as ``oauth_verifier`` while it is set.
        signature_method: a constant, the name of a method that was registered, or a `SignatureMethod` object.
        signature_type: where the parameters travel.
        realm: the realm of the Authorization header.
        force_include_body: add ``oauth_body_hash`` for a body that is not a form.
    """

    #: The signing functions by the name of their signature method, shared by all classes.
    SIGNATURE_METHODS: ClassVar[dict[str, Callable[[Any, Any], Any]]] = dict(_BUILT_IN)

    # Values, so that they hide the properties of a class for an HTTP library.
    client_id: Any = None
    realm: Any = None
    _parsed_key: tuple[Any, Any] = (None, None)

    @classmethod
    def register_signature_method(cls, name: str, sign: Callable[[Any, Any], Any]) -> None:
        """Register ``sign(client, request)`` as the signature method ``name`` for all clients and auths."""
        cls.SIGNATURE_METHODS[name] = sign

    @classmethod
    def registered_function(cls, name: Any) -> Callable[[Any, Any], Any] | None:
        """Return the function that a program registered under ``name``; None for a method that is built in."""
        found = None if isinstance(name, SignatureMethod) else cls.SIGNATURE_METHODS.get(name)
        return None if found is _BUILT_IN.get(name) else found

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
        realm: Any = None,
        force_include_body: bool = False,
    ) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.token = token
        self.token_secret = token_secret
        self.redirect_uri = redirect_uri
        self.signature_method = signature_method
        self.signature_type = signature_type
        self.rsa_key = rsa_key
        self.verifier = verifier
        self.realm = realm
        self.force_include_body = force_include_body

    def get_oauth_params(self, nonce: str, timestamp: str) -> list[tuple[str, Any]]:
        """Return the protocol parameters that are signed, except the body hash."""
        method = self.signature_method
        optional = (
            ("oauth_token", self.token),
            ("oauth_callback", self.redirect_uri),
            ("oauth_verifier", self.verifier),
        )
        return [
            ("oauth_nonce", nonce),
            ("oauth_timestamp", timestamp),
            ("oauth_version", "1.0"),
            ("oauth_signature_method", method.name if isinstance(method, SignatureMethod) else method),
            ("oauth_consumer_key", self.client_id),
            *((name, value) for name, value in optional if value),
        ]

    def get_oauth_signature(self, method: str, uri: str, headers: Mapping[str, Any] | None, body: Any) -> str:
        """Return the signature of a request that has the protocol parameters already.

        Raises:
            ValueError: the signature method is unknown, or it cannot sign with these credentials.
        """
        request = OAuth1Request(method, uri, body=body, headers=headers)
        registered = self.registered_function(self.signature_method)
        if registered is not None:
            return str(to_native(registered(self, request)))
        return self._built_in_method().signing_function(
            self.client_secret or "", self.token_secret or "", self._parse_key()
        )(generate_signature_base_string(request))

    def sign(self, method: str, uri: str, headers: Mapping[str, Any] | None, body: Any) -> Parts:
        """Sign a request, with a body hash for a non-empty body that is not a form.

        Returns:
            The URI, the headers and the body to send; a body of None becomes ``b""``.

        Raises:
            ValueError: the request cannot be signed.
        """
        body = b"" if body is None else body
        oauth_params = self.get_oauth_params(generate_nonce(), str(generate_timestamp()))
        if not is_empty(body) and not is_form(_content_type(headers)):
            oauth_params.append(("oauth_body_hash", body_digest(self._hash_name(), body)))
        rendered = self._render(uri, headers, body, oauth_params)
        signature = self.get_oauth_signature(method, *rendered)
        return self._render(uri, headers, body, [*oauth_params, ("oauth_signature", signature)])

    def prepare(self, method: str, uri: str, headers: Mapping[str, Any] | None, body: Any) -> Parts:
        """Sign a request; ``force_include_body`` decides whether a body hash is added.

        Returns:
            The URI, the headers and the body to send; a body of None becomes ``b""``.

        Raises:
            ValueError: the request cannot be signed.
        """
        content_type = _content_type(headers)
        if is_unlabelled_form(content_type, body):
            labelled = copy_headers(headers)
            labelled["Content-Type"] = content_type = FORM
            headers = labelled
        if is_form(content_type) or self.signature_type == SIGNATURE_TYPE_BODY or self.force_include_body:
            return self.sign(method, uri, headers, body)
        uri, headers, _ = self.sign(method, uri, headers, b"")
        return uri, headers, b"" if body is None else body

    def _render(self, uri: str, headers: Mapping[str, Any] | None, body: Any, oauth_params: Any) -> Parts:
        """Return the parts of a request with the protocol parameters where ``signature_type`` puts them."""
        match self.signature_type:
            case "HEADER":
                return uri, prepare_headers(oauth_params, headers, self.realm), body
            case "BODY":
                form = form_to_extend(_content_type(headers), body)
                text = append_to_form(form, encode(oauth_params))
                changed = copy_headers(headers)
                if _content_type(headers) is None:
                    changed["Content-Type"] = FORM
                return uri, changed, text if isinstance(body, str) and text.isascii() else text.encode("latin-1")
            case "QUERY":
                return prepare_request_uri_query(oauth_params, uri), copy_headers(headers), body
            case unknown:
                raise SigningError(f"signature_type is {unknown!r}: use 'HEADER', 'QUERY' or 'BODY'")

    def _built_in_method(self) -> SignatureMethod:
        try:
            method = get_signature_method(self.signature_method)
        except SigningError as unknown:
            raise SigningError(f"{unknown}, or register it with register_signature_method()") from None
        if method.name == SIGNATURE_PLAINTEXT and self.signature_type == SIGNATURE_TYPE_QUERY:
            raise SigningError("PLAINTEXT in a query would put the secrets into URLs: use signature_type='HEADER'")
        return method

    def _hash_name(self) -> str:
        """The hash of the signature method; a function that was registered is taken to use SHA-1."""
        is_ours = self.registered_function(self.signature_method) is None
        return self._built_in_method().hash_name if is_ours else "sha1"

    def _parse_key(self) -> Any:
        """Return the key, parsed again only if ``rsa_key`` was changed: that takes longer than a signature."""
        if not self._built_in_method().uses_rsa_key:
            return None
        material, key = self._parsed_key
        if material is None or material != self.rsa_key:
            key = lenient_key(self.rsa_key)
            self._parsed_key = self.rsa_key, key
        return key

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.client_id!r}>"


def _content_type(headers: Mapping[str, Any] | None) -> str | None:
    return None if headers is None else content_type_and_host(headers.items())[0]
