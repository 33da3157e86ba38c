"""Requests by those who cannot sign, without end, and the doors that they knock at."""

from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any

from oauthone import Signer
from oauthone.core.request import IncomingRequest
from oauthone.errors import VerificationError
from oauthone.server import MemoryStore, PendingAuthorization, Provider, Verifier

from .setting import CALLBACK, NOW, Clock, RecordingStore, Sent, signed, token_signer, with_token

ENDPOINT = "https://p.example/"


def forgeries(**given: Any) -> Iterator[Sent]:
    """Signed requests without end, each by a client, with a token and at a second of its own, none with the secrets."""
    number = 0
    while True:
        number += 1
        for client_id in ("client", f"nobody{number}"):
            for token in ("t", f"u{number}", None):
                made = Signer(client_id, "guess", token=token, token_secret=token and "guess", clock=lambda: NOW)
                yield signed(made, url=ENDPOINT, timestamp=NOW + number % 300, **given)


def malformed() -> Iterator[Sent]:
    """Good requests that are spoilt after they were signed."""
    spoilt = [
        ("oauth_version=", 'oauth_version="1.0", oauth_version='),
        ("HMAC-SHA1", "HMAC-SHA256"),
        ("oauth_timestamp=", 'oauth_callback="oob", oauth_timestamp='),
        ('oauth_nonce="', 'oauth_nonce="x'),
        ('oauth_token="t"', 'oauth_token=""'),
        ('oauth_signature="', 'oauth_signature="A'),
    ]
    for old, new in cycle(spoilt):
        sent = signed(token_signer(), url=ENDPOINT, verifier="v")
        ((name, value),) = sent.headers
        yield sent._replace(headers=[(name, value.replace(old, new))])


def contents(store: MemoryStore) -> dict[str, Any]:
    """All that a store holds."""
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


DOORS = (verified, temporary, exchanged)
KINDS = (forgeries, malformed)


def knock(door: Callable[[MemoryStore], Callable[..., int]], kind: Callable[..., Iterator[Sent]], count: int) -> None:
    """Send ``count`` of them. Nothing is written, and nothing that is looked up is kept. What is genuine is taken then.

    Raises:
        AssertionError: one was accepted, or left something behind.
    """
    store = RecordingStore(Clock())
    with_token(store)
    store.save_pending(PendingAuthorization("t", "ts", "client", CALLBACK, NOW + 600, "v", "ann"))
    before, status = contents(store), door(store)
    given = {"callback": CALLBACK, "verifier": "v"} if kind is forgeries else {}
    for sent in islice(kind(**given), count):
        store.calls.clear()
        assert status(*sent) in (400, 401)
        assert store.writes() == []
    assert contents(store) == before
    made = Signer("client", "secret", clock=Clock()) if door is temporary else token_signer()
    assert status(*signed(made, url=ENDPOINT, callback=CALLBACK if door is temporary else None, verifier="v")) == 200
