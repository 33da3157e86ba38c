"""The clients and tokens of a box: one client for each signature method."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from functools import lru_cache
from typing import Any, NamedTuple

from oauthone.core.rsa import RsaPublicKey
from oauthone.core.signature import SIGNATURE_METHODS
from oauthone.errors import missing_library
from oauthone.server import Client


class BoxToken(NamedTuple):
    """Token credentials that a box issued without a flow."""

    token: str
    token_secret: str

    def __repr__(self) -> str:
        return f"BoxToken(token={self.token!r}, …)"


class BoxClient(NamedTuple):
    """A client of a box, with its credentials."""

    client_id: str
    client_secret: str
    signature_method: str
    #: The private key as PEM, for RSA methods; else None.
    rsa_key: str | None
    name: str

    def credentials(self) -> dict[str, Any]:
        """Return the keyword arguments for a `Signer` or a session that signs as this client."""
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret or None,
            "signature_method": self.signature_method,
            "rsa_key": self.rsa_key,
        }

    def __repr__(self) -> str:
        return f"BoxClient(client_id={self.client_id!r}, signature_method={self.signature_method!r}, …)"


def box_clients(suffix: str, seed: bytes | None = None, rsa_key: str | None = None) -> dict[str, BoxClient]:
    """Return a client for each signature method, by its name.

    Args:
        suffix: the end of each identifier and secret.
        seed: what the secrets are derived from; None makes new ones.
        rsa_key: the private key of the RSA clients as PEM; None makes one.
    """
    return {method: _box_client(method, suffix, seed, rsa_key) for method in SIGNATURE_METHODS}


def derived_secret(seed: bytes, purpose: str) -> str:
    """Return the secret that belongs to a seed and a purpose, such as the name of a client."""
    return urlsafe_b64encode(hmac.digest(seed, purpose.encode("utf-8"), "sha256")[:24]).decode("ascii")


def as_registered(client: BoxClient) -> Client:
    """Return ``client`` as the store of a server holds it."""
    key = None if client.rsa_key is None else _public_key(client.rsa_key)
    return Client.create(
        client.client_id,
        client.client_secret,
        rsa_key=key,
        signature_methods=(client.signature_method,),
        name=client.name,
    )


def _box_client(method: str, suffix: str, seed: bytes | None, rsa_key: str | None) -> BoxClient:
    name = f"Photo printer ({method})"
    client_id = f"box-{method.lower()}{suffix}"
    if SIGNATURE_METHODS[method].uses_rsa_key:
        return BoxClient(client_id, "", method, rsa_key or new_private_key(), name)
    secret = secrets.token_urlsafe(24) if seed is None else derived_secret(seed, client_id)
    return BoxClient(client_id, secret + suffix, method, None, name)


@lru_cache(maxsize=1)
def _public_key(private_key: str) -> RsaPublicKey:
    return RsaPublicKey(private_key)


@lru_cache(maxsize=1)
def new_private_key() -> str:
    """Return a key that all boxes of this process share, since it is slow to generate one."""
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa
    except ModuleNotFoundError as missing:
        raise missing_library("cryptography", "testing") from missing
    return (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode("ascii")
    )
