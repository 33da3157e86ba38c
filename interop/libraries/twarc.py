"""twarc, which archives X (Twitter)."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any
from unittest import mock

from ..provider import LibraryProvider
from ..routes import Kind, Route, issued, resource
from . import TEXT

DISTRIBUTION = "twarc"
CALLS = "login in the terminal; GET, form"
HOST = "api.twitter.com"
FRESH = r"(?<=Basic ).*"  # the client secret
ROUTES = [
    # The library sends no callback, as in OAuth 1.0 before its revision A.
    resource(HOST, r"/oauth/request_token", issued(1)),
    resource(HOST, r"/oauth/access_token", f"{issued(2)}&user_id=1&screen_name=alice"),
    Route(Kind.OPEN, HOST, r"POST /oauth2/token", '{"access_token": "bearer"}'),
    resource(HOST, r"GET /1.1/account/verify_credentials", '{"id": 1, "screen_name": "alice"}'),
    resource(HOST, r"/1.1/statuses/lookup", "[]"),
    resource(HOST, r"GET /1.1/search/tweets", '{"statuses": []}'),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in as a person at the terminal does, and search."""
    from twarc import Twarc
    from twarc.handshake import handshake

    key, secret = provider.client.client_id, provider.client.client_secret
    answers = {"Bearer": "", "API key:": key, "API secret:": secret, "choice": "1"}

    def answer(question: str) -> str:
        return next((given for word, given in answers.items() if word in question), "a code")

    with mock.patch.object(builtins, "input", answer):
        found = handshake()
    yield "keys", found

    api = Twarc(key, secret, found["access_token"], found["access_token_secret"], validate_keys=False)
    yield "search", list(api.search(TEXT))
    yield "hydrate", list(api.hydrate(["1", "2"]))
