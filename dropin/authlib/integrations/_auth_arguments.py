"""Authlib's order of arguments and its defaults for the auths of oauthone."""

from typing import Any

from authlib.integrations._attributes import SigningAttributes
from authlib.oauth1.constants import SIGNATURE_HMAC_SHA1, SIGNATURE_TYPE_HEADER
from authlib.oauth1.rfc5849.signature import method_and_key
from oauthone import SignatureMethod, SignatureType, Signer
from oauthone.clients._auth import SigningAuth


class AuthArguments(SigningAttributes, SigningAuth):
    """Signs requests as ``auth=``. Each argument is an attribute that may be changed.

    Args:
        client_id: the client's identifier.
        client_secret: its shared secret.
        token: the identifier of token credentials.
        token_secret: their shared secret.
        redirect_uri: sent as ``oauth_callback`` with every request.
        rsa_key: the private key for RSA methods.
        verifier: sent as ``oauth_verifier`` with every request.
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
        method, key = method_and_key(signature_method, rsa_key)
        super().__init__(
            client_id,
            client_secret,
            token=token,
            token_secret=token_secret,
            redirect_uri=redirect_uri,
            rsa_key=key,
            verifier=verifier,
            signature_method=method,
            signature_type=signature_type,
            realm=realm,
            force_include_body=force_include_body,
        )

    @property
    def token(self) -> Any:
        """The identifier of the token credentials, or None."""
        return self._options()["token"]

    @token.setter
    def token(self, token: Any) -> None:
        self._change(token=token)

    @property
    def token_secret(self) -> Any:
        """Their shared secret, or None."""
        return self._options()["token_secret"] or None

    @token_secret.setter
    def token_secret(self, token_secret: Any) -> None:
        self._change(token_secret=token_secret)

    @property
    def redirect_uri(self) -> Any:
        """The value of ``oauth_callback``, or None."""
        return self._callback

    @redirect_uri.setter
    def redirect_uri(self, redirect_uri: Any) -> None:
        self._callback = redirect_uri or None
        self._change()

    @property
    def verifier(self) -> Any:
        """The value of ``oauth_verifier``, or None."""
        return self._verifier

    @verifier.setter
    def verifier(self, verifier: Any) -> None:
        self._verifier = verifier or None
        self._change()

    def _signer_now(self) -> Signer:
        return self._signer

    def _change(self, **options: Any) -> None:
        self._use(self._signer.replace(**options) if options else self._signer)
