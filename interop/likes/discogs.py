"""python3-discogs-client, for Discogs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..libraries import PLAIN_CALLBACK
from ..provider import LibraryProvider
from ..routes import resource

DISTRIBUTION = "python3-discogs-client"
CALLS = "login; the identity; GET"
PROVIDER, OPTIONS = "discogs", dict[str, str]()
ROUTES = [resource("api.discogs.com", r"GET /releases/1", '{"id": 1, "title": "é"}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, and look at an album."""
    import discogs_client

    client = discogs_client.Client("PhotoPrinter/1.0", provider.client.client_id, provider.client.client_secret)
    _, _, url = client.get_authorize_url(PLAIN_CALLBACK)
    yield "token", client.get_access_token(provider.code(url))
    yield "identity", client.identity().username
    yield "release", client.release(1).title
