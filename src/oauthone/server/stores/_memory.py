"""`MemoryStore`: a store in the memory of one process, for tests and sandboxes. It ends with the process."""

import heapq
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from threading import Lock

from oauthone.core.verification_types import Credentials
from oauthone.errors import SecurityWarning, StoreError
from oauthone.server._records import Client, IssuedToken, PendingAuthorization, credentials_of
from oauthone.server._settings_checks import require_count, require_number
from oauthone.server._storable import refuse_unstorable
from oauthone.server.stores._forks import Forkable
from oauthone.server.stores._memory_nonces import MemoryNonces
from oauthone.server.stores._store_methods import refuse_client, require_user_or_client

_NOBODY = Client("")


class MemoryStore(Forkable):
    """Clients, pending authorizations, tokens and nonces in dictionaries. Threads may share it.

    It belongs to one process. If a server has several processes, each has a copy and accepts a replay that another copy
    refuses. A store that was created before its process forked raises a `oauthone.errors.SecurityWarning` about that
    when the child first uses a nonce.

    Args:
        clients: the registered clients.
        window: how many seconds a timestamp may lie in the past or future: at least the verifier's window. An older
            timestamp raises `StoreError`, because its nonce may have been used and forgotten. So does a timestamp whose
            nonces were forgotten while the clock was ahead.
        max_nonces: how many nonces of one client may be remembered at once. At the limit, further requests of that
            client raise `StoreError`: a nonce inside the window is never forgotten (RFC 5849 section 4.10).
        max_pending: how many authorizations of one client may be pending at once. At the limit, further ones raise
            `StoreError`.
        clock: returns the seconds since 1970.

    Raises:
        ConfigurationError, ValueError: a number is one that it cannot be, or `add_client` refuses one of ``clients``.
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
        require_number("window", window, 0)
        require_count("max_nonces", max_nonces, 1)
        require_count("max_pending", max_pending, 1)
        self._clients: dict[str, Client] = {}
        for client in clients:
            refuse_client(client)
            self._clients[client.client_id] = client
        self._pending: dict[str, PendingAuthorization] = {}
        self._pending_counts: defaultdict[str, int] = defaultdict(int)
        #: When the pending authorizations expire, the next one first. Those that were taken stay in it until then.
        self._endings: list[tuple[float, str]] = []
        self._verifier_attempts: dict[str, int] = {}
        self._tokens: dict[str, IssuedToken] = {}
        self._nonces = MemoryNonces(window, max_nonces, clock)
        self._max_pending = max_pending
        self._clock = clock
        self._lock = Lock()
        self._inherited = False
        self._watch_forks()

    def add_client(self, client: Client) -> None:
        """Register a client, or replace the one with the same identifier.

        Args:
            client: the client.

        Raises:
            ConfigurationError: everyone could sign as this client: it has no secret, or a public key in its place.
            ValueError: a string of it cannot be stored, because it holds NUL or a lone surrogate.
        """
        refuse_client(client)
        with self._lock:
            self._clients[client.client_id] = client

    def remove_client(self, client_id: str) -> bool:
        """Remove a client, so that its requests are refused. Return False if it is unknown."""
        with self._lock:
            return self._clients.pop(client_id, None) is not None

    def find_client(self, client_id: str) -> Client | None:
        """See `oauthone.server.ProviderStore`."""
        return self._clients.get(client_id)

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        """See `oauthone.server.VerifierStore`."""
        client = self._clients.get(client_id)
        issued = None if token is None else self._tokens.get(token)
        # For an unknown client, the same work is done and thrown away.
        known = credentials_of(_NOBODY if client is None else client, issued, self._clock())
        return None if client is None else known

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """See `oauthone.server.VerifierStore`."""
        if self._inherited:
            self._warn_of_copies()
        with self._lock:
            return self._nonces.use(client_id, token, timestamp, nonce)

    def check(self) -> None:
        """Do nothing: a store in memory has nothing that could fail. The other stores have a check of this name."""

    @property
    def nonce_count(self) -> int:
        """The number of nonces that are remembered."""
        with self._lock:
            return len(self._nonces)

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

    def approve_pending(self, token: str, verifier: str, user: str, extra: Mapping[str, str]) -> bool:
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
            attempts = self._verifier_attempts.get(token, 0) + 1
            if token in self._pending:
                self._verifier_attempts[token] = attempts
            return attempts

    def save_token(self, issued: IssuedToken) -> None:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(**issued._asdict())
        with self._lock:
            before = self._tokens.get(issued.token)
            revoked = issued.revoked or (before is not None and before.revoked)
            self._tokens[issued.token] = issued._replace(revoked=revoked)

    def revoke_token(self, token: str) -> bool:
        """Revoke a token, so that requests with it are refused. Return False if it is unknown."""
        with self._lock:
            issued = self._tokens.get(token)
            if issued is not None:
                self._tokens[token] = issued._replace(revoked=True)
            return issued is not None

    def tokens_of(self, user: str) -> list[IssuedToken]:
        """All tokens of a user, also expired and revoked ones, sorted by identifier.

        Args:
            user: the identifier of the user.
        """
        with self._lock:
            return sorted(
                [issued for issued in self._tokens.values() if issued.user == user], key=lambda one: one.token
            )

    def revoke_tokens(self, *, user: str | None = None, client_id: str | None = None) -> int:
        """Revoke all tokens of a user, of a client, or of a user for one client.

        Args:
            user: the identifier of the user.
            client_id: the identifier of the client.

        Returns:
            The number of tokens that were not revoked before.

        Raises:
            ValueError: neither a user nor a client is given.
        """
        require_user_or_client(user, client_id)
        with self._lock:
            meant = [
                issued
                for issued in self._tokens.values()
                if not issued.revoked and user in (None, issued.user) and client_id in (None, issued.client_id)
            ]
            for issued in meant:
                self._tokens[issued.token] = issued._replace(revoked=True)
            return len(meant)

    def _has_room_for(self, pending: PendingAuthorization) -> bool:
        return pending.token in self._pending or self._pending_counts[pending.client_id] < self._max_pending

    def _forget_pending(self) -> None:
        """Delete the pending authorizations that expired."""
        now = self._clock()
        while self._endings and self._endings[0][0] <= now:
            expires, token = heapq.heappop(self._endings)
            pending = self._pending.get(token)
            if pending is not None and pending.expires == expires:
                self._drop_pending(token)

    def _drop_pending(self, token: str) -> PendingAuthorization | None:
        """Delete a pending authorization and the number of its attempts."""
        self._verifier_attempts.pop(token, None)
        pending = self._pending.pop(token, None)
        if pending is not None:
            self._pending_counts[pending.client_id] -= 1
        return pending

    def _after_fork_in_child(self) -> None:
        """Take a new lock: a thread that the child does not have may hold the old one."""
        self._lock = Lock()
        self._inherited = True

    def _warn_of_copies(self) -> None:
        self._inherited = False
        warnings.warn(
            "this MemoryStore was created before the process forked. Each process now has its own copy, which "
            "accepts a replay that another copy refuses: use RedisStore or SQLAlchemyStore for several processes",
            SecurityWarning,
            stacklevel=3,
        )
