"""What this process remembers of recent logins: the host where each began, and whether its callback was used."""

from threading import Lock
from typing import NamedTuple

#: How many logins are remembered.
MAX_REMEMBERED = 10_000


class RecentLogin(NamedTuple):
    """One login that this process saw."""

    host: str
    expires: float
    is_used: bool


class RecentLogins:
    """Bounded memory of one process. It makes errors precise, and lets each callback be used only once in it.

    A browser keeps an old session cookie, and some frameworks do not send the changed cookie if a view fails. Then
    only this memory shows that the login was used.
    """

    def __init__(self) -> None:
        self._logins: dict[str, RecentLogin] = {}
        self._lock = Lock()

    def started(self, identifier: str, host: str, expires: float, now: float) -> None:
        """Remember where a login began."""
        with self._lock:
            self._logins[identifier] = RecentLogin(host, expires, False)
            self._forget_old(now)

    def mark_used(self, identifier: str, expires: float, now: float) -> bool:
        """Remember that a login was used, and return whether this is its first use."""
        with self._lock:
            known = self._logins.get(identifier)
            if known is not None and known.is_used:
                return False
            self._logins[identifier] = RecentLogin(known.host if known else "", expires, True)
            self._forget_old(now)
            return True

    def find(self, identifier: str) -> RecentLogin | None:
        """What is known of a login, or None."""
        return self._logins.get(identifier)

    def _forget_old(self, now: float) -> None:
        while self._logins:
            oldest = next(iter(self._logins))
            if len(self._logins) <= MAX_REMEMBERED and self._logins[oldest].expires > now:
                return
            del self._logins[oldest]
