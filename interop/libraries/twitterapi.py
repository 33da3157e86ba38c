"""TwitterAPI, for X (Twitter)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource
from . import PICTURE, TEXT

DISTRIBUTION = "TwitterAPI"
CALLS = "GET, form, JSON, upload, over a plain dict of headers"
ROUTES = [resource("api.twitter.com", r""), resource("upload.twitter.com", r"", '{"media_id": 1}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Call both versions of the API. The library has no login of its own."""
    from TwitterAPI import TwitterAPI

    names = provider.client.client_id, provider.client.client_secret, *provider.token()
    api = TwitterAPI(*names)
    yield "search", api.request("search/tweets", {"q": TEXT}).status_code
    yield "status", api.request("statuses/update", {"status": TEXT}).status_code
    yield "upload", api.request("media/upload", None, {"media": PICTURE}).text
    newer = TwitterAPI(*names, api_version="2")
    yield "tweet", newer.request("tweets", {"text": TEXT}, method_override="POST").status_code
    yield "delete", newer.request("tweets/:1", method_override="DELETE").status_code
