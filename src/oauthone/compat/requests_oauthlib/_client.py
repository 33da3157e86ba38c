"""`Client`: what ``auth.client`` is, with the attributes of oauthlib's client, which may be set and deleted."""

from collections.abc import Mapping
from typing import Any

from oauthone.compat.requests_oauthlib._constants import SIGNATURE_HMAC_SHA1, SIGNATURE_TYPE_AUTH_HEADER
from oauthone.compat.requests_oauthlib._signers import SignerCache
from oauthone.core.body import is_form
from oauthone.core.signing_options import content_type_and_host
from oauthone.errors import SigningError

_HIDDEN = ("client_secret", "resource_owner_secret", "rsa_key", "verifier")


class Client:
    """The credentials and options of an auth. They are read at each signature.

    Args:
        client_key: the client's identifier, as text or bytes; so are the other values.
        client_secret: its shared secret.
        resource_owner_key: the identifier of temporary or token credentials.
        resource_owner_secret: their shared secret.
        callback_uri: sent as ``oauth_callback``.
        signature_method: the name of a signature method.
        signature_type: ``"AUTH_HEADER"``, ``"QUERY"`` or ``"BODY"``.
        rsa_key: the private key for RSA methods.
        verifier: sent as ``oauth_verifier``.
        realm: the realm of the ``Authorization`` header.
        encoding: the encoding of values that are bytes.
        decoding: the encoding of the headers and the body that are sent as bytes; None sends text.
        nonce: a nonce to use instead of new ones.
        timestamp: a timestamp to use instead of the clock's.

    Raises:
        SigningError: a value that is bytes is not in that encoding.
    """

    def __init__(
        self,
        client_key: Any,
        client_secret: Any = None,
        resource_owner_key: Any = None,
        resource_owner_secret: Any = None,
        callback_uri: Any = None,
        signature_method: Any = SIGNATURE_HMAC_SHA1,
        signature_type: Any = SIGNATURE_TYPE_AUTH_HEADER,
        rsa_key: Any = None,
        verifier: Any = None,
        realm: Any = None,
        encoding: Any = "utf-8",
        decoding: Any = None,
        nonce: Any = None,
        timestamp: Any = None,
    ) -> None:
        def text(value: Any) -> Any:
            try:
                return value.decode(encoding) if encoding and isinstance(value, bytes) else value
            except UnicodeDecodeError:  # Its repr shows the value, which may be a secret.
                raise SigningError(f"a value is not {encoding}: pass text, or another encoding") from None

        self.client_key = text(client_key)
        self.client_secret = text(client_secret)
        self.resource_owner_key = text(resource_owner_key)
        self.resource_owner_secret = text(resource_owner_secret)
        self.signature_method = text(signature_method)
        self.signature_type = text(signature_type)
        self.callback_uri = text(callback_uri)
        self.rsa_key = rsa_key
        self.verifier = text(verifier)
        self.realm = text(realm)
        self.encoding = text(encoding)
        self.decoding = text(decoding)
        self.nonce = text(nonce)
        self.timestamp = text(timestamp)

    def sign(
        self,
        uri: str,
        http_method: str = "GET",
        body: Any = None,
        headers: Mapping[str, Any] | None = None,
        realm: str | None = None,
    ) -> tuple[Any, dict[Any, Any], Any]:
        """Sign a request, for code that does so without an auth.

        Args:
            uri: the absolute URL.
            http_method: the request method.
            body: the body, if it is a form.
            headers: the headers.
            realm: a realm instead of the client's.

        Returns:
            The URL, the headers and the body of the signed request; they are bytes if ``decoding`` is set.

        Raises:
            SigningError: the request cannot be signed.
        """
        given = {**(headers or {})}
        content_type, host = content_type_and_host(given.items())
        form = body if is_form(content_type) else None
        signed = SignerCache().sign(self, http_method, uri, content_type, host, form, realm=realm)
        if signed.authorization is not None:
            given["Authorization"] = signed.authorization
        if signed.content_type is not None:
            given["Content-Type"] = signed.content_type
        new_body = body if form is None and signed.body is None else signed.body
        if not self.decoding:
            return signed.url, given, new_body
        octets = {self._octets(name): self._octets(value) for name, value in given.items()}
        return self._octets(signed.url), octets, self._octets(new_body)

    def _octets(self, value: Any) -> Any:
        return value.encode(self.decoding) if isinstance(value, str) and value else value

    def __repr__(self) -> str:
        shown = {name: "****" if value and name in _HIDDEN else value for name, value in vars(self).items()}
        return f"<{type(self).__name__} {', '.join(f'{name}={value}' for name, value in shown.items())}>"
