"""WooCommerce, for shops over plain http, where requests are signed in the query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..libraries import TEXT
from ..provider import LibraryProvider
from ..routes import resource

DISTRIBUTION = "WooCommerce"
CALLS = "GET, JSON, DELETE; signed in the query, without a version"
PROVIDER, OPTIONS = "woocommerce", {"base_url": "http://shop.example"}
ROUTES = [resource("shop.example", r"/wp-json/wc/v3/", '{"answer": "é"}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Call the API. The library sends parameters twice, of which the shop reads one; so none are sent here."""
    from woocommerce import API

    client = provider.client
    api = API("http://shop.example", client.client_id, client.client_secret)
    for name, response in (
        ("get", api.get("orders")),
        ("json", api.post("products", {"name": TEXT})),
        ("delete", api.delete("products/1")),
    ):
        assert response.status_code == 200, response.text
        yield name, response.json()
