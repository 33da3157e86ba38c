"""birdy, for X (Twitter)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import flow, resource
from ..walk import attempt
from . import CALLBACK, PICTURE, TEXT

DISTRIBUTION = "birdy"
CALLS = "login; GET, form, upload; a wrong secret"
HOST = "api.twitter.com"
ROUTES = [
    *flow(HOST, r"/oauth/request_token", r"/oauth/authorize", r"/oauth/access_token", "user_id=1&screen_name=alice"),
    resource(HOST, r"GET /1.1/search/tweets", '{"statuses": []}'),
    resource(HOST, r"POST /1.1/statuses/update.json", '{"id": 1}'),
    resource(HOST, r"POST /1.1/statuses/update_with_media", '{"id": 2}'),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, and call the API."""
    from birdy.twitter import UserClient

    key, secret = provider.client.client_id, provider.client.client_secret
    client = UserClient(key, secret)
    pending = client.get_authorize_token(CALLBACK)
    yield "temporary credentials", dict(pending)
    verifier = provider.code(pending["auth_url"])
    waiting = UserClient(key, secret, pending["oauth_token"], pending["oauth_token_secret"])
    token = waiting.get_access_token(verifier)
    yield "token", dict(token)

    client = UserClient(key, secret, token["oauth_token"], token["oauth_token_secret"])
    yield "search", dict(client.api.search.tweets.get(q=TEXT).data)
    yield "status", dict(client.api.statuses.update.post(status=TEXT).data)
    upload = client.api.statuses.update_with_media.post(status="x", media=io.BytesIO(PICTURE))
    yield "upload", dict(upload.data)

    wrong = UserClient(key, "wrong", token["oauth_token"], token["oauth_token_secret"])
    yield "wrong secret", attempt(lambda: wrong.api.search.tweets.get(q="x"))
    yield "refused leg", attempt(lambda: UserClient(key, "wrong").get_authorize_token(CALLBACK))
