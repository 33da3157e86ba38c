"""`Provider` and `AsyncProvider`: the three endpoints of RFC 5849 section 2 over a store, for any web framework."""

import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Any, Generic, TypeVar

from oauthone.core.drive import arun, run
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import OAuth1Error, StoreError, VerificationError
from oauthone.server._authorization import Decision, approve, deny, find_pending_authorization
from oauthone.server._callbacks import CallbackRule, exactly_registered
from oauthone.server._credential_endpoints import (
    ProviderPolicy,
    find_temporary_at,
    grant_temporary_credentials,
    grant_token_credentials,
)
from oauthone.server._dispatch import (
    STORE_EFFECTS,
    make_async_handler,
    make_handler,
    require_function,
    require_methods,
    require_sync_function,
)
from oauthone.server._effects import CallHook, Effect
from oauthone.server._records import Client, PendingAuthorization
from oauthone.server._refusal_log import OnResult, log_refusal, problem_of
from oauthone.server._refusals import Refusal, explain_refusal, explaining_response
from oauthone.server._responses import EndpointResponse, credentials_response, refusal_response
from oauthone.server._settings_checks import require_flag, require_number
from oauthone.server._store_protocols import AsyncProviderStore, ProviderStore
from oauthone.server._verifier import AsyncVerifier, Verifier, VerifierBase

Store = TypeVar("Store")
_NOTHING: Mapping[str, str] = {}


class _ProviderBase(Generic[Store]):
    """The settings of a `Provider` or an `AsyncProvider`, and the generators that both run."""

    _make_handler: Callable[[Any], Callable[[Any], Any]]
    _verifier_class: type[VerifierBase[Any]]
    _check_hook: Callable[[str, Any], None]

    def __init__(
        self,
        store: Store,
        *,
        verifier: VerifierBase[Any] | None = None,
        callback_rule: CallbackRule = exactly_registered,
        temporary_lifetime: float = 600,
        token_lifetime: float | None = None,
        max_verifier_attempts: int = 5,
        explain: bool = False,
        on_refusal: Callable[[OAuth1Error], Awaitable[None] | None] | None = None,
        on_result: OnResult | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._check_hook("callback_rule", callback_rule)
        self._check_hook("on_refusal", on_refusal)
        require_sync_function("on_result", on_result, "pass a plain one")
        require_number("temporary_lifetime", temporary_lifetime, 0)
        require_number("token_lifetime", 0 if token_lifetime is None else token_lifetime, 0)
        require_number("max_verifier_attempts", max_verifier_attempts, 1)
        require_flag("explain", explain)
        require_sync_function("clock", clock, "pass a plain one")
        # Another object would fail at the first request, not at the start of the application.
        if verifier is not None and not isinstance(verifier, VerifierBase):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"verifier must be a Verifier or an AsyncVerifier, not of type {type(verifier).__name__}")
        self._explain = explain
        self._handler = self._make_handler(store)
        require_methods(store, *STORE_EFFECTS)
        self._clock = clock
        self._on_refusal = on_refusal
        self._on_result = on_result
        self._verifier: VerifierBase[Any] = verifier or self._verifier_class(store, clock=clock)
        self._policy = ProviderPolicy(
            self._verifier.policy, callback_rule, temporary_lifetime, token_lifetime, max_verifier_attempts
        )

    def _endpoint(
        self,
        grant: Callable[[IncomingRequest, ProviderPolicy, float], Generator[Effect, Any, str]],
        request: IncomingRequest,
    ) -> Generator[Effect, Any, EndpointResponse]:
        """An endpoint from request to response. Refusals and failures of the store are responses too."""
        try:
            form = yield from grant(request, self._policy, self._clock())
        except (VerificationError, StoreError) as refused:
            log_refusal(refused, request, self._verifier.policy)
            if self._on_refusal is not None:
                yield CallHook(self._on_refusal, (refused,))
            if self._on_result is not None:
                self._on_result(problem_of(refused))
            if self._explain and isinstance(refused, VerificationError):
                return (yield from explaining_response(refused, self._explain_refusal(refused, request, None)))
            return refusal_response(refused)
        if self._on_result is not None:
            self._on_result(None)
        return credentials_response(form)

    def _explain_refusal(
        self,
        refused: VerificationError,
        request: IncomingRequest,
        base_string: str | None,
    ) -> Generator[Effect, Any, Refusal]:
        find = find_temporary_at(self._clock())
        return explain_refusal(refused, request, self._verifier.policy, base_string, find)


