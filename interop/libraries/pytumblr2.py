"""PyTumblr2, for Tumblr."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource
from . import PICTURE, TEXT

DISTRIBUTION = "pytumblr2"
CALLS = "GET, JSON, upload; without a token"
ROUTES = [resource("api.tumblr.com", r"", '{"meta": {"status": 200}, "response": {"ok": "é"}}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Call the API. The library has no login of its own."""
    import pytumblr2

    key, secret = provider.client.client_id, provider.client.client_secret
    client = pytumblr2.TumblrRestClient(key, secret, *provider.token())
    yield "info", client.info()
    yield "posts", client.posts("blog", tag=TEXT)
    yield "text", client.create_post("blog", content=[{"type": "text", "text": TEXT}])
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder, "picture.png")
        picture.write_bytes(PICTURE)
        content = [{"type": "image", "media": [{"type": "image/png", "identifier": "one"}]}]
        yield "upload", client.create_post("blog", content=content, media_sources={"one": str(picture)})
    yield "like", client.like(1, "key")
    yield "without a token", pytumblr2.TumblrRestClient(key, secret).info()
