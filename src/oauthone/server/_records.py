"""The immutable records that a provider stores: clients, pending authorizations and issued tokens.

Their ``repr`` hides secrets.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from oauthone.core.credentials import refuse_key_as_secret
from oauthone.core.rsa import RsaPublicKey
from oauthone.core.rsa_loading import RsaPublicMaterial
from oauthone.core.signature import SignatureMethod
from oauthone.core.verification_types import Credentials
from oauthone.errors import ConfigurationError
from oauthone.server._redirect_targets import is_http_url, is_private_scheme_uri
from oauthone.server._settings_checks import listed_methods, require_strings, settings_checked

HMAC_METHODS = ("HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512")
RSA_METHODS = ("RSA-SHA1", "RSA-SHA256", "RSA-SHA512")
_SECRET_METHODS = (*HMAC_METHODS, "PLAINTEXT")


class Client(NamedTuple):
    """A registered client.

    Attributes:
        client_id: the identifier of the client.
        client_secret: its shared secret; ``""`` for a client that has only a key.
        rsa_key: its public key; None for a client that has only a secret.
        signature_methods: the names of the methods that it may use.
        name: the name that people know it by.
        callbacks: the callbacks that it may ask for, character for character.
    """

    client_id: str
    client_secret: str = ""
    rsa_key: RsaPublicKey | None = None
    signature_methods: tuple[str, ...] = HMAC_METHODS
    name: str = ""
    callbacks: tuple[str, ...] = ()

    @classmethod
    def create(
        cls,
        client_id: str,
        client_secret: str = "",
        *,
        rsa_key: "RsaPublicKey | RsaPublicMaterial | None" = None,
        signature_methods: Iterable[str | SignatureMethod] | None = None,
        name: str = "",
        callbacks: Iterable[str] = (),
    ) -> "Client":
        """Create a client and check that its parts fit together.

        Unless you name methods, a client with a key may use the RSA methods, any other client the HMAC methods.

        Args:
            client_id: the identifier of the client.
            client_secret: its shared secret; ``""`` for a client that has only a key.
            rsa_key: its public key as an `RsaPublicKey`, PEM, DER, a certificate or a key object; None for a client
                that has only a secret.
            signature_methods: the methods that it may use, as names or `SignatureMethod` objects; None allows those
                that fit.
            name: the name that people know it by.
            callbacks: the callbacks that it may ask for, character for character. Each is an absolute http(s) URL, or
                a URI with a private scheme, which is a reversed domain name (RFC 8252 section 7.1). ``oob`` needs no
                registration.

        Raises:
            ConfigurationError: the secret is the text of a key, the key cannot be read, a method is unknown, a string
                stands in the place of a list, the client has no secret or key for one of its methods, or a browser
                cannot be sent to a callback.
            ModuleNotFoundError: a key needs ``cryptography``, which is not installed.
        """
        refuse_key_as_secret(client_secret)
        with settings_checked():
            key = rsa_key if rsa_key is None or isinstance(rsa_key, RsaPublicKey) else RsaPublicKey(rsa_key)
        fitting = RSA_METHODS if key is not None else HMAC_METHODS
        methods = listed_methods(fitting if signature_methods is None else signature_methods)
        for method in methods:
            if method.uses_rsa_key and key is None:
                raise ConfigurationError(f"client {client_id!r} may use {method.name}, but has no rsa_key")
            if not method.uses_rsa_key and not client_secret:
                raise ConfigurationError(f"client {client_id!r} may use {method.name}, but has no client_secret")
        names = tuple(method.name for method in methods)
        return cls(client_id, client_secret, key, names, name, _usable_callbacks(client_id, callbacks))

    def credentials(
        self,
        token_secret: str | None = None,
        *,
        token_problem: str | None = None,
        user: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Credentials:
        """The outcome of a store's ``find_credentials`` for this client and one of its tokens.

        Args:
            token_secret: the token's shared secret; None if the token is unknown or belongs to another client.
            token_problem: None for a valid token, otherwise a word such as ``"token_expired"``.
            user: the user whose resources the token gives access to.
            extra: what else belongs to the token, such as its scope.
        """
        return Credentials(
            self.client_secret, self.rsa_key, self.signature_methods, token_secret, token_problem, user, extra or {}
        )

    def __repr__(self) -> str:
        return f"Client(client_id={self.client_id!r}, name={self.name!r}, …)"


def require_secret_or_key(client: Client) -> None:
    """Raise if everyone could sign as ``client``. Stores check this for clients that `Client.create` did not check.

    Args:
        client: the client to register.

    Raises:
        ConfigurationError: its secret is the text of a key, its key is not an `RsaPublicKey`, a string stands in the
            place of a tuple, or it may use a method that signs with a secret, but has none.
    """
    refuse_key_as_secret(client.client_secret)
    require_strings("signature_methods", client.signature_methods)
    require_strings("callbacks", client.callbacks)
    _refuse_raw_key(client.client_id, client.rsa_key)
    for method in client.signature_methods:
        if method in _SECRET_METHODS and not client.client_secret:
            raise ConfigurationError(f"client {client.client_id!r} may use {method}, but has no client_secret")


def _refuse_raw_key(client_id: str, key: object) -> None:
    if key is not None and not isinstance(key, RsaPublicKey):
        raise ConfigurationError(f"the rsa_key of client {client_id!r} is a {type(key).__name__}: pass an RsaPublicKey")


def _usable_callbacks(client_id: str, callbacks: Iterable[str]) -> tuple[str, ...]:
    listed = require_strings("callbacks", callbacks)
    for callback in listed:
        if not (is_http_url(callback) or is_private_scheme_uri(callback)):
            raise ConfigurationError(
                f"callback {callback!r} of client {client_id!r} could never be used: register an absolute http(s) URL "
                "without user information, or one whose scheme is a reversed domain name, such as "
                "com.example.app:/back"
            )
    return listed


class PendingAuthorization(NamedTuple):
    """Temporary credentials between their request and their exchange (RFC 5849 sections 2.1 to 2.3).

    Attributes:
        token: the identifier of the temporary credentials.
        token_secret: their shared secret.
        client_id: the client that asked for them.
        callback: the URL to which the browser is sent back; None if the code is shown instead.
        expires: when they expire, in seconds since 1970.
        verifier: the verification code, once the resource owner approved.
        user: the resource owner who approved.
        extra: what they agreed to, such as ``{"scope": "read"}``. The token keeps it.
    """

    token: str
    token_secret: str
    client_id: str
    callback: str | None
    expires: float
    verifier: str | None = None
    user: str | None = None
    extra: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return f"PendingAuthorization(token={self.token!r}, client_id={self.client_id!r}, …)"


class IssuedToken(NamedTuple):
    """Token credentials that a provider issued.

    Attributes:
        token: the identifier of the token credentials.
        token_secret: their shared secret.
        client_id: the client that they were issued to.
        user: the user whose resources they give access to.
        expires: when they expire, in seconds since 1970, or None.
        extra: what else belongs to them, such as their scope. The response that issues them holds it too.
        revoked: whether requests with them are refused.
    """

    token: str
    token_secret: str
    client_id: str
    user: str | None = None
    expires: float | None = None
    extra: Mapping[str, str] = {}
    revoked: bool = False

    def problem(self, now: float) -> str | None:
        """Why the token is not valid, in the vocabulary of the Problem Reporting extension; None if it is valid.

        Args:
            now: the present time in seconds since 1970.
        """
        if self.revoked:
            return "token_revoked"
        return "token_expired" if self.expires is not None and self.expires <= now else None

    def __repr__(self) -> str:
        return f"IssuedToken(token={self.token!r}, client_id={self.client_id!r}, user={self.user!r}, …)"


def credentials_of(client: Client, issued: IssuedToken | None, now: float) -> Credentials:
    """The credentials of a client and of the token in its request. A token of another client counts as unknown.

    Args:
        client: the client that the request names.
        issued: the token that it names, or None if that is unknown.
        now: the present time in seconds since 1970.
    """
    if issued is None or issued.client_id != client.client_id:
        return client.credentials()
    return client.credentials(
        issued.token_secret, token_problem=issued.problem(now), user=issued.user, extra=issued.extra
    )