class Provider(_ProviderBase[ProviderStore]):
    """A provider of OAuth 1.0 credentials.

    Args:
        store: keeps clients, pending authorizations, tokens and nonces.
        verifier: verifies the requests to the endpoints, whatever its ``token`` setting is. None creates a
            `Verifier` with its default settings.
        callback_rule: decides which callbacks a client may use. The default allows those that the client registered,
            character for character.
        temporary_lifetime: the lifetime of temporary credentials in seconds.
        token_lifetime: the lifetime of token credentials in seconds, or None if they do not expire.
        max_verifier_attempts: the number of verification codes that may be tried. After that many wrong ones, the
            temporary credentials are deleted.
        explain: answer a refused request with the reason, the base string and the first difference. Use it in
            sandboxes only.
        on_refusal: called with the error of each refused request and of each failure of the store. The response tells
            the client less, so use it for logs of your own.
        on_result: called with None for each credentials that are granted, and with the problem of each refused request,
            for counters. If the store failed, that is ``"store_failed"``.
        clock: returns the seconds since 1970.

    Raises:
        TypeError: ``store`` lacks a method, or its methods are coroutine functions; ``callback_rule`` or
            ``on_refusal`` is not a function, or is a coroutine function.
        ConfigurationError: a number or flag has a value that it cannot have.
    """

    _make_handler = staticmethod(make_handler)
    _verifier_class = Verifier
    _check_hook = staticmethod(require_sync_function)

    def temporary_credentials(self, request: IncomingRequest) -> EndpointResponse:
        """The temporary credential request endpoint (RFC 5849 section 2.1).

        Args:
            request: the request as it arrived.
        """
        return run(self._endpoint(grant_temporary_credentials, request), self._handler)

    def token_credentials(self, request: IncomingRequest) -> EndpointResponse:
        """The token request endpoint (RFC 5849 section 2.3); the argument is that of `temporary_credentials`."""
        return run(self._endpoint(grant_token_credentials, request), self._handler)

    def explain(
        self, refused: VerificationError, request: IncomingRequest, *, base_string: str | None = None
    ) -> Refusal:
        """`Verifier.explain` for a request to one of these two endpoints, and the error that ``on_refusal`` got."""
        return run(self._explain_refusal(refused, request, base_string), self._handler)

    def pending(self, token: str) -> tuple[PendingAuthorization, Client]:
        """The pending authorization and its client, for the page on which the resource owner decides.

        Args:
            token: the ``oauth_token`` that the browser brought.

        Raises:
            VerificationError: the token is unknown, expired or decided. Show an error page, and do not redirect.
            StoreError: the store did not answer.
        """
        return run(find_pending_authorization(token, self._clock()), self._handler)

    def approve(self, token: str, user: str, extra: Mapping[str, str] = _NOTHING) -> Decision:
        """Approve a pending authorization (RFC 5849 section 2.2). Call it after a POST that CSRF cannot forge.

        A second approval by the same user, as after a double click, returns what the first one did.

        Args:
            token: the token of the pending authorization.
            user: the identifier of the resource owner who approved it.
            extra: what they agreed to, such as ``{"scope": "read"}``. It stays with the token unchanged, and the
                response with the token tells the client.

        Raises:
            TypeError: ``user``, or a name or value in ``extra``, is not a string. Nothing is decided then.
            ValueError: ``extra`` holds a name that the protocol reserves, such as ``oauth_token``; or a string in
                ``user`` or ``extra`` cannot be stored, because it holds NUL or a lone surrogate.
            VerificationError: the token is unknown, expired, exchanged, or decided by another user.
            StoreError: the store did not answer.
        """
        return run(approve(token, user, extra, self._clock()), self._handler)

    def deny(self, token: str) -> Decision:
        """Deny a pending authorization: the temporary credentials are deleted at once.

        Args:
            token: the token of the pending authorization.

        Raises:
            VerificationError: see `pending`.
            StoreError: the store did not answer.
        """
        return run(deny(token, self._clock()), self._handler)


class AsyncProvider(_ProviderBase[AsyncProviderStore | ProviderStore]):
    """`Provider` with coroutine methods. Its other arguments are those of `Provider`.

    ``callback_rule`` and ``on_refusal`` may be coroutine functions here: they are awaited. ``on_result`` may not.

    Args:
        store: a store with coroutine methods, or one with plain methods that never waits, such as `MemoryStore`.
    """

    _make_handler = staticmethod(make_async_handler)
    _verifier_class = AsyncVerifier
    _check_hook = staticmethod(require_function)

    async def temporary_credentials(self, request: IncomingRequest) -> EndpointResponse:
        """See `Provider.temporary_credentials`."""
        return await arun(self._endpoint(grant_temporary_credentials, request), self._handler)

    async def token_credentials(self, request: IncomingRequest) -> EndpointResponse:
        """See `Provider.token_credentials`."""
        return await arun(self._endpoint(grant_token_credentials, request), self._handler)

    async def explain(
        self, refused: VerificationError, request: IncomingRequest, *, base_string: str | None = None
    ) -> Refusal:
        """See `Provider.explain`."""
        return await arun(self._explain_refusal(refused, request, base_string), self._handler)

    async def pending(self, token: str) -> tuple[PendingAuthorization, Client]:
        """See `Provider.pending`."""
        return await arun(find_pending_authorization(token, self._clock()), self._handler)

    async def approve(self, token: str, user: str, extra: Mapping[str, str] = _NOTHING) -> Decision:
        """See `Provider.approve`."""
        return await arun(approve(token, user, extra, self._clock()), self._handler)

    async def deny(self, token: str) -> Decision:
        """See `Provider.deny`."""
        return await arun(deny(token, self._clock()), self._handler)
