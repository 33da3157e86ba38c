"""What a verifier and a provider need of a store, plain and as coroutines.

Every method may raise `oauthone.errors.StoreError`: it cannot tell, so nothing is accepted and the answer is 503. An
``OSError``, which ``ConnectionError`` and ``TimeoutError`` are too, is taken for one, with the error as its cause. What
else a driver raises comes out unchanged: a store of your own turns it into a ``StoreError``.
"""

from collections.abc import Mapping
from typing import Protocol

from oauthone.core.verified import Credentials
from oauthone.server._records import Client, IssuedToken, PendingAuthorization


class VerifierStore(Protocol):
    """What a `Verifier` needs of a store. Each method raises `oauthone.errors.StoreError` when it cannot answer."""

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        """The client's and the token's secrets; None for an unknown client.

        A token that is unknown, or was issued to another client, leaves ``token_secret`` None.
        """
        ...

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """Add the four together if they are not there yet, in one atomic step; False if they were.

        They have to be remembered until ``timestamp`` lies more than the verifier's window in the past. Nothing but
        ``True`` itself counts as new: no number, no object.
        """
        ...


class ProviderStore(VerifierStore, Protocol):
    """What a `Provider` needs of a store beyond verification. Each method may raise `oauthone.errors.StoreError`.

    What saves or approves raises ``ValueError`` in this package's stores where a text has NUL or a lone surrogate in
    it: databases cannot hold them.
    """

    def find_client(self, client_id: str) -> Client | None:
        """The registered client, or None."""
        ...

    def save_pending(self, pending: PendingAuthorization) -> None:
        """Remember a new pending authorization until it expires."""
        ...

    def approve_pending(self, token: str, verifier: str, user: str, extra: Mapping[str, str]) -> bool:
        """Note the resource owner's agreement, in one atomic step; False if the authorization is gone or decided."""
        ...

    def find_pending(self, token: str) -> PendingAuthorization | None:
        """The pending authorization, or None."""
        ...

    def take_pending(self, token: str) -> PendingAuthorization | None:
        """The pending authorization, forgotten in the same atomic step; None for whoever comes second."""
        ...

    def count_verifier_attempt(self, token: str) -> int:
        """Count one more verification code that is tried with this token, and say how many there were: atomically."""
        ...

    def save_token(self, issued: IssuedToken) -> None:
        """Remember a token. Saved again, what is known of it is replaced; one that was revoked stays revoked."""
        ...


class AsyncVerifierStore(Protocol):
    """`VerifierStore` as coroutines, for an `AsyncVerifier`."""

    async def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        """See `VerifierStore`."""
        ...

    async def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """See `VerifierStore`."""
        ...


class AsyncProviderStore(AsyncVerifierStore, Protocol):
    """`ProviderStore` as coroutines, for an `AsyncProvider`."""

    async def find_client(self, client_id: str) -> Client | None:
        """See `ProviderStore`."""
        ...

    async def save_pending(self, pending: PendingAuthorization) -> None:
        """See `ProviderStore`."""
        ...

    async def approve_pending(self, token: str, verifier: str, user: str, extra: Mapping[str, str]) -> bool:
        """See `ProviderStore`."""
        ...

    async def find_pending(self, token: str) -> PendingAuthorization | None:
        """See `ProviderStore`."""
        ...

    async def take_pending(self, token: str) -> PendingAuthorization | None:
        """See `ProviderStore`."""
        ...

    async def count_verifier_attempt(self, token: str) -> int:
        """See `ProviderStore`."""
        ...

    async def save_token(self, issued: IssuedToken) -> None:
        """See `ProviderStore`."""
        ...
