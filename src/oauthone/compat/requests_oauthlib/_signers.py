"""Signs for a client whose attributes may change at any time. The signer is made again when one of them has changed."""

import logging
import os
from typing import Any

from oauthone.clients._signing_log import LOG, log_signature
from oauthone.compat._rsa_keys import lenient_key
from oauthone.compat.requests_oauthlib._constants import (
    SIGNATURE_PLAINTEXT,
    SIGNATURE_TYPE_AUTH_HEADER,
    SIGNATURE_TYPE_BODY,
    SIGNATURE_TYPE_QUERY,
)
from oauthone.compat.requests_oauthlib._errors import with_names_of_oauthlib
from oauthone.compat.requests_oauthlib._oauthlib import new_nonce, nonce_of, signature_method_of, timestamp_of
from oauthone.compat.requests_oauthlib._parameter_order import in_oauthlib_order
from oauthone.core.parameters import Placement
from oauthone.core.rsa import RsaKey
from oauthone.core.signed import Signed
from oauthone.core.signing import Signer
from oauthone.core.urls import is_confidential, origin
from oauthone.errors import InsecureTransportError, SigningError

_PLACEMENTS = {
    SIGNATURE_TYPE_AUTH_HEADER: Placement.HEADER,
    SIGNATURE_TYPE_QUERY: Placement.QUERY,
    SIGNATURE_TYPE_BODY: Placement.BODY,
}
_SIGNER_ATTRIBUTES = (
    "client_key",
    "client_secret",
    "resource_owner_key",
    "resource_owner_secret",
    "signature_method",
    "signature_type",
    "rsa_key",
    "realm",
)
#: The variable with which oauthlib allows plain http.
_INSECURE = "OAUTHLIB_INSECURE_TRANSPORT"


class SignerCache:
    """Signs with the attributes of a client, and keeps the signer that was made of them last."""

    def __init__(self) -> None:
        # Threads may share an auth, so attributes and signer are stored at once.
        self._made: tuple[tuple[Any, ...], Signer] | None = None
        self._parsed_key: tuple[Any, RsaKey | None] = (None, None)

    def sign(
        self,
        client: Any,
        method: str,
        url: str,
        content_type: str | None,
        host: str | None,
        body: Any,
        *,
        realm: str | None = None,
        body_hash: str | None = None,
    ) -> Signed:
        """Sign a request; the arguments are those of `Signer.sign_parts`.

        Args:
            client: has the attributes of oauthlib's client.
            method: the request method.
            url: the final absolute URL.
            content_type: the value of the ``Content-Type`` header, or None.
            host: the value of the ``Host`` header, or None.
            body: the body, which is read if it is a form.
            realm: a realm instead of the client's.
            body_hash: the value of ``oauth_body_hash``; None omits it.

        Raises:
            SigningError: the request cannot be signed with these attributes.
            InsecureTransportError: PLAINTEXT, a callback or a verifier over http.
        """
        try:
            signer = self._signer_for(client)
            callback = getattr(client, "callback_uri", None) or None
            verifier = getattr(client, "verifier", None) or None
            if not url.startswith("https://"):
                _refuse_plain_http(url, signer, is_leg=callback is not None or verifier is not None)
            if signer.placement is Placement.BODY and method.upper() in ("GET", "HEAD"):
                raise SigningError(
                    f"a {method} request has no form for the parameters: pass signature_type='AUTH_HEADER'"
                )
            signed = signer.sign_parts(
                method,
                url,
                content_type,
                host,
                body,
                callback=callback,
                verifier=verifier,
                realm=realm or ...,
                extra=() if body_hash is None else (("oauth_body_hash", body_hash),),
                nonce=nonce_of(client),
                timestamp=timestamp_of(client),
            )
        except SigningError as error:
            error.args = (with_names_of_oauthlib(str(error)),)
            raise
        if LOG.level and LOG.isEnabledFor(logging.DEBUG):
            log_signature(signer, signed)
        return in_oauthlib_order(signed)

    def _signer_for(self, client: Any) -> Signer:
        attributes = tuple([getattr(client, name, None) for name in _SIGNER_ATTRIBUTES])
        made = self._made
        if made is None or made[0] != attributes:
            made = self._made = attributes, self._make(client, *attributes)
        return made[1]

    def _make(self, client: Any, *attributes: Any) -> Signer:
        """Make a signer of the values of `_SIGNER_ATTRIBUTES`."""
        client_key, client_secret, token, token_secret, method, signature_type, rsa_key, realm = attributes
        return Signer(
            client_key,
            client_secret or None,
            token=token or None,
            token_secret=token_secret or None,
            signature_method=signature_method_of(client),
            signature_type=placement_of(signature_type),
            realm=realm or None,
            rsa_key=self._parse(rsa_key) if str(method).startswith("RSA") else None,
            nonce=new_nonce,
        )

    def _parse(self, material: Any) -> RsaKey | None:
        """Parse an RSA key once, which takes longer than a signature."""
        parsed = self._parsed_key
        if parsed[0] != material:
            parsed = self._parsed_key = material, lenient_key(material)
        return parsed[1]

    def __copy__(self) -> "SignerCache":
        copied = SignerCache()
        copied.__dict__.update(self.__dict__)
        return copied

    def __repr__(self) -> str:
        return f"<SignerCache {self._made and self._made[1]!r}>"


def placement_of(signature_type: Any) -> Placement:
    """Return where the parameters travel.

    Args:
        signature_type: a constant of oauthlib, in any case.

    Raises:
        SigningError: it is another value.
    """
    placement = _PLACEMENTS.get(signature_type.upper()) if isinstance(signature_type, str) else None
    if placement is None:
        raise SigningError(f"signature_type is {signature_type!r}: use 'AUTH_HEADER', 'QUERY' or 'BODY'")
    return placement


def _refuse_plain_http(url: str, signer: Signer, *, is_leg: bool) -> None:
    if signer.signature_method.name == SIGNATURE_PLAINTEXT:
        require_confidential(url, "the secrets of PLAINTEXT")
    elif is_leg:
        require_confidential(url, "a request for credentials")


def require_confidential(url: str, what: str) -> None:
    """Raise if ``what`` would be sent over plain http to another machine, unless oauthlib's variable allows it.

    Args:
        url: the URL to which it would be sent.
        what: what would be sent, for the error.

    Raises:
        InsecureTransportError: ``url`` is plain http, and not a loopback address.
    """
    if not is_confidential(url) and not os.environ.get(_INSECURE):
        raise InsecureTransportError(
            f"{what} would be sent unencrypted to {origin(url)}: use https, or set the environment variable "
            f"{_INSECURE}=1 if you trust the network"
        )
