"""mkmsdk, for Cardmarket, which changes the header after it was signed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource

DISTRIBUTION = "mkmsdk"
CALLS = "GET, XML, PUT and DELETE, with a realm; a client class of its own with an empty token"
HOST = "apiv2.cardmarket.com"
ROUTES = [resource(HOST, r" /ws/v2.0/", '{"answer": "é"}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Call the API as an application with a token, and as a widget without one. There is no login."""
    from mkmsdk.api_map import _API_MAP
    from mkmsdk.mkm import Mkm

    client = provider.client
    token, secret = provider.token()
    full = {"app_token": client.client_id, "app_secret": client.client_secret}
    full |= {"access_token": token, "access_token_secret": secret}
    api = Mkm(_API_MAP["2.0"]["api"], _API_MAP["2.0"]["api_root"])
    yield "account", api.account_management.account(auth=full).json()
    article = {"article": {"idProduct": 1, "comments": "é & <x>", "count": 1}}
    yield "post", api.stock_management.add_articles(data=article, auth=full).json()
    yield "put", api.stock_management.change_articles(data=article, auth=full).json()
    yield "delete", api.stock_management.delete_articles(data=article, auth=full).json()

    widget = {**full, "access_token": "", "access_token_secret": ""}
    yield "widget", api.market_place.games(auth=widget).json()
