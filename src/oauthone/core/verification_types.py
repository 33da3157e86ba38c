"""The effects of verification, the credentials that a store returns, and the result: `Verified`."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from oauthone.core.parameters import Placement
from oauthone.core.rsa import RsaPublicKey


class FindCredentials(NamedTuple):
    """An effect: find the credentials of this client and this token; None if the request has no token."""

    client_id: str
    token: str | None


class UseNonce(NamedTuple):
    """An effect: mark this nonce as used. The outcome is True only if it was new for client, token and timestamp."""

    client_id: str
    token: str | None
    timestamp: int
    nonce: str


class Credentials(NamedTuple):
    """The outcome of `FindCredentials`: the secrets of the client, and of the token if the request has one.

    Attributes:
        client_secret: the client's shared secret, for HMAC and PLAINTEXT.
        rsa_key: the client's public key, for RSA.
        signature_methods: the names of the methods that this client may use. A client with a public key is verified
            with HMAC only if they include it.
        token_secret: the token's shared secret; None if the token is unknown or was issued to another client.
        token_problem: None for a valid token, else a problem such as ``"token_expired"`` or ``"token_revoked"``.
        user: the resource owner who approved the token.
        extra: further data of the token, such as its scope.
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
    """A request with a valid signature.

    Attributes:
        client_id: the client that signed the request.
        token: the token that it signed with, or None.
        user: the resource owner to whom the token belongs.
        parameters: the protocol parameters except the signature, decoded.
        realm: the realm of the Authorization header, or None.
        placement: where the request carried the parameters.
        credentials: the credentials that the store returned.
        covers_body: whether the signature covers the body, as a form or by ``oauth_body_hash``. A body that it does not
            cover, such as a multipart form, can be changed in transit; ``body_hash="required"`` rejects such requests.
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


#: A number of so many digits counts milliseconds since 1970: in seconds it would be the year 5138 or later.
_MILLISECONDS_DIGITS = 12


def other_time(timestamp: str, ahead: float, window: int) -> str:
    """Return why a timestamp that differs from the clock is refused, for the operator."""
    if len(timestamp) >= _MILLISECONDS_DIGITS:
        return "oauth_timestamp counts milliseconds since 1970 instead of seconds"
    where = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} this server's clock"
    return f"oauth_timestamp is {where}, more than {window} s: the client's clock is wrong, or the request is old"
