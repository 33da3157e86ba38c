"""What a store keeps of a nonce, and for how long."""

from base64 import urlsafe_b64encode
from hashlib import blake2b

from oauthone.errors import StoreError

#: How many seconds the clocks of the machines that share a store may differ.
CLOCK_MARGIN = 60
#: How many characters a nonce may have to be kept as it is. Longer ones may have as many as a header holds.
_SHORT = 64


def nonce_digest(client_id: str, token: str | None, timestamp: int, nonce: str) -> str:
    """32 characters that stand for the four together, however long they are.

    Each part is preceded by its length, so that no two different fours read alike.
    """
    digest = blake2b(digest_size=24)
    for part in (client_id, token, str(timestamp), nonce):
        octets = b"" if part is None else part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % (-1 if part is None else len(octets)) + octets)
    return urlsafe_b64encode(digest.digest()).decode("ascii")


def shortened(nonce: str) -> str | bytes:
    """The nonce, or in the place of a long one octets, which no short one, which is text, can be."""
    if len(nonce) <= _SHORT:
        return nonce
    return blake2b(nonce.encode("utf-8", "surrogatepass"), digest_size=24).digest()


def oldest_kept(window: int, now: float) -> float:
    """The oldest timestamp whose nonces are kept: no verifier accepts older ones, if its clock is right."""
    return now - window - CLOCK_MARGIN


def forgotten(window: int) -> StoreError:
    """What to raise for a timestamp whose nonces may have been used and forgotten."""
    return StoreError(
        f"the nonces of this timestamp may have been forgotten: the store keeps them for {window} s. Give it the "
        "verifier's window, and set the clocks of all machines that share it"
    )
