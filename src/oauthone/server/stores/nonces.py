"""What a store that machines share keeps of a nonce, and for how long."""

from base64 import urlsafe_b64encode
from hashlib import blake2b

from oauthone.errors import StoreError

#: How many seconds the clocks of the machines that share a store may differ.
CLOCK_MARGIN = 60


def nonce_digest(client_id: str, token: str | None, timestamp: int, nonce: str) -> str:
    """32 characters that stand for the four together, however long they are.

    Each part is preceded by its length, so that no two different fours read alike.
    """
    digest = blake2b(digest_size=24)
    for part in (client_id, token, str(timestamp), nonce):
        octets = b"" if part is None else part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % (-1 if part is None else len(octets)) + octets)
    return urlsafe_b64encode(digest.digest()).decode("ascii")


def seconds_to_keep(timestamp: int, window: int, now: float) -> int:
    """How long the nonce has to be remembered: until no verifier takes ``timestamp`` any more, whatever its clock.

    Raises:
        StoreError: ``timestamp`` is older than that already, so its nonces may be forgotten: the window of the
            verifier is longer than the store's.
    """
    left = int(timestamp + window + CLOCK_MARGIN - now) + 1
    if left <= 0:
        raise StoreError(
            f"this timestamp is older than the {window} s for which nonces are remembered: "
            "give the store the verifier's window"
        )
    return left
