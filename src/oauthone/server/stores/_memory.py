"""A store in this process's memory: for one process, tests and trying things out. Forgets everything when it ends."""

import heapq
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from threading import Lock

from oauthone.core.verified import Credentials
from oauthone.errors import SecurityWarning, StoreError
from oauthone.server._records import Client, IssuedToken, PendingAuthorization, credentials_of
from oauthone.server._storable import refuse_unstorable
from oauthone.server.stores._forks import Forkable
from oauthone.server.stores._nonces import shortened
from oauthone.server.stores._store_methods import refuse_client, refuse_nobody

_NOTHING: Mapping[str, str] = {}


class MemoryStore(Forkable):
    """Clients, pending authorizations, tokens and nonces in dictionaries. Safe between threads.

    It belongs to one process. Under a server with several, each has a store of its own, which accepts a replay that
    another one refuses. A store that was made before its process forked warns of that with a
    `oauthone.errors.SecurityWarning` when the child first uses a nonce.

    Args:
        clients: the registered clients.
        window: how many seconds a timestamp may lie in past or future: at least the verifier's window. A nonce of an
            older second is refused with `StoreError`, because it may have been used and forgotten. So is one of a
            second that was forgotten while the clock was ahead.
        max_nonces: how many nonces are remembered at once for one client. At the limit further requests of that client
            are refused with `StoreError`: nothing inside the window is ever forgotten (RFC 5849 section 4.10).
        max_pending: how many authorizations of one client may be pending at once. At the limit further ones of that
            client get `StoreError`.
        clock: returns the seconds since 1970.

    Raises:
        ConfigurationError, ValueError: one of ``clients`` is one that `add_client` refuses.
    """

    def __init__(
        self,
        clients: Iterable[Client] = (),
        *,
        window: int = 300,
        max_nonces: int = 1_000_000,
        max_pending: int = 100_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clients: dict[str, Client] = {}
        for client in clients:
            refuse_client(client)
            self._clients[client.client_id] = client
        self._pending: dict[str, PendingAuthorization] = {}
        self._pending_counts: defaultdict[str, int] = defaultdict(int)
        #: When the pending authorizations end, the next one first. Those that were taken stay in it until then.
        self._endings: list[tuple[float, str]] = []
        self._tries: dict[str, int] = {}
        self._tokens: dict[str, IssuedToken] = {}
        self._nonces: dict[int, set[tuple[str, str | None, str | bytes]]] = {}
        self._nonce_counts: defaultdict[str, int] = defaultdict(int)
        #: The nonces of seconds before this one may have been forgotten. It never goes back, as a clock may.
        self._horizon = 0
        self._window = window
        self._max_nonces = max_nonces
        self._max_pending = max_pending
        self._clock = clock
        self._lock = Lock()
        self._inherited = False
        self._watch_forks()

    def add_client(self, client: Client) -> None:
        """Register a client, in the place of one with the same identifier.

        Raises:
            ConfigurationError: everyone could sign as this client: it has no secret, or a public key in its place.
            ValueError: a string of it cannot be stored, because it holds NUL or a lone surrogate.
        """
        refuse_client(client)
        with self._lock:
            self._clients[client.client_id] = client

    def remove_client(self, client_id: str) -> bool:
        """Let no further request of this client pass. False if there is no such client."""
        with self._lock:
            return self._clients.pop(client_id, None) is not None

    def find_client(self, client_id: str) -> Client | None:
        """See `oauthone.server.ProviderStore`."""
        return self._clients.get(client_id)

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        """See `oauthone.server.VerifierStore`."""
        client = self._clients.get(client_id)
        if client is None:
            return None
        return credentials_of(client, None if token is None else self._tokens.get(token), self._clock())

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """See `oauthone.server.VerifierStore`. One set per second of timestamps, so that forgetting is cheap."""
        self._warn_if_inherited()
        with self._lock:
            oldest = self._clock() - self._window
            self._forget_nonces(oldest)
            self._refuse_forgotten(timestamp, oldest)
            seen = self._nonces.setdefault(timestamp, set())
            entry = (client_id, token, shortened(nonce))
            if entry in seen:
                return False
            if self._nonce_counts[client_id] >= self._max_nonces:
                raise StoreError(
                    "this client's part of the nonce memory is full: raise max_nonces, or use a larger store"
                )
            seen.add(entry)
            self._nonce_counts[client_id] += 1
            return True

    @property
    def nonce_count(self) -> int:
        """How many nonces are remembered."""
        with self._lock:
            return sum(len(seen) for seen in self._nonces.values())

    def save_pending(self, pending: PendingAuthorization) -> None:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(**pending._asdict())
        with self._lock:
            self._forget_pending()
            if not self._has_room_for(pending):
                raise StoreError(
                    "too many authorizations of this client are pending: raise max_pending, or use a larger store"
                )
            if (before := self._pending.get(pending.token)) is not None:
                self._pending_counts[before.client_id] -= 1
            self._pending[pending.token] = pending
            self._pending_counts[pending.client_id] += 1
            heapq.heappush(self._endings, (pending.expires, pending.token))

    def approve_pending(self, token: str, verifier: str, user: str, extra: Mapping[str, str] = _NOTHING) -> bool:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(verifier=verifier, user=user, extra=extra)
        with self._lock:
            pending = self._pending.get(token)
            if pending is None or pending.verifier is not None:
                return False
            self._pending[token] = pending._replace(verifier=verifier, user=user, extra=dict(extra))
            return True

    def find_pending(self, token: str) -> PendingAuthorization | None:
        """See `oauthone.server.ProviderStore`."""
        return self._pending.get(token)

    def take_pending(self, token: str) -> PendingAuthorization | None:
        """See `oauthone.server.ProviderStore`."""
        with self._lock:
            return self._drop_pending(token)

    def count_verifier_attempt(self, token: str) -> int:
        """See `oauthone.server.ProviderStore`."""
        with self._lock:
            tries = self._tries.get(token, 0) + 1
            if token in self._pending:
                self._tries[token] = tries
            return tries

    def save_token(self, issued: IssuedToken) -> None:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(**issued._asdict())
        with self._lock:
            before = self._tokens.get(issued.token)
            revoked = issued.revoked or (before is not None and before.revoked)
            self._tokens[issued.token] = issued._replace(revoked=revoked)

    def revoke_token(self, token: str) -> bool:
        """Let no further request with this token pass. False if there is no such token."""
        with self._lock:
            issued = self._tokens.get(token)
            if issued is not None:
                self._tokens[token] = issued._replace(revoked=True)
            return issued is not None

    def tokens_of(self, user: str) -> list[IssuedToken]:
        """Every token of this user, also those that expired or were revoked, in the order of their identifiers."""
        with self._lock:
            return sorted(
                [issued for issued in self._tokens.values() if issued.user == user], key=lambda one: one.token
            )

    def revoke_tokens(self, *, user: str | None = None, client_id: str | None = None) -> int:
        """Let no further request pass with any token of this user, of this client, or of this user for this client.

        Returns:
            How many tokens were revoked that were not before.

        Raises:
            ValueError: neither is named.
        """
        refuse_nobody(user, client_id)
        with self._lock:
            meant = [
                issued
                for issued in self._tokens.values()
                if not issued.revoked and user in (None, issued.user) and client_id in (None, issued.client_id)
            ]
            for issued in meant:
                self._tokens[issued.token] = issued._replace(revoked=True)
            return len(meant)

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

    def _forget_nonces(self, oldest: float) -> None:
        """Drop nonces whose timestamp no verifier takes any more."""
        for timestamp in [second for second in self._nonces if second < oldest]:
            self._horizon = max(self._horizon, timestamp + 1)
            for client_id, _, _ in self._nonces.pop(timestamp):
                self._nonce_counts[client_id] -= 1

    def _has_room_for(self, pending: PendingAuthorization) -> bool:
        return pending.token in self._pending or self._pending_counts[pending.client_id] < self._max_pending

    def _forget_pending(self) -> None:
        """Drop what expired."""
        now = self._clock()
        while self._endings and self._endings[0][0] <= now:
            expires, token = heapq.heappop(self._endings)
            pending = self._pending.get(token)
            if pending is not None and pending.expires == expires:
                self._drop_pending(token)

    def _drop_pending(self, token: str) -> PendingAuthorization | None:
        """Forget a pending authorization and its tries."""
        self._tries.pop(token, None)
        pending = self._pending.pop(token, None)
        if pending is not None:
            self._pending_counts[pending.client_id] -= 1
        return pending

    def _after_fork_in_child(self) -> None:
        """The lock may have been held by a thread that the child does not have."""
        self._lock = Lock()
        self._inherited = True

    def _warn_if_inherited(self) -> None:
        if self._inherited:
            self._inherited = False
            warnings.warn(
                "this MemoryStore was made before the process forked. Each process now has a copy of its own, which "
                "accepts a replay that another one refuses: use RedisStore or SQLAlchemyStore for several processes",
                SecurityWarning,
                stacklevel=3,
            )
