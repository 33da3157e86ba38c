"""`Provider`: the three endpoints of RFC 5849 section 2 over a store, for any web framework to route to."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from oauthone.core.drive import run
from oauthone.core.encoding import form_encode
from oauthone.core.verification import FindCredentials, UseNonce
from oauthone.errors import OAuth1Error, StoreError, VerificationError
from oauthone.server.callbacks import CallbackRule, callback_with, exactly_registered
from oauthone.server.granting import (
    CountFailure,
    FindClient,
    FindPending,
    Question,
    Request,
    SavePending,
    Steps,
    TakePending,
    Terms,
    grant_temporary_credentials,
    grant_token_credentials,
    new_verifier,
)
from oauthone.server.records import Client, IssuedToken, PendingAuthorization
from oauthone.server.verifier import IncomingHeaders, Verifier, VerifierStore

_FORM_HEADERS: tuple[tuple[str, str], ...] = (
    ("Content-Type", "application/x-www-form-urlencoded"),
    ("Cache-Control", "no-store"),
    ("Pragma", "no-cache"),
)


class ProviderStore(VerifierStore, Protocol):
    """What a `Provider` needs of a store beyond verification. Each method may raise `oauthone.errors.StoreError`."""

    def find_client(self, client_id: str) -> Client | None:
        """The registered client, or None."""
        ...

    def save_pending(self, pending: PendingAuthorization) -> None:
        """Remember a new pending authorization until it expires."""
        ...

    def approve_pending(self, token: str, verifier: str, user: str) -> bool:
        """Note the resource owner's agreement, in one atomic step; False if the authorization is gone or decided."""
        ...

    def find_pending(self, token: str) -> PendingAuthorization | None:
        """The pending authorization, or None."""
        ...

    def take_pending(self, token: str) -> PendingAuthorization | None:
        """The pending authorization, forgotten in the same atomic step; None for whoever comes second."""
        ...

    def count_failure(self, token: str) -> int:
        """Count one more wrong verification code for this token, and say how many there were."""
        ...

    def save_token(self, issued: IssuedToken) -> None:
        """Remember a token."""
        ...


