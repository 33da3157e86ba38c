"""What a provider remembers: clients, pending authorizations and issued tokens. Immutable; ``repr`` hides secrets."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from oauthone.core.rsa import RsaPublicKey
from oauthone.core.rsa_loading import RsaPublicMaterial
from oauthone.core.signature import SignatureMethod
from oauthone.core.verification import refuse_key_as_secret
from oauthone.core.verified import Credentials
from oauthone.errors import ConfigurationError
from oauthone.server._redirect_targets import is_http_url, is_private_scheme_uri
from oauthone.server._validation import listed_methods, require_strings, settings_checked

HMAC_METHODS = ("HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512")
RSA_METHODS = ("RSA-SHA1", "RSA-SHA256", "RSA-SHA512")
_SECRET_METHODS = (*HMAC_METHODS, "PLAINTEXT")


class Client(NamedTuple):
    """A registered client.

    Attributes:
        client_id: its identifier.
        client_secret: its shared secret; ``""`` for a client with a key.
        rsa_key: its public key; None for a client with a secret.
        signature_methods: the names it may use.
        name: what people know it as.
        callbacks: the callbacks it may ask for, character for character.
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
        """A client whose parts fit together. A key means RSA methods, a secret HMAC ones, unless others are named.

        Args:
            client_id: its identifier.
            client_secret: its shared secret; ``""`` for a client with a key.
            rsa_key: its public key, also as PEM, DER, certificate or key object; None for a client with a secret.
            signature_methods: the methods it may use, as names or objects of your own; None takes all that fit.
            name: what people know it as.
            callbacks: the callbacks it may ask for, character for character: absolute http(s) URLs, or URIs of a
                private scheme, which is a reversed domain name (RFC 8252 section 7.1). ``oob`` needs no registration.

        Raises:
            ConfigurationError: the secret is the text of a key, the key cannot be read, a method is unknown, a string
                stands in the place of a list, the client has no secret or key for one of its methods, or a callback is
                one that no browser is sent to.
            ModuleNotFoundError: ``cryptography``, which a key needs, is not installed.
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
        places = require_strings("callbacks", callbacks)
        for place in places:
            if not (is_http_url(place) or is_private_scheme_uri(place)):
                raise ConfigurationError(
                    f"callback {place!r} of client {client_id!r} could never be used: register an absolute http(s) URL "
                    "without user information, or one whose scheme is a reversed domain name, such as "
                    "com.example.app:/back"
                )
        return cls(client_id, client_secret, key, names, name, places)

    def credentials(
        self,
        token_secret: str | None = None,
        *,
        token_problem: str | None = None,
        user: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Credentials:
        """A store's answer about this client and one of its tokens."""
        return Credentials(
            self.client_secret, self.rsa_key, self.signature_methods, token_secret, token_problem, user, extra or {}
        )

    def __repr__(self) -> str:
        return f"Client(client_id={self.client_id!r}, name={self.name!r}, …)"


def require_secret_or_key(client: Client) -> None:
    """Raise where everyone could sign as ``client``, however it was made: a store takes no such client.

    Args:
        client: who is about to be registered.

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
        raise ConfigurationError(f"the rsa_key of client {client_id!r} is a {type(key).__name__}, no RsaPublicKey")


class PendingAuthorization(NamedTuple):
    """Temporary credentials on their way from request to exchange (RFC 5849 sections 2.1 to 2.3).

    Attributes:
        token: the identifier.
        token_secret: the shared secret.
        client_id: the client that asked for them.
        callback: where the browser goes back to; None where the code is shown instead.
        expires: seconds since 1970.
        verifier: the verification code, once the resource owner agreed.
        user: who agreed.
        extra: what they agreed to, such as ``{"scope": "read"}``: the token carries it.
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
        token: the identifier.
        token_secret: the shared secret.
        client_id: the client that it was issued to.
        user: whose resources it opens.
        expires: seconds since 1970, or None.
        extra: what else belongs to it, such as its scope; also sent in the answer that issues it.
        revoked: no request with it passes any more.
    """

    token: str
    token_secret: str
    client_id: str
    user: str | None = None
    expires: float | None = None
    extra: Mapping[str, str] = {}
    revoked: bool = False

    def problem(self, now: float) -> str | None:
        """Why it is no longer good, in the vocabulary of the Problem Reporting extension, or None."""
        if self.revoked:
            return "token_revoked"
        return "token_expired" if self.expires is not None and self.expires <= now else None

    def __repr__(self) -> str:
        return f"IssuedToken(token={self.token!r}, client_id={self.client_id!r}, user={self.user!r}, …)"


def credentials_of(client: Client, issued: IssuedToken | None, now: float) -> Credentials:
    """A store's answer about a client and the token that a request names; one issued to another client is unknown."""
    if issued is None or issued.client_id != client.client_id:
        return client.credentials()
    return client.credentials(
        issued.token_secret, token_problem=issued.problem(now), user=issued.user, extra=issued.extra
    )
