"""A store with one client, for each served application."""

from oauthone.server import Credentials

from .signing import CLIENT, SECRET


class OneClient:
    """A store that knows `CLIENT`, and accepts a nonce once."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        """Return the credentials of the client without a token."""
        known = client_id == CLIENT and token is None
        return Credentials(client_secret=SECRET, signature_methods=("HMAC-SHA1",)) if known else None

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """Return whether the nonce is new."""
        is_new = nonce not in self._used
        self._used.add(nonce)
        return is_new
