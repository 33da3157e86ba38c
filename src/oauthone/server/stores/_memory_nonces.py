"""The nonces that a `oauthone.server.MemoryStore` remembers."""

from collections import defaultdict
from collections.abc import Callable

from oauthone.errors import StoreError
from oauthone.server.stores._nonce_digest import shortened


class MemoryNonces:
    """Nonces in one set for each second of timestamps, so that forgetting old ones is cheap.

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
        self._seen: dict[int, set[tuple[str, str | None, str | bytes]]] = {}
        self._counts: defaultdict[str, int] = defaultdict(int)
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
        self._forget(oldest)
        self._refuse_forgotten(timestamp, oldest)
        seen = self._seen.setdefault(timestamp, set())
        entry = (client_id, token, shortened(nonce))
        if entry in seen:
            return False
        # At the limit requests are refused: a nonce inside the window is never forgotten (RFC 5849 section 4.10).
        if self._counts[client_id] >= self.max_per_client:
            raise StoreError("too many nonces of this client are remembered: raise max_nonces, or use a larger store")
        seen.add(entry)
        self._counts[client_id] += 1
        return True

    def __len__(self) -> int:
        return sum(map(len, self._seen.values()))

    def _refuse_forgotten(self, timestamp: int, oldest: float) -> None:
        if timestamp < oldest:
            raise StoreError(
                f"this timestamp is older than the {self._window} s for which nonces are remembered: "
                "give MemoryStore the verifier's window"
            )
        if timestamp < self._horizon:
            raise StoreError(
                "the nonces of this timestamp were forgotten while the clock was ahead: requests that are signed now "
                "are accepted again"
            )

    def _forget(self, oldest: float) -> None:
        """Forget the nonces whose timestamps every verifier refuses."""
        for timestamp in [second for second in self._seen if second < oldest]:
            self._horizon = max(self._horizon, timestamp + 1)
            for client_id, _, _ in self._seen.pop(timestamp):
                self._counts[client_id] -= 1
