"""schoolopy, for Schoology, which has the flow of OAuth 1.0 without verifiers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import issued, resource
from ..walk import attempt
from . import CALLBACK, TEXT

DISTRIBUTION = "schoolopy"
CALLS = "login by GET; GET, JSON, PUT and DELETE beside a header of its own; a refused leg"
HOST = "api.schoology.com"
ROUTES = [
    resource(HOST, r"/oauth/request_token", issued(1)),
    resource(HOST, r"/oauth/access_token", issued(2)),
    resource(HOST, r" /v1/", '{"uid": 1, "name": "é"}'),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, and call the API."""
    import schoolopy

    client = provider.client
    auth = schoolopy.Auth(client.client_id, client.client_secret, three_legged=True)
    yield "authorization URL", auth.request_authorization(callback_url=CALLBACK)
    yield "authorized", auth.authorize()
    api = schoolopy.Schoology(auth)
    yield "me", dict(api.get_me())
    yield "post", api._post("users", {"name": TEXT})
    yield "put", api._put("users/1", {"name": TEXT}, {"q": "a"})
    yield "delete", api._delete("users/1").status_code

    refused = schoolopy.Auth(client.client_id, "wrong", three_legged=True)
    yield "refused first leg", attempt(refused.request_authorization)
    refused.request_token, refused.request_token_secret = "unknown", "unknown"
    yield "refused second leg", refused.authorize()
