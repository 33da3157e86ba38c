"""wordpress-api, for the plugin of WordPress."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..libraries import PLAIN_CALLBACK, TEXT
from ..provider import LibraryProvider
from ..routes import resource

DISTRIBUTION = "wordpress-api"
CALLS = "login with discovery, everything in the query; GET, JSON"
PROVIDER, OPTIONS = "wordpress", {"base_url": "https://blog.example"}
ROUTES = [resource("blog.example", r"/wp-json/wp/v2/", '{"answer": "é"}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Find the endpoints, log in, and call the API."""
    from wordpress import API

    client = provider.client
    api = API(
        "https://blog.example",
        client.client_id,
        client.client_secret,
        api="wp-json",
        version="wp/v2",
        callback=PLAIN_CALLBACK,
        oauth1a_3leg=True,
        wp_user="alice",
        wp_pass="",
    )
    token, _ = api.auth.get_request_token()
    page = api.auth.authentication["oauth1"]["authorize"]
    api.auth._oauth_verifier = provider.code(f"{page}?oauth_token={token}")  # else it fills in the login form
    yield "token", api.auth.get_access_token()
    yield "get", api.get("posts").json()
    yield "json", api.post("posts", {"title": TEXT}).json()
