"""bricklink-py, for BrickLink."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource
from . import TEXT

DISTRIBUTION = "bricklink-py"
CALLS = "GET, JSON, PUT and DELETE"
ROUTES = [resource("api.bricklink.com", r"", '{"meta": {"code": 200}, "data": {"answer": "é"}}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Call the API. The library has no login of its own."""
    from bricklink_py import Bricklink

    api = Bricklink(provider.client.client_id, provider.client.client_secret, *provider.token())
    yield "get", api.catalog_item.get_item("PART", "a b é")
    yield "json", api.store_inventory.create_store_inventory({"description": TEXT})
    yield "put", api.store_inventory.update_store_inventory(1, {"description": TEXT})
    yield "delete", api.store_inventory.delete_store_inventory(1)
