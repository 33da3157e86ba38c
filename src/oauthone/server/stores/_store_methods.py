"""The methods of a store whose steps are generators, plain and as coroutines.

What the steps yield is the store's own affair: commands, statements. A store says how they are answered.
"""

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from typing import Any, Protocol, TypeAlias, TypeVar

from oauthone.core.verified import Credentials
from oauthone.server._records import Client, IssuedToken, PendingAuthorization, require_secret_or_key
from oauthone.server._storable import refuse_unstorable

Result = TypeVar("Result")
Steps: TypeAlias = Generator[Any, Any, Result]
_NOTHING: Mapping[str, str] = {}
#: How many seconds a token is remembered after it expired, to tell its client so.
RETENTION = 30 * 24 * 3600


def refuse_client(client: Client) -> None:
    """Raise where a client is not to be registered.

    Raises:
        ConfigurationError: everyone could sign as this client.
        ValueError: a string of it cannot be stored.
    """
    require_secret_or_key(client)
    refuse_unstorable(**client._asdict())


def refuse_nobody(user: str | None, client_id: str | None) -> None:
    """Raise where tokens are to be revoked and nobody is named: that would be everyone's.

    Raises:
        ValueError: neither is named.
    """
    if user is None and client_id is None:
        raise ValueError("say whose tokens to revoke: user, client_id, or both")


class StoreCommands(Protocol):
    """What `StoreMethods` and `AsyncStoreMethods` walk."""

    def add_client(self, client: Client) -> Steps[None]: ...

    def remove_client(self, client_id: str) -> Steps[bool]: ...

    def find_client(self, client_id: str) -> Steps[Client | None]: ...

    def find_credentials(self, client_id: str, token: str | None) -> Steps[Credentials | None]: ...

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> Steps[bool]: ...

    def save_pending(self, pending: PendingAuthorization) -> Steps[None]: ...

    def approve_pending(self, token: str, verifier: str, user: str, extra: Mapping[str, str]) -> Steps[bool]: ...

    def find_pending(self, token: str) -> Steps[PendingAuthorization | None]: ...

    def take_pending(self, token: str) -> Steps[PendingAuthorization | None]: ...

    def count_verifier_attempt(self, token: str) -> Steps[int]: ...

    def save_token(self, issued: IssuedToken) -> Steps[None]: ...

    def revoke_token(self, token: str) -> Steps[bool]: ...


class StoreMethods(ABC):
    """Each method of a store, plain."""

    def __init__(self, steps: StoreCommands) -> None:
        self._steps = steps

    @abstractmethod
    def _ask(self, steps: Steps[Result]) -> Result:
        """Walk the steps, and turn what the library raises into `oauthone.errors.StoreError`."""

    def add_client(self, client: Client) -> None:
        """Register a client, in the place of one with the same identifier.

        Raises:
            ConfigurationError: everyone could sign as this client: it has no secret, or a public key in its place.
            ValueError: a string of it cannot be stored, because it holds NUL or a lone surrogate.
        """
        refuse_client(client)
        self._ask(self._steps.add_client(client))

    def remove_client(self, client_id: str) -> bool:
        """Let no further request of this client pass. False if there is no such client."""
        return self._ask(self._steps.remove_client(client_id))

    def find_client(self, client_id: str) -> Client | None:
        """See `oauthone.server.ProviderStore`."""
        return self._ask(self._steps.find_client(client_id))

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        """See `oauthone.server.VerifierStore`."""
        return self._ask(self._steps.find_credentials(client_id, token))

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """See `oauthone.server.VerifierStore`."""
        return self._ask(self._steps.use_nonce(client_id, token, timestamp, nonce))

    def save_pending(self, pending: PendingAuthorization) -> None:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(**pending._asdict())
        self._ask(self._steps.save_pending(pending))

    def approve_pending(self, token: str, verifier: str, user: str, extra: Mapping[str, str] = _NOTHING) -> bool:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(verifier=verifier, user=user, extra=extra)
        return self._ask(self._steps.approve_pending(token, verifier, user, extra))

    def find_pending(self, token: str) -> PendingAuthorization | None:
        """See `oauthone.server.ProviderStore`."""
        return self._ask(self._steps.find_pending(token))

    def take_pending(self, token: str) -> PendingAuthorization | None:
        """See `oauthone.server.ProviderStore`."""
        return self._ask(self._steps.take_pending(token))

    def count_verifier_attempt(self, token: str) -> int:
        """See `oauthone.server.ProviderStore`."""
        return self._ask(self._steps.count_verifier_attempt(token))

    def save_token(self, issued: IssuedToken) -> None:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(**issued._asdict())
        self._ask(self._steps.save_token(issued))

    def revoke_token(self, token: str) -> bool:
        """Let no further request with this token pass, in any process. False if there is no such token."""
        return self._ask(self._steps.revoke_token(token))


class AsyncStoreMethods(ABC):
    """Each method of a store, as a coroutine."""

    def __init__(self, steps: StoreCommands) -> None:
        self._steps = steps

    @abstractmethod
    async def _ask(self, steps: Steps[Result]) -> Result:
        """Walk the steps, and turn what the library raises into `oauthone.errors.StoreError`."""

    async def add_client(self, client: Client) -> None:
        """Register a client, in the place of one with the same identifier.

        Raises:
            ConfigurationError: everyone could sign as this client: it has no secret, or a public key in its place.
            ValueError: a string of it cannot be stored, because it holds NUL or a lone surrogate.
        """
        refuse_client(client)
        await self._ask(self._steps.add_client(client))

    async def remove_client(self, client_id: str) -> bool:
        """Let no further request of this client pass. False if there is no such client."""
        return await self._ask(self._steps.remove_client(client_id))

    async def find_client(self, client_id: str) -> Client | None:
        """See `oauthone.server.ProviderStore`."""
        return await self._ask(self._steps.find_client(client_id))

    async def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        """See `oauthone.server.VerifierStore`."""
        return await self._ask(self._steps.find_credentials(client_id, token))

    async def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """See `oauthone.server.VerifierStore`."""
        return await self._ask(self._steps.use_nonce(client_id, token, timestamp, nonce))

    async def save_pending(self, pending: PendingAuthorization) -> None:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(**pending._asdict())
        await self._ask(self._steps.save_pending(pending))

    async def approve_pending(self, token: str, verifier: str, user: str, extra: Mapping[str, str] = _NOTHING) -> bool:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(verifier=verifier, user=user, extra=extra)
        return await self._ask(self._steps.approve_pending(token, verifier, user, extra))

    async def find_pending(self, token: str) -> PendingAuthorization | None:
        """See `oauthone.server.ProviderStore`."""
        return await self._ask(self._steps.find_pending(token))

    async def take_pending(self, token: str) -> PendingAuthorization | None:
        """See `oauthone.server.ProviderStore`."""
        return await self._ask(self._steps.take_pending(token))

    async def count_verifier_attempt(self, token: str) -> int:
        """See `oauthone.server.ProviderStore`."""
        return await self._ask(self._steps.count_verifier_attempt(token))

    async def save_token(self, issued: IssuedToken) -> None:
        """See `oauthone.server.ProviderStore`."""
        refuse_unstorable(**issued._asdict())
        await self._ask(self._steps.save_token(issued))

    async def revoke_token(self, token: str) -> bool:
        """Let no further request with this token pass, in any process. False if there is no such token."""
        return await self._ask(self._steps.revoke_token(token))