class Answer(NamedTuple):
    """What an endpoint answers.

    Attributes:
        status: the HTTP status code.
        headers: the headers as pairs.
        body: the body's octets.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __repr__(self) -> str:
        return f"Answer(status={self.status}, …)"


class Decision(NamedTuple):
    """What follows from a resource owner's decision: a place to go, or a code to type.

    Attributes:
        redirect: where to send the browser, or None where the code is shown instead.
        verifier: the verification code; None after a denial.
    """

    redirect: str | None
    verifier: str | None

    def __repr__(self) -> str:
        return "Decision(…)"


class Provider:
    """A provider of OAuth 1.0 credentials.

    Args:
        store: clients, pending authorizations, tokens and nonces.
        verifier: how requests are verified; its ``token`` setting does not matter here. None takes the defaults.
        callback_rule: which callbacks a client may have; by default those it registered, character for character.
        temporary_lifetime: how many seconds temporary credentials live.
        token_lifetime: how many seconds token credentials live; None for ever.
        max_tries: how many wrong verification codes kill temporary credentials.
        on_refusal: told of each request that an endpoint refuses, and of each failure of the store, for logs: the
            answer tells the client less.
        clock: returns the seconds since 1970.
    """

    def __init__(
        self,
        store: ProviderStore,
        *,
        verifier: Verifier | None = None,
        callback_rule: CallbackRule = exactly_registered,
        temporary_lifetime: float = 600,
        token_lifetime: float | None = None,
        max_tries: int = 5,
        on_refusal: Callable[[OAuth1Error], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._clock = clock
        self._on_refusal = on_refusal
        self._verifier = verifier or Verifier(store, clock=clock)
        self._terms = Terms(self._verifier.policy, callback_rule, temporary_lifetime, token_lifetime, max_tries)

    def temporary_credentials(self, method: str, url: str, headers: IncomingHeaders, body: bytes = b"") -> Answer:
        """The temporary credential request endpoint (RFC 5849 section 2.1).

        Args:
            method: the request method.
            url: the absolute URL, its path and query octet for octet as they came.
            headers: all headers, as a mapping or as pairs.
            body: the body's octets.
        """
        return self._answered(grant_temporary_credentials, method, url, headers, body)

    def token_credentials(self, method: str, url: str, headers: IncomingHeaders, body: bytes = b"") -> Answer:
        """The token request endpoint (RFC 5849 section 2.3); the arguments are those of `temporary_credentials`."""
        return self._answered(grant_token_credentials, method, url, headers, body)

    def pending(self, token: str) -> tuple[PendingAuthorization, Client]:
        """What a consent page shows: the pending authorization and the client that asks.

        Raises:
            VerificationError: the token is unknown, expired or decided: show an error page, redirect nowhere.
            StoreError: the store did not answer.
        """
        pending, client = self._live(token)
        if pending.verifier is not None:
            raise _not_pending()
        return pending, client

    def approve(self, token: str, user: str) -> Decision:
        """The resource owner ``user`` agreed (RFC 5849 section 2.2). Call it after a POST that CSRF cannot forge.

        Agreeing twice, as a double click does, is agreeing once: the second call returns what the first did.

        Raises:
            VerificationError: the token is unknown, expired, exchanged, or decided by another user.
            StoreError: the store did not answer.
        """
        pending, _ = self._live(token)
        if pending.verifier is None:
            self._store.approve_pending(token, new_verifier(typed=pending.callback is None), user)
            pending, _ = self._live(token)
        if pending.verifier is None or pending.user != user:
            raise _not_pending()
        if pending.callback is None:
            return Decision(None, pending.verifier)
        answer = [("oauth_token", token), ("oauth_verifier", pending.verifier)]
        return Decision(callback_with(pending.callback, answer), pending.verifier)

    def deny(self, token: str) -> Decision:
        """The resource owner refused: the temporary credentials die at once.

        Raises:
            VerificationError: see `pending`.
            StoreError: the store did not answer.
        """
        pending, _ = self.pending(token)
        if self._store.take_pending(token) is None:
            raise _not_pending()
        if pending.callback is None:
            return Decision(None, None)
        answer = [("oauth_token", token), ("oauth_problem", "user_refused")]
        return Decision(callback_with(pending.callback, answer), None)

    def _tell(self, error: OAuth1Error) -> None:
        if self._on_refusal is not None:
            self._on_refusal(error)

    def _live(self, token: str) -> tuple[PendingAuthorization, Client]:
        pending = self._store.find_pending(token)
        client = None if pending is None else self._store.find_client(pending.client_id)
        if pending is None or client is None or pending.expires <= self._clock():
            raise _not_pending()
        return pending, client

    def _answered(
        self,
        steps: Callable[[Request, Terms, float], Steps],
        method: str,
        url: str,
        headers: IncomingHeaders,
        body: bytes,
    ) -> Answer:
        try:
            request = Request(method, *self._verifier.as_seen_by_clients(url, headers), body)
            form = run(steps(request, self._terms, self._clock()), self._ask)
        except VerificationError as refused:
            self._tell(refused)
            return refusal_answer(refused)
        except StoreError as failed:
            self._tell(failed)
            return Answer(503, (*_FORM_HEADERS, ("Retry-After", "1")), b"")
        return Answer(200, _FORM_HEADERS, form.encode("ascii"))

    def _ask(self, question: Question) -> Any:
        match question:
            case FindCredentials():
                return self._store.find_credentials(*question)
            case UseNonce():
                return self._store.use_nonce(*question)
            case FindClient():
                return self._store.find_client(question.client_id)
            case SavePending():
                return self._store.save_pending(question.pending)
            case FindPending():
                return self._store.find_pending(question.token)
            case TakePending():
                return self._store.take_pending(question.token)
            case CountFailure():
                return self._store.count_failure(question.token)
            case _:
                return self._store.save_token(question.issued)


def _not_pending() -> VerificationError:
    return VerificationError(400, "token_rejected", "no authorization is pending under this token")


def refusal_answer(refused: VerificationError) -> Answer:
    """What a client is told of a refusal: status, challenge and problem, and nothing that helps to guess."""
    headers = _FORM_HEADERS
    if refused.status == 401:
        headers = (*headers, ("WWW-Authenticate", refused.challenge))
    return Answer(refused.status, headers, form_encode([("oauth_problem", refused.problem)]).encode("ascii"))
