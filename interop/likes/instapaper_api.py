"""instapaper, for Instapaper, where a password is exchanged for a token."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource

DISTRIBUTION = "instapaper"
CALLS = "a token for a password; forms"
PROVIDER, OPTIONS = "instapaper", dict[str, str]()
ROUTES = [resource("www.instapaper.com", r"POST /api/1/bookmarks/", '{"bookmarks": []}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, and read the bookmarks."""
    os.environ["API_VERSION"] = "api/1"  # the documented one
    from instapaper import Instapaper

    api = Instapaper(provider.client.client_id, provider.client.client_secret)
    api.login(provider.user, "password")
    yield "user", api.user()
    yield "bookmarks", api.bookmarks()
