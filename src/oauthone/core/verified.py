"""What verification asks a store, and what it hands to the application: `Verified`."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from oauthone.core.parameters import Placement
from oauthone.core.rsa import RsaPublicKey


class FindCredentials(NamedTuple):
    """Which secrets belong to this client and this token (None: the request names none)?"""

    client_id: str
    token: str | None


class UseNonce(NamedTuple):
    """Is this nonce new for this client, token and timestamp? From now on it is used."""

    client_id: str
    token: str | None
    timestamp: int
    nonce: str


class Credentials(NamedTuple):
    """A store's answer to `FindCredentials`: the client, and the token where the request names one.

    Attributes:
        client_secret: the client's shared secret, for HMAC and PLAINTEXT.
        rsa_key: the client's public key, for RSA.
        signature_methods: the names that this client may use. A client with a public key is never checked with HMAC
            unless they say so.
        token_secret: the token's shared secret; None where the token is unknown or was issued to another client.
        token_problem: None for a live token, else a word such as ``"token_expired"`` or ``"token_revoked"``.
        user: whose resources the token opens.
        extra: what else is known of the token, such as its scope.
    """

    client_secret: str = ""
    rsa_key: RsaPublicKey | None = None
    signature_methods: Collection[str] = ("HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512")
    token_secret: str | None = None
    token_problem: str | None = None
    user: str | None = None
    extra: Mapping[str, Any] = {}

    def __repr__(self) -> str:
        return f"Credentials(signature_methods={tuple(self.signature_methods)!r}, user={self.user!r}, …)"


class Verified(NamedTuple):
    """A request whose signature holds.

    Attributes:
        client_id: the client that signed.
        token: the token it signed with, or None.
        user: whose token that is, as the store says.
        parameters: the protocol parameters apart from the signature, decoded.
        realm: the realm of the Authorization header, or None.
        placement: where the parameters stood.
        credentials: what the store answered.
        covers_body: whether the signature covers the body: as a form, or by ``oauth_body_hash``. Anybody on the way
            can change a body that it does not cover, such as a multipart form; ``body_hash="required"`` refuses these.
    """

    client_id: str
    token: str | None
    user: str | None
    parameters: Mapping[str, str]
    realm: str | None
    placement: Placement
    credentials: Credentials
    covers_body: bool = False

    def __repr__(self) -> str:
        return f"Verified(client_id={self.client_id!r}, token={self.token!r}, user={self.user!r}, …)"
