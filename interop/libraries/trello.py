"""py-trello, for Trello."""

from __future__ import annotations

import builtins
import io
from collections.abc import Iterator
from typing import Any
from unittest import mock

from ..provider import LibraryProvider
from ..routes import issued, resource
from . import PICTURE, TEXT

DISTRIBUTION = "py-trello"
CALLS = "login in the terminal; GET, JSON, upload, PUT and DELETE"
LOGIN, API = "trello.com", "api.trello.com"
ROUTES = [
    # The library sends no callback, as in OAuth 1.0 before its revision A.
    resource(LOGIN, r"/1/OAuthGetRequestToken", issued(1)),
    resource(LOGIN, r"/1/OAuthGetAccessToken", issued(2)),
    resource(API, r"", '{"id": "1", "name": "é", "desc": "", "closed": false, "url": "u"}'),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in as a person at the terminal does, and call the API."""
    from trello import TrelloClient
    from trello.util import create_oauth_token

    key, secret = provider.client.client_id, provider.client.client_secret
    with mock.patch.object(builtins, "input", lambda question: "y" if "authorized" in question else "a code"):
        token = create_oauth_token(key=key, secret=secret, output=False)
    yield "token", token

    client = TrelloClient(key, secret, token["oauth_token"], token["oauth_token_secret"])
    yield "get", client.fetch_json("/members/me", query_params={"q": TEXT})
    yield "json", client.fetch_json("/cards", http_method="POST", post_args={"name": TEXT})
    yield "put", client.fetch_json("/cards/1", http_method="PUT", post_args={"name": TEXT})
    files = {"file": ("picture.png", io.BytesIO(PICTURE))}
    yield "upload", client.fetch_json("/cards/1/attachments", http_method="POST", files=files)
    yield "delete", client.fetch_json("/cards/1", http_method="DELETE")
