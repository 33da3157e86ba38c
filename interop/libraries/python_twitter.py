"""python-twitter, for X (Twitter)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource
from . import PICTURE, TEXT

DISTRIBUTION = "python-twitter"
CALLS = "GET, form, JSON, upload"
HOST = "api.twitter.com"
ROUTES = [
    resource(HOST, r"GET /1.1/account/verify_credentials", '{"id": 1, "screen_name": "alice"}'),
    resource(HOST, r"POST /1.1/direct_messages/events/new", '{"event": {"id": "1", "message_create": {}}}'),
    resource(HOST, r"POST /1.1/statuses/update", '{"id": 1, "text": "x"}'),
    resource("upload.twitter.com", r"POST /1.1/media/upload", '{"media_id": 1}'),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Call the API. The library has no login of its own."""
    import twitter

    client = provider.client
    api = twitter.Api(client.client_id, client.client_secret, *provider.token())
    yield "user", api.VerifyCredentials().screen_name
    yield "status", api.PostUpdate(TEXT).id
    yield "message", api.PostDirectMessage(TEXT, user_id=1, return_json=True)
    picture = io.BytesIO(PICTURE)
    picture.mode, picture.name = "rb", "picture.png"  # type: ignore[attr-defined]  # the library reads both
    yield "upload", api.UploadMediaSimple(picture)
