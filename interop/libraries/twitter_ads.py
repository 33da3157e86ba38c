"""twitter-ads, for the advertisements of X (Twitter)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource
from . import PICTURE, TEXT

DISTRIBUTION = "twitter-ads"
CALLS = "GET, form, JSON as text, upload, PUT and DELETE"
HOST = "ads-api.twitter.com"
ROUTES = [resource(HOST, r"", '{"data": {"id": "1"}, "answer": "é"}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Call the API. The library has no login of its own."""
    from twitter_ads.client import Client
    from twitter_ads.http import Request

    client = Client(provider.client.client_id, provider.client.client_secret, *provider.token())
    label = {"Content-Type": "application/json"}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("get", {"params": {"q": TEXT}}),
        ("post", {"body": {"text": TEXT}}),
        ("post", {"body": '{"text": "é"}'.encode(), "headers": label}),
        ("post", {"files": {"media": PICTURE}, "params": {"q": "a b"}}),
        ("put", {"params": {"text": TEXT}}),
        ("delete", {}),
    ]
    for number, (method, options) in enumerate(calls):
        yield f"{number} {method}", Request(client, method, "/12/accounts", **options).perform().body
