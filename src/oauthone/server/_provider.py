"""`Provider` and `AsyncProvider`: the three endpoints of RFC 5849 section 2 over a store, for any web framework."""

import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Any, Generic, TypeVar

from oauthone.core.drive import arun, run
from oauthone.core.request import IncomingRequest
from oauthone.errors import OAuth1Error, StoreError, VerificationError
from oauthone.server._authorization import Decision, decide_against, decide_for, find_undecided
from oauthone.server._callbacks import CallbackRule, exactly_registered
from oauthone.server._credential_endpoints import (
    CallHook,
    ProviderPolicy,
    Question,
    Steps,
    grant_temporary_credentials,
    grant_token_credentials,
    temporary_credentials_finder,
)
from oauthone.server._dispatch import (
    ALL_OF_A_PROVIDER,
    asking,
    make_async_handler,
    require_function,
    require_methods,
    require_sync_function,
)
from oauthone.server._records import Client, PendingAuthorization
from oauthone.server._refusals import Refusal, explaining_response
from oauthone.server._responses import EndpointResponse, granted, refusal_response
from oauthone.server._store_protocols import AsyncProviderStore, ProviderStore
from oauthone.server._validation import require_flag, require_number
from oauthone.server._verifier import AsyncVerifier, Verifier, _VerifierBase

Store = TypeVar("Store")
_NOTHING: Mapping[str, str] = {}


