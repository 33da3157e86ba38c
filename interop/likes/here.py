"""here-oauth, for the token exchange of HERE."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource

DISTRIBUTION = "here-oauth"
CALLS = "a bearer token"
PROVIDER, OPTIONS = "here", dict[str, str]()
ROUTES = [resource("account.api.here.com", r"^$")]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Exchange the client credentials, which the library reads from a file."""
    from here_oauth.here_oauth import get_token

    client = provider.client
    with TemporaryDirectory() as folder:
        file = Path(folder, "credentials.properties")
        file.write_text(f"here.access.key.id = {client.client_id}\nhere.access.key.secret = {client.client_secret}\n")
        yield "token", get_token(str(file))
