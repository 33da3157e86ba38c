"""Endless forged requests, and the verifier and endpoints that must reject them."""

from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import VerificationError
from oauthone.server import MemoryStore, PendingAuthorization, Provider, Verifier

from .setting import CALLBACK, NOW, Clock, RecordingStore, Sent, signed, token_signer, with_token

ENDPOINT = "https://p.example/"


def forgeries(**given: Any) -> Iterator[Sent]:
    """Yield endless requests signed with guessed secrets, each with another client, token or timestamp."""
    number = 0
    while True:
        number += 1
        for client_id in ("client", f"unknown{number}"):
            for token in ("t", f"u{number}", None):
                made = Signer(client_id, "guess", token=token, token_secret=token and "guess", clock=lambda: NOW)
                yield signed(made, url=ENDPOINT, timestamp=NOW + number % 300, **given)


def malformed() -> Iterator[Sent]:
    """Yield endless valid requests that were changed after they were signed."""
    changes = [
        ("oauth_version=", 'oauth_version="1.0", oauth_version='),
        ("HMAC-SHA1", "HMAC-SHA256"),
        ("oauth_timestamp=", 'oauth_callback="oob", oauth_timestamp='),
        ('oauth_nonce="', 'oauth_nonce="x'),
        ('oauth_token="t"', 'oauth_token=""'),
        ('oauth_signature="', 'oauth_signature="A'),
    ]
    for old, new in cycle(changes):
        sent = signed(token_signer(), url=ENDPOINT, verifier="v")
        ((name, value),) = sent.headers
        yield sent._replace(headers=[(name, value.replace(old, new))])


def contents(store: MemoryStore) -> dict[str, Any]:
    """Return everything that a store contains."""
    return {name: dict(value) for name, value in vars(store).items() if isinstance(value, dict)}


def verified(store: MemoryStore) -> Callable[..., int]:
    verifier = Verifier(store, token="optional", clock=Clock())

    def status(*sent: Any) -> int:
        try:
            verifier.verify(*sent)
        except VerificationError as refused:
            return refused.status
        return 200

    return status


def temporary(store: MemoryStore) -> Callable[..., int]:
    return lambda *sent: Provider(store, clock=Clock()).temporary_credentials(IncomingRequest.from_url(*sent)).status


def exchanged(store: MemoryStore) -> Callable[..., int]:
    return lambda *sent: Provider(store, clock=Clock()).token_credentials(IncomingRequest.from_url(*sent)).status


TARGETS = (verified, temporary, exchanged)
KINDS = (forgeries, malformed)


def send_forged(
    target: Callable[[MemoryStore], Callable[..., int]], kind: Callable[..., Iterator[Sent]], count: int
) -> None:
    """Send ``count`` forged requests of one kind, then a genuine one, which must still be accepted.

    Raises:
        AssertionError: a forged request was accepted, or changed the store.
    """
    store = RecordingStore(Clock())
    with_token(store)
    store.save_pending(PendingAuthorization("t", "ts", "client", CALLBACK, NOW + 600, "v", "ann"))
    before, status = contents(store), target(store)
    given = {"callback": CALLBACK, "verifier": "v"} if kind is forgeries else {}
    for sent in islice(kind(**given), count):
        store.calls.clear()
        assert status(*sent) in (400, 401)
        assert store.writes() == []
    assert contents(store) == before
    made = Signer("client", "secret", clock=Clock()) if target is temporary else token_signer()
    assert status(*signed(made, url=ENDPOINT, callback=CALLBACK if target is temporary else None, verifier="v")) == 200
