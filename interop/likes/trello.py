"""py-trello, for Trello."""

from __future__ import annotations

import builtins
import contextlib
import io
import re
from collections.abc import Iterator
from typing import Any
from unittest import mock

from ..libraries import TEXT
from ..provider import LibraryProvider
from ..routes import resource

DISTRIBUTION = "py-trello"
CALLS = "login in the terminal, without a callback; GET, JSON"
PROVIDER, OPTIONS = "trello", dict[str, str]()
ROUTES = [resource("api.trello.com", r"", '{"id": "1", "name": "é"}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in as a person at the terminal does, and call the API."""
    from trello import TrelloClient
    from trello.util import create_oauth_token

    key, secret = provider.client.client_id, provider.client.client_secret
    printed = io.StringIO()

    def typed(question: str) -> str:
        if "authorized" in question:
            return "y"
        return provider.code(re.search(r"https://\S+", printed.getvalue())[0])

    with mock.patch.object(builtins, "input", typed), contextlib.redirect_stdout(printed):
        token = create_oauth_token(expiration="30days", scope="read,write", key=key, secret=secret)
    yield "token", token
    client = TrelloClient(key, secret, token["oauth_token"], token["oauth_token_secret"])
    yield "get", client.fetch_json("/members/me", query_params={"q": TEXT})
    yield "json", client.fetch_json("/cards", http_method="POST", post_args={"name": TEXT})
