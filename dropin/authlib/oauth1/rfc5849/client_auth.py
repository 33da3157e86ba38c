"""`ClientAuth` signs a request that is passed in parts."""

from collections.abc import Mapping
from typing import Any

from authlib.oauth1.constants import SIGNATURE_HMAC_SHA1, SIGNATURE_TYPE_HEADER
from authlib.oauth1.rfc5849.signature import SignatureMethods, method_and_key
from oauthone import SignatureMethod, SignatureType, Signer

_SIGNER_OPTIONS = ("client_secret", "token", "token_secret", "signature_type", "realm")


class ClientAuth(SignatureMethods):
    """Credentials and options as attributes that may be changed between signatures.

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

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        token: str | None = None,
        token_secret: str | None = None,
        redirect_uri: str | None = None,
        rsa_key: Any = None,
        verifier: str | None = None,
        signature_method: str | SignatureMethod = SIGNATURE_HMAC_SHA1,
        signature_type: SignatureType = SIGNATURE_TYPE_HEADER,
        realm: str | None = None,
        force_include_body: bool = False,
    ) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.token = token
        self.token_secret = token_secret
        self.redirect_uri = redirect_uri
        self.rsa_key = rsa_key
        self.verifier = verifier
        self.signature_method = signature_method
        self.signature_type = signature_type
        self.realm = realm
        self.force_include_body = force_include_body
        self._parsed: tuple[Any, Any, Any, Any] = (None, None, None, None)
        self._method_and_key()

    def _method_and_key(self) -> tuple[Any, Any]:
        """Return the method and key for the signer, parsed again only if one of the attributes was changed."""
        if (self.signature_method, self.rsa_key) != self._parsed[:2]:
            made = method_and_key(self.signature_method, self.rsa_key)
            self._parsed = (self.signature_method, self.rsa_key, *made)
        return self._parsed[2:]

    def prepare(
        self, method: str, uri: str, headers: Mapping[str, str] | None, body: Any
    ) -> tuple[str, dict[str, str], Any]:
        """Sign a request; ``force_include_body`` decides whether a body hash is added.

        Returns:
            The URI, the headers and the body to send; a body of None becomes ``b""``.

        Raises:
            SigningError: the request cannot be signed.
        """
        return self._signed(method, uri, headers, body, "auto" if self.force_include_body else "never")

    def sign(
        self, method: str, uri: str, headers: Mapping[str, str] | None, body: Any
    ) -> tuple[str, dict[str, str], Any]:
        """Sign a request, with a body hash for a non-empty body that is not a form.

        Returns:
            The URI, the headers and the body to send; a body of None becomes ``b""``.

        Raises:
            SigningError: the request cannot be signed.
        """
        return self._signed(method, uri, headers, body, "auto")

    def _signed(
        self, method: str, uri: str, headers: Mapping[str, str] | None, body: Any, body_hash: Any
    ) -> tuple[str, dict[str, str], Any]:
        options = {name: getattr(self, name) for name in _SIGNER_OPTIONS}
        signature_method, key = self._method_and_key()
        signer = Signer(self.client_id, signature_method=signature_method, rsa_key=key, body_hash=body_hash, **options)
        changed = dict(headers or {})
        signed = signer.sign(
            method, uri, changed, body, callback=self.redirect_uri or None, verifier=self.verifier or None
        )
        if signed.authorization is not None:
            changed["Authorization"] = signed.authorization
        if signed.content_type is not None:
            changed["Content-Type"] = signed.content_type
        return signed.url, changed, b"" if signed.body is None else signed.body

    def __repr__(self) -> str:
        return f"<ClientAuth {self.client_id!r}>"
