"""The nonces that a `oauthone.server.MemoryStore` remembers."""

import os
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from math import inf

from oauthone.errors import StoreError
from oauthone.server.stores._nonce_digest import too_many_nonces_error

#: The nonces of a second that has none. Nothing is added to it.
_NOTHING: dict[bytes, str] = {}


class MemoryNonces:
    """Nonces in one dictionary for each second of timestamps, so that forgetting old ones is cheap.

    A nonce is a digest of 15 octets, which is a ``bytes`` object of 48 octets. Of a million nonces within one second,
    two share a digest with a probability of 1 in 10^24, and one would then be refused. Nobody can look for such nonces,
    because the digests have a random key. A dictionary takes less memory than a set, which grows in larger steps, even
    though its values name the client of each digest.

    The caller makes sure that no two threads use it at once.

    Args:
        window: for how many seconds a nonce is remembered.
        max_per_client: how many nonces of one client may be remembered at once.
        clock: returns the seconds since 1970.
    """

    def __init__(self, window: int, max_per_client: int, clock: Callable[[], float]) -> None:
        self._window = window
        self.max_per_client = max_per_client
        self._clock = clock
        #: A hash that has read the random key. BLAKE2's own ``key`` would fill a block more.
        self._hash = blake2b(os.urandom(16), digest_size=15)
        #: For each second, the client of each digest.
        self._seen: dict[int, dict[bytes, str]] = {}
        #: The earliest of these seconds.
        self._earliest: float = inf
        #: How many nonces of each client are remembered.
        self._counts: dict[str, int] = {}
        #: One string for each of these clients, which all its nonces share.
        self._names: dict[str, str] = {}
        #: The nonces of seconds before this one may have been forgotten. It never goes back, as a clock may.
        self._horizon = 0

    def use(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """Remember a nonce. Return True if it was new.

        Args:
            client_id: the identifier of the client.
            token: the identifier of the token, or None.
            timestamp: the timestamp of the request, in seconds since 1970.
            nonce: the nonce of the request.

        Raises:
            StoreError: the nonce may have been used and forgotten, or the client is at its limit.
        """
        oldest = self._clock() - self._window
        if self._earliest < oldest:
            self._forget(oldest)
        if timestamp < oldest or timestamp < self._horizon:
            raise self._forgotten_error(timestamp, oldest)
        # The lengths come first, so that no other three values have the same input.
        text = f"{len(client_id)} {-1 if token is None else len(token)} {client_id}{token}{nonce}"
        hashed = self._hash.copy()
        hashed.update(text.encode("utf-8", "surrogatepass"))
        digest = hashed.digest()
        seen = self._seen.get(timestamp, _NOTHING)
        if digest in seen:
            return False
        count = self._counts.get(client_id, 0)
        # At the limit requests are refused: a nonce inside the window is never forgotten (RFC 5849 section 4.10).
        if count >= self.max_per_client:
            raise too_many_nonces_error()
        self._counts[client_id] = count + 1
        if seen is _NOTHING:
            seen = self._second(timestamp)
        seen[digest] = self._names.setdefault(client_id, client_id)
        return True

    def __len__(self) -> int:
        return sum(map(len, self._seen.values()))

    def _second(self, timestamp: int) -> dict[bytes, str]:
        """The dictionary of a new second."""
        self._earliest = min(self._earliest, timestamp)
        return self._seen.setdefault(timestamp, {})

    def _forgotten_error(self, timestamp: int, oldest: float) -> StoreError:
        if timestamp < oldest:
            return StoreError(
                f"this timestamp is older than the {self._window} s for which nonces are remembered: "
                "give MemoryStore the verifier's window"
            )
        return StoreError(
            "the nonces of this timestamp were forgotten while the clock was ahead: requests that are signed now "
            "are accepted again"
        )

    def _forget(self, oldest: float) -> None:
        """Forget the nonces whose timestamps every verifier refuses."""
        for timestamp in [second for second in self._seen if second < oldest]:
            self._horizon = max(self._horizon, timestamp + 1)
            for client_id, count in Counter(self._seen.pop(timestamp).values()).items():
                self._counts[client_id] -= count
                if not self._counts[client_id]:
                    del self._counts[client_id], self._names[client_id]
        self._earliest = min(self._seen, default=inf)
