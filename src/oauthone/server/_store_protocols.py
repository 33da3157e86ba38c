"""The methods of a store, plain and as coroutines: for a verifier, a provider, revocation and a health check.

Every method may raise `oauthone.errors.StoreError` if the store cannot answer. The request is then refused with a 503.
An ``OSError``, such as a ``ConnectionError`` or a ``TimeoutError``, becomes a ``StoreError`` with that error as its
cause. Any other exception of a driver comes out unchanged, so your own store has to turn it into a ``StoreError``.
"""

from collections.abc import Mapping
from typing import Protocol

from oauthone.core.verification_types import Credentials
from oauthone.server._records import Client, IssuedToken, PendingAuthorization


class VerifierStore(Protocol):
    """The methods that a `Verifier` calls. Each raises `oauthone.errors.StoreError` if the store cannot answer."""

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        """Look up the secrets of a client and a token. Return None if the client is unknown.

        If the token is unknown or was issued to another client, ``token_secret`` is None.

        Args:
            client_id: the identifier of the client.
            token: the identifier of the token, or None if the request has none.
        """
        ...

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """Store this combination unless it is stored already, in one atomic step. Return True if it was new.

        Keep it until ``timestamp`` is further in the past than the verifier's window. Only ``True`` itself counts as
        new; a number or another truthy object does not.

        Args:
            client_id: the identifier of the client.
            token: the identifier of the token, or None if the request has none.
            timestamp: the timestamp of the request, in seconds since 1970.
            nonce: the nonce of the request.
        """
        ...


class ProviderStore(VerifierStore, Protocol):
    """The methods that a `Provider` calls. Each raises `oauthone.errors.StoreError` if the store cannot answer.

    In the stores of this package, the methods that save or approve raise ``ValueError`` if a string holds NUL or a
    lone surrogate, which databases cannot store.
    """

    def find_client(self, client_id: str) -> Client | None:
        """Look up a registered client. Return None if it is unknown."""
        ...

    def save_pending(self, pending: PendingAuthorization) -> None:
        """Store a new pending authorization until it expires.

        After the exchange it is stored once more, with the verification code ``""``: nobody can approve or exchange it.
        """
        ...

    def approve_pending(self, token: str, verifier: str, user: str, extra: Mapping[str, str]) -> bool:
        """Store the resource owner's approval, in one atomic step. Return False if it is gone or already decided."""
        ...

    def find_pending(self, token: str) -> PendingAuthorization | None:
        """Look up a pending authorization. Return None if it is unknown."""
        ...

    def take_pending(self, token: str) -> PendingAuthorization | None:
        """Return a pending authorization and delete it, in one atomic step: of several callers only one gets it."""
        ...

    def count_verifier_attempt(self, token: str) -> int:
        """Count one more attempt to guess the verification code, atomically. Return the number of attempts so far."""
        ...

    def save_token(self, issued: IssuedToken) -> None:
        """Store a token, or replace it if it is stored already. A token that was revoked stays revoked."""
        ...


class TokenManagement(Protocol):
    """The methods with which an application lists and revokes tokens. Every store of this package has them.

    No `Verifier` or `Provider` calls them, so your own store may leave them out.
    """

    def revoke_token(self, token: str) -> bool:
        """Revoke a token, so that every process rejects requests with it. Return False if it is unknown."""
        ...

    def tokens_of(self, user: str) -> list[IssuedToken]:
        """Return all tokens of a user, also expired and revoked ones, sorted by identifier."""
        ...

    def revoke_tokens(self, *, user: str | None = None, client_id: str | None = None) -> int:
        """Revoke all tokens of a user, of a client, or of a user for one client.

        Args:
            user: the identifier of the user.
            client_id: the identifier of the client.

        Returns:
            The number of tokens that were not revoked before.

        Raises:
            ValueError: neither a user nor a client is passed.
        """
        ...


class StoreHealth(Protocol):
    """The method that a health check calls. Every store of this package has it.

    No `Verifier` or `Provider` calls it, so your own store may leave it out.
    """

    def check(self) -> None:
        """Check that the store can do what a request needs: read credentials and write a nonce.

        Raises:
            StoreError: it cannot; the error names the fault.
        """
        ...


class AsyncVerifierStore(Protocol):
    """`VerifierStore` with coroutine methods, for an `AsyncVerifier`."""

    async def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        """See `VerifierStore`."""
        ...

    async def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """See `VerifierStore`."""
        ...


class AsyncProviderStore(AsyncVerifierStore, Protocol):
    """`ProviderStore` with coroutine methods, for an `AsyncProvider`."""

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


class AsyncTokenManagement(Protocol):
    """`TokenManagement` with coroutine methods."""

    async def revoke_token(self, token: str) -> bool:
        """See `TokenManagement`."""
        ...

    async def tokens_of(self, user: str) -> list[IssuedToken]:
        """See `TokenManagement`."""
        ...

    async def revoke_tokens(self, *, user: str | None = None, client_id: str | None = None) -> int:
        """See `TokenManagement`."""
        ...


class AsyncStoreHealth(Protocol):
    """`StoreHealth` with a coroutine method."""

    async def check(self) -> None:
        """See `StoreHealth`."""
        ...
