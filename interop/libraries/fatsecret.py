"""fatsecret, for FatSecret, with the parameters in the query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import flow, resource
from ..walk import attempt
from . import PLAIN_CALLBACK, TEXT

DISTRIBUTION = "fatsecret"
CALLS = "login by GET; GET and JSON, signed in the query; a wrong secret"
HOST, API = "authentication.fatsecret.com", "platform.fatsecret.com"
ROUTES = [
    *flow(HOST, r"/oauth/request_token", r"/oauth/authorize", r"/oauth/access_token"),
    resource(API, r"^(GET|POST) /rest/", '{"foods": {"total_results": "0"}, "answer": "é"}'),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, and call the API."""
    from fatsecret import Fatsecret

    client = provider.client
    api = Fatsecret(client.client_id, client.client_secret)
    url = api.get_authorize_url(PLAIN_CALLBACK)
    yield "authorization URL", url
    yield "token", list(api.authenticate(provider.code(url)))
    call = api._call  # which every method of the library goes through
    yield "search", call({"method": "foods.search", "search_expression": TEXT})
    yield "JSON", call({}, url=f"https://{API}/rest/feedback/v1", method="POST", json_body={"text": TEXT})
    yield "wrong secret", attempt(lambda: Fatsecret(client.client_id, "wrong").get_authorize_url())
