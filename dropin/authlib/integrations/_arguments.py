"""Authlib's order of arguments and its defaults, in front of oauthone's auths and clients."""

from collections.abc import Mapping
from typing import Any

from authlib.oauth1.constants import SIGNATURE_HMAC_SHA1, SIGNATURE_TYPE_HEADER
from authlib.oauth1.keys import lenient_key


class AuthArguments:
    """Signs requests as ``auth=``.

    Args:
        client_id: the client's identifier.
        client_secret: its shared secret.
        token: the identifier of token credentials.
        token_secret: their shared secret.
        redirect_uri: sent as ``oauth_callback`` with every request that this object signs.
        rsa_key: the private key for RSA methods.
        verifier: sent as ``oauth_verifier`` with every request that this object signs.
        signature_method: a constant, or a `SignatureMethod` object.
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
        signature_method: Any = SIGNATURE_HMAC_SHA1,
        signature_type: str = SIGNATURE_TYPE_HEADER,
        realm: str | None = None,
        force_include_body: bool = False,
    ) -> None:
        super().__init__(
            client_id,
            client_secret,
            token=token,
            token_secret=token_secret,
            redirect_uri=redirect_uri,
            rsa_key=lenient_key(rsa_key),
            verifier=verifier,
            signature_method=signature_method,
            signature_type=signature_type,
            realm=realm,
            force_include_body=force_include_body,
        )


class ClientArguments:
    """Walks the flow and signs every request.

    Args:
        client_id: the client's identifier.
        client_secret: its shared secret.
        token: the identifier of temporary or token credentials.
        token_secret: their shared secret.
        redirect_uri: the callback; without one no ``oauth_callback`` is sent.
        rsa_key: the private key for RSA methods.
        verifier: the verification code, where it is known already.
        signature_method: a constant, or a `SignatureMethod` object.
        signature_type: where the parameters travel.
        force_include_body: add ``oauth_body_hash`` for a body that is not a form.
        realm: the realm of the Authorization header.
        options: keyword arguments of the oauthone client that is behind this one.
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
        signature_method: Any = SIGNATURE_HMAC_SHA1,
        signature_type: str = SIGNATURE_TYPE_HEADER,
        force_include_body: bool = False,
        realm: str | None = None,
        **options: Any,
    ) -> None:
        if not client_id:
            raise ValueError('Missing "client_id"')
        super().__init__(
            client_id,
            client_secret,
            token=token,
            token_secret=token_secret,
            redirect_uri=redirect_uri or "",
            rsa_key=lenient_key(rsa_key),
            verifier=verifier,
            signature_method=signature_method,
            signature_type=signature_type,
            force_include_body=force_include_body,
            realm=realm,
            **{"require_callback_confirmed": False, **options},
        )

    @property
    def redirect_uri(self) -> str | None:
        """The callback, or None."""
        return self._dance.redirect_uri or None

    @redirect_uri.setter
    def redirect_uri(self, redirect_uri: str | None) -> None:
        self._dance.redirect_uri = redirect_uri or ""

    @property
    def token(self) -> dict[str, Any]:
        """The newest pending temporary credentials, or else what is held, as a dict whose values may be None."""
        held = self._dance.newest_pending or self._dance.token or {}
        return {"oauth_token": None, "oauth_token_secret": None, "oauth_verifier": None, **held}

    @token.setter
    def token(self, token: Mapping[str, Any] | None) -> None:
        before = self._dance.auth
        held = token or {"oauth_token": None}
        self._dance.token = None if held.get("oauth_token", "") is None else held
        self._dance.verifier = held.get("oauth_verifier")
        if self.auth is before:
            self.auth = self._dance.auth
