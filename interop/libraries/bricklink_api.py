"""python-bricklink-api, for BrickLink."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource
from . import TEXT

DISTRIBUTION = "python-bricklink-api"
CALLS = "GET with a label for JSON, JSON, PUT and DELETE"
ROUTES = [resource("api.bricklink.com", r"", '{"meta": {"code": 200}, "data": {"answer": "é"}}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Call the API. The library has no login of its own."""
    from bricklink.api import BrickLinkAPI

    api = BrickLinkAPI(provider.client.client_id, provider.client.client_secret, *provider.token())
    yield "get", api.get("items/part/3001", {"q": TEXT})[2]
    yield "json", api.post("inventories", {"description": TEXT})[2]
    yield "put", api.put("inventories/1", {"description": TEXT})[2]
    yield "delete", api.delete("inventories/1", {"q": "a"})[2]
