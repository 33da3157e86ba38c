"""PyTumblr, for Tumblr."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource
from . import PICTURE, TEXT

DISTRIBUTION = "PyTumblr"
CALLS = "GET, a form as text without a label, upload, DELETE; without a token"
ROUTES = [resource("api.tumblr.com", r"", '{"meta": {"status": 200}, "response": {"ok": "é"}}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Call the API. The library has no login of its own."""
    import pytumblr

    key, secret = provider.client.client_id, provider.client.client_secret
    client = pytumblr.TumblrRestClient(key, secret, *provider.token())
    yield "info", client.info()
    yield "posts", client.posts("blog.tumblr.com", tag=TEXT)
    yield "text", client.create_text("blog", title=TEXT, body="a&b=c")
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder, "picture.png")
        picture.write_bytes(PICTURE)
        yield "upload", client.create_photo("blog", state="draft", tags=["a", "é"], data=[str(picture)])
    yield "like", client.like(1, "key")
    yield "without a token", pytumblr.TumblrRestClient(key, secret).info()
