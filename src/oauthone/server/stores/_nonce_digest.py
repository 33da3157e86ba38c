"""How stores that processes share shorten a nonce, and for how long they keep it."""

from base64 import urlsafe_b64encode
from hashlib import blake2b

from oauthone.errors import StoreError

#: How many seconds the clocks of the machines that share a store may differ.
CLOCK_MARGIN = 60


def nonce_octets(client_id: str, token: str | None, timestamp: int, nonce: str, size: int) -> bytes:
    """A digest of these four values.

    Each value is preceded by its length, so that no other four values have the same input.

    Args:
        client_id: the identifier of the client.
        token: the identifier of the token, or None.
        timestamp: the timestamp of the request, in seconds since 1970.
        nonce: the nonce of the request.
        size: the number of octets of the digest.
    """
    digest = blake2b(digest_size=size)
    for part in (client_id, token, str(timestamp), nonce):
        octets = b"" if part is None else part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % (-1 if part is None else len(octets)) + octets)
    return digest.digest()


def nonce_digest(client_id: str, token: str | None, timestamp: int, nonce: str) -> str:
    """The digest of `nonce_octets` as 32 characters."""
    return urlsafe_b64encode(nonce_octets(client_id, token, timestamp, nonce, 24)).decode("ascii")


def oldest_kept(window: int, now: float) -> float:
    """The oldest timestamp whose nonces are kept. A verifier whose clock is right accepts no older one."""
    return now - window - CLOCK_MARGIN


def nonce_too_old_error(window: int) -> StoreError:
    """The error for a timestamp whose nonces may have been used and forgotten."""
    return StoreError(
        f"the nonces of this timestamp may have been forgotten: the store keeps them for {window} s. Pass it the "
        "verifier's window, and set the clocks of all machines that share it"
    )


def too_many_nonces_error() -> StoreError:
    """The error for a client of which as many nonces are kept as may be."""
    return StoreError("too many nonces of this client are remembered: raise max_nonces, or use a larger store")
