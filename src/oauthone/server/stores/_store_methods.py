"""`StoreMethods` and `AsyncStoreMethods`: the methods of a store whose commands are generators.

The generators yield commands for Redis, or statements for a database. Each store handles its own.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TypeVar

from oauthone.core.verification_types import Credentials
from oauthone.server._records import Client, IssuedToken, PendingAuthorization, require_secret_or_key
from oauthone.server._storable import refuse_unstorable
from oauthone.server.stores._store_commands import Commands, StoreCommands

Result = TypeVar("Result")


def refuse_client(client: Client) -> None:
    """Raise if a client must not be registered.

    Args:
        client: the client.

    Raises:
        ConfigurationError: everyone could sign as this client.
        ValueError: a string of it cannot be stored.
    """
    require_secret_or_key(client)
    refuse_unstorable(**client._asdict())


def require_user_or_client(user: str | None, client_id: str | None) -> None:
    """Raise if neither a user nor a client is given: that would revoke every token.

    Args:
        user: the identifier of a user, or None.
        client_id: the identifier of a client, or None.

    Raises:
        ValueError: neither is given.
    """
    if user is None and client_id is None:
        raise ValueError("revoke_tokens() needs a user, a client_id, or both")


class StoreMethods(ABC):
    """The methods of a store."""

    def __init__(self, commands: StoreCommands) -> None:
        self._commands = commands

    @abstractmethod
    def _run(self, commands: Commands[Result]) -> Result:
        """Run a generator, and turn the exceptions of the library into `oauthone.errors.StoreError`."""

    def add_client(self, client: Client) -> None:
        """Register a client, or replace the one with the same identifier.

        Args:
            client: the client.

        Raises:
            ConfigurationError: everyone could sign as this client: it has no secret, or a public key in its place.
            ValueError: a string of it cannot be stored, because it holds NUL or a lone surrogate.
        """
        refuse_client(client)
        self._run(self._commands.add_client(client))

    def remove_client(self, client_id: str) -> bool:
        """Remove a client, so that its requests are refused. Return False if it is unknown."""
        return self._run(self._commands.remove_client(client_id))

    def find_client(self, client_id: str) -> Client | None:
        """See `oauthone.server.ProviderStore`."""
        return self._run(self._commands.find_client(client_id))

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        """See `oauthone.server.VerifierStore`."""
        return self._run(self._commands.find_credentials(client_id, token))

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """See `oauthone.server.VerifierStore`."""
        return self._run(self._commands.use_nonce(client_id, token, timestamp, nonce))

    def save_pending(self, pending: PendingAuthorization) -> None:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(**pending._asdict())
        self._run(self._commands.save_pending(pending))

    def approve_pending(self, token: str, verifier: str, user: str, extra: Mapping[str, str]) -> bool:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(verifier=verifier, user=user, extra=extra)
        return self._run(self._commands.approve_pending(token, verifier, user, extra))

    def find_pending(self, token: str) -> PendingAuthorization | None:
        """See `oauthone.server.ProviderStore`."""
        return self._run(self._commands.find_pending(token))

    def take_pending(self, token: str) -> PendingAuthorization | None:
        """See `oauthone.server.ProviderStore`."""
        return self._run(self._commands.take_pending(token))

    def count_verifier_attempt(self, token: str) -> int:
        """See `oauthone.server.ProviderStore`."""
        return self._run(self._commands.count_verifier_attempt(token))

    def save_token(self, issued: IssuedToken) -> None:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(**issued._asdict())
        self._run(self._commands.save_token(issued))

    def revoke_token(self, token: str) -> bool:
        """Revoke a token, so that every process refuses requests with it. Return False if it is unknown."""
        return self._run(self._commands.revoke_token(token))

    def tokens_of(self, user: str) -> list[IssuedToken]:
        """All tokens of a user, also expired and revoked ones, sorted by identifier.

        Args:
            user: the identifier of the user.
        """
        return self._run(self._commands.tokens_of(user))

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
        return self._run(self._commands.revoke_tokens(user, client_id))

    def check(self) -> None:
        """Check that the store can read and write: for a health check. It changes no record.

        Raises:
            StoreError: it cannot; the error names the fault.
        """
        self._run(self._commands.check())


class AsyncStoreMethods(ABC):
    """The methods of a store, as coroutines."""

    def __init__(self, commands: StoreCommands) -> None:
        self._commands = commands

    @abstractmethod
    async def _run(self, commands: Commands[Result]) -> Result:
        """Run a generator, and turn the exceptions of the library into `oauthone.errors.StoreError`."""

    async def add_client(self, client: Client) -> None:
        """Register a client, or replace the one with the same identifier.

        Args:
            client: the client.

        Raises:
            ConfigurationError: everyone could sign as this client: it has no secret, or a public key in its place.
            ValueError: a string of it cannot be stored, because it holds NUL or a lone surrogate.
        """
        refuse_client(client)
        await self._run(self._commands.add_client(client))

    async def remove_client(self, client_id: str) -> bool:
        """Remove a client, so that its requests are refused. Return False if it is unknown."""
        return await self._run(self._commands.remove_client(client_id))

    async def find_client(self, client_id: str) -> Client | None:
        """See `oauthone.server.ProviderStore`."""
        return await self._run(self._commands.find_client(client_id))

    async def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        """See `oauthone.server.VerifierStore`."""
        return await self._run(self._commands.find_credentials(client_id, token))

    async def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """See `oauthone.server.VerifierStore`."""
        return await self._run(self._commands.use_nonce(client_id, token, timestamp, nonce))

    async def save_pending(self, pending: PendingAuthorization) -> None:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(**pending._asdict())
        await self._run(self._commands.save_pending(pending))

    async def approve_pending(self, token: str, verifier: str, user: str, extra: Mapping[str, str]) -> bool:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(verifier=verifier, user=user, extra=extra)
        return await self._run(self._commands.approve_pending(token, verifier, user, extra))

    async def find_pending(self, token: str) -> PendingAuthorization | None:
        """See `oauthone.server.ProviderStore`."""
        return await self._run(self._commands.find_pending(token))

    async def take_pending(self, token: str) -> PendingAuthorization | None:
        """See `oauthone.server.ProviderStore`."""
        return await self._run(self._commands.take_pending(token))

    async def count_verifier_attempt(self, token: str) -> int:
        """See `oauthone.server.ProviderStore`."""
        return await self._run(self._commands.count_verifier_attempt(token))

    async def save_token(self, issued: IssuedToken) -> None:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(**issued._asdict())
        await self._run(self._commands.save_token(issued))

    async def revoke_token(self, token: str) -> bool:
        """Revoke a token, so that every process refuses requests with it. Return False if it is unknown."""
        return await self._run(self._commands.revoke_token(token))

    async def tokens_of(self, user: str) -> list[IssuedToken]:
        """See `StoreMethods.tokens_of`."""
        return await self._run(self._commands.tokens_of(user))

    async def revoke_tokens(self, *, user: str | None = None, client_id: str | None = None) -> int:
        """See `StoreMethods.revoke_tokens`."""
        require_user_or_client(user, client_id)
        return await self._run(self._commands.revoke_tokens(user, client_id))

    async def check(self) -> None:
        """See `StoreMethods.check`."""
        await self._run(self._commands.check())
