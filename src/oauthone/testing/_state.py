"""The state of a box that its endpoints share: its settings, its provider, and the requests that it received."""

import secrets
import time
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any, Literal

from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import OAuth1Error
from oauthone.server import CallbackRule, Client, MemoryStore, Provider, Verifier
from oauthone.testing._like_legs import Legs
from oauthone.testing._likeness import Likeness
from oauthone.testing.canned import CannedAnswer
from oauthone.testing.faults import Faults
from oauthone.testing.received import Received

#: A history with a limit keeps bodies of so many octets together.
_MOST_OCTETS = 64 * 1024 * 1024

#: The decision of the resource owner; None shows a page on which a person decides.
ResourceOwnerDecision = Literal["approve", "deny"] | None


class BoxState:
    """A provider with its store, and what happened to it.

    Args:
        clients: the registered clients.
        tls: whether the box is served over TLS.
        decision: see `oauthone.testing.ProviderBox`, as for the arguments below.
        user: the name of the resource owner.
        faults: the faults of the provider.
        window: the number of seconds by which a timestamp may differ from the clock.
        body_hash: whether a body hash is required.
        callback_rule: the callbacks that a client may use.
        clock: returns the seconds since 1970.
        likeness: how the box is like a provider; None if it is like none.
        suffix: the end of each token and secret.
        history: the number of received requests that it keeps; None keeps all.
    """

    #: Where the form of the authorization page leads.
    authorization_action = "/oauth/authorize"
    #: How long the bodies are together, those of removed requests among them.
    _octets = 0

    def __init__(
        self,
        clients: Iterable[Client],
        *,
        tls: bool,
        decision: ResourceOwnerDecision,
        user: str,
        faults: Faults,
        window: int,
        body_hash: Literal["optional", "required"],
        callback_rule: CallbackRule,
        clock: Callable[[], float],
        likeness: Likeness | None = None,
        suffix: str = "",
        history: int | None = None,
    ) -> None:
        self.uses_tls = tls
        self.decision: ResourceOwnerDecision = decision
        self.user = user
        self.faults = faults
        self.requests: list[Received] = []
        self.on_received: Callable[[Received], None] | None = None
        self.canned: dict[tuple[str, str], CannedAnswer] = {}
        self.history = history
        self._numbers_of_answers = count(1)
        self.attempts: dict[str, int] = {}
        self.page_key = secrets.token_bytes(32)
        self.on_refusal: Callable[[OAuth1Error], None] | None = None

        def skewed() -> float:
            return clock() + self.faults.clock_skew

        self.clock = skewed
        registered = [*clients]
        self.client_ids = [client.client_id for client in registered]
        self.store = _Store(self, registered, window=window, clock=skewed)
        # The network cannot read loopback, so PLAINTEXT and the credential endpoints work without TLS here.
        settings: dict[str, Any] = {"window": window, "body_hash": body_hash, "realm": "Box"}
        settings |= {"signature_methods": likeness and likeness.methods, "allow_insecure_transport": True}
        self.verifier, self.two_legged_verifier = (
            Verifier(self.store, token=token, clock=skewed, **settings) for token in ("required", "optional")
        )
        self.legs = Legs(likeness, self.store, skewed, suffix, **settings) if likeness else None
        self.provider = Provider(
            self.store, verifier=self.verifier, callback_rule=callback_rule, on_refusal=self._refused, clock=skewed
        )

    def record(self, got: Received) -> None:
        """Add a request to `requests`; only the latest stay if the history has a limit."""
        self.requests.append(got._replace(at=time.time()))
        if self.history is not None:
            del self.requests[: -self.history]
            self._limit_octets(len(got.body))

    def _limit_octets(self, more: int) -> None:
        """Remove the oldest requests if all bodies together are too long. They are added up only if that may be."""
        self._octets += more
        if self._octets > _MOST_OCTETS:
            self._octets = sum(len(one.body) for one in self.requests)
            while self._octets > _MOST_OCTETS and len(self.requests) > 1:
                self._octets -= len(self.requests.pop(0).body)

    def complete(self, request: IncomingRequest, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        """Add the response to a recorded request, and tell `on_received` about it.

        Args:
            request: the request itself.
            status: the status of the response.
            headers: its headers.
            body: its body.
        """
        for index in range(len(self.requests) - 1, -1, -1):
            if self.requests[index].request is request:
                answer = (tuple(headers), body)
                done = self.requests[index]._replace(
                    number=next(self._numbers_of_answers), status=status, answer=answer
                )
                self.requests[index] = done
                if self.on_received is not None:
                    self.on_received(done)
                return

    def _refused(self, error: OAuth1Error) -> None:
        if self.on_refusal is not None:
            self.on_refusal(error)


class _Store(MemoryStore):
    """A memory store that rejects every nonce as used if the box has that fault."""

    def __init__(self, state: BoxState, clients: Iterable[Client], *, window: int, clock: Callable[[], float]) -> None:
        super().__init__(window=window, clock=clock)
        self._clients |= {client.client_id: client for client in clients}  # some may have an empty secret
        self._state = state

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """See `oauthone.server.VerifierStore`."""
        return not self._state.faults.refuse_nonces and super().use_nonce(client_id, token, timestamp, nonce)