class _ProviderBase(Generic[Store]):
    """What a `Provider` and an `AsyncProvider` are told once, and the steps that both walk."""

    _asking: Callable[[Any], Callable[[Any], Any]]
    _verifying: type[_VerifierBase[Any]]
    _taking: Callable[[str, Any], None]

    def __init__(
        self,
        store: Store,
        *,
        verifier: _VerifierBase[Any] | None = None,
        callback_rule: CallbackRule = exactly_registered,
        temporary_lifetime: float = 600,
        token_lifetime: float | None = None,
        max_verifier_attempts: int = 5,
        explain: bool = False,
        on_refusal: Callable[[OAuth1Error], Awaitable[None] | None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._taking("callback_rule", callback_rule)
        self._taking("on_refusal", on_refusal)
        require_number("temporary_lifetime", temporary_lifetime, 0)
        require_number("token_lifetime", 0 if token_lifetime is None else token_lifetime, 0)
        require_number("max_verifier_attempts", max_verifier_attempts, 1)
        require_flag("explain", explain)
        self._explain = explain
        self._ask = self._asking(store)
        require_methods(store, *ALL_OF_A_PROVIDER)
        self._clock = clock
        self._on_refusal = on_refusal
        self._verifier: _VerifierBase[Any] = verifier or self._verifying(store, clock=clock)
        self._terms = ProviderPolicy(
            self._verifier.policy, callback_rule, temporary_lifetime, token_lifetime, max_verifier_attempts
        )

    def _answered(
        self,
        grant: Callable[[IncomingRequest, ProviderPolicy, float], Steps],
        request: IncomingRequest,
    ) -> Generator[Question, Any, EndpointResponse]:
        """An endpoint from request to answer: what is refused, and a store that fails, are answers too."""
        try:
            form = yield from grant(self._verifier.in_public(request), self._terms, self._clock())
        except (VerificationError, StoreError) as refused:
            if self._on_refusal is not None:
                yield CallHook(self._on_refusal, (refused,))
            if self._explain and isinstance(refused, VerificationError):
                explanation = self._explained(refused, request, None)
                return (yield from explaining_response(refused, explanation))
            return refusal_response(refused)
        return granted(form)

    def _explained(
        self,
        refused: VerificationError,
        request: IncomingRequest,
        base_string: str | None,
    ) -> Generator[Question, Any, Refusal]:
        find = temporary_credentials_finder(self._clock())
        return self._verifier.explaining_steps(refused, request, base_string, find)


class Provider(_ProviderBase[ProviderStore]):
    """A provider of OAuth 1.0 credentials.

    Args:
        store: clients, pending authorizations, tokens and nonces.
        verifier: how requests are verified; its ``token`` setting does not matter here. None takes the defaults.
        callback_rule: which callbacks a client may have; by default those it registered, character for character.
        temporary_lifetime: how many seconds temporary credentials live.
        token_lifetime: how many seconds token credentials live; None for ever.
        max_verifier_attempts: how many verification codes may be tried; as many wrong ones kill temporary credentials.
        explain: answer refused requests with the reason, the base string and the first difference: for sandboxes.
        on_refusal: told of each request that an endpoint refuses, and of each failure of the store, for logs: the
            answer tells the client less.
        clock: returns the seconds since 1970.

    Raises:
        TypeError: ``store`` is none, or its methods are coroutines; ``callback_rule`` or ``on_refusal`` is no function,
            or a coroutine function.
        ConfigurationError: a number or flag that the setting cannot be.
    """

    _asking = staticmethod(asking)
    _verifying = Verifier
    _taking = staticmethod(require_sync_function)

    def temporary_credentials(self, request: IncomingRequest) -> EndpointResponse:
        """The temporary credential request endpoint (RFC 5849 section 2.1).

        Args:
            request: the request as it arrived.
        """
        return run(self._answered(grant_temporary_credentials, request), self._ask)

    def token_credentials(self, request: IncomingRequest) -> EndpointResponse:
        """The token request endpoint (RFC 5849 section 2.3); the argument is that of `temporary_credentials`."""
        return run(self._answered(grant_token_credentials, request), self._ask)

    def explain(
        self, refused: VerificationError, request: IncomingRequest, *, base_string: str | None = None
    ) -> Refusal:
        """`Verifier.explain` for what one of the two endpoints above refused, and ``on_refusal`` was told."""
        return run(self._explained(refused, request, base_string), self._ask)

    def pending(self, token: str) -> tuple[PendingAuthorization, Client]:
        """What a consent page shows: the pending authorization and the client that asks.

        Raises:
            VerificationError: the token is unknown, expired or decided: show an error page, redirect nowhere.
            StoreError: the store did not answer.
        """
        return run(find_undecided(token, self._clock()), self._ask)

    def approve(self, token: str, user: str, extra: Mapping[str, str] = _NOTHING) -> Decision:
        """The resource owner ``user`` agreed (RFC 5849 section 2.2). Call it after a POST that CSRF cannot forge.

        Agreeing twice, as a double click does, is agreeing once: the second call returns what the first did.

        Args:
            token: which authorization.
            user: who agreed.
            extra: what they agreed to, such as ``{"scope": "read"}``. The token keeps it, nothing widens it later, and
                the client is told.

        Raises:
            TypeError: ``user``, or a name or value in ``extra``, is no text. Nothing is decided then.
            ValueError: ``extra`` holds a name that the protocol needs, such as ``oauth_token``; or a text in ``user``
                or ``extra`` has NUL or a lone surrogate in it, which cannot be stored.
            VerificationError: the token is unknown, expired, exchanged, or decided by another user.
            StoreError: the store did not answer.
        """
        return run(decide_for(token, user, extra, self._clock()), self._ask)

    def deny(self, token: str) -> Decision:
        """The resource owner refused: the temporary credentials die at once.

        Raises:
            VerificationError: see `pending`.
            StoreError: the store did not answer.
        """
        return run(decide_against(token, self._clock()), self._ask)


class AsyncProvider(_ProviderBase[AsyncProviderStore | ProviderStore]):
    """`Provider` whose methods are coroutines. Its further arguments are those of `Provider`.

    ``callback_rule`` and ``on_refusal`` may be coroutine functions here: they are awaited.

    Args:
        store: one whose methods are coroutines, or a plain one that never waits, such as `MemoryStore`.
    """

    _asking = staticmethod(make_async_handler)
    _verifying = AsyncVerifier
    _taking = staticmethod(require_function)

    async def temporary_credentials(self, request: IncomingRequest) -> EndpointResponse:
        """See `Provider.temporary_credentials`."""
        return await arun(self._answered(grant_temporary_credentials, request), self._ask)

    async def token_credentials(self, request: IncomingRequest) -> EndpointResponse:
        """See `Provider.token_credentials`."""
        return await arun(self._answered(grant_token_credentials, request), self._ask)

    async def explain(
        self, refused: VerificationError, request: IncomingRequest, *, base_string: str | None = None
    ) -> Refusal:
        """See `Provider.explain`."""
        return await arun(self._explained(refused, request, base_string), self._ask)

    async def pending(self, token: str) -> tuple[PendingAuthorization, Client]:
        """See `Provider.pending`."""
        return await arun(find_undecided(token, self._clock()), self._ask)

    async def approve(self, token: str, user: str, extra: Mapping[str, str] = _NOTHING) -> Decision:
        """See `Provider.approve`."""
        return await arun(decide_for(token, user, extra, self._clock()), self._ask)

    async def deny(self, token: str) -> Decision:
        """See `Provider.deny`."""
        return await arun(decide_against(token, self._clock()), self._ask)
