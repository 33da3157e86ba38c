"""Twython, for X (Twitter)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from oauthone.core.incoming_request import IncomingRequest

from ..leniency import parameters_anywhere, with_content_type
from ..provider import LibraryProvider
from ..routes import flow, resource
from ..walk import attempt
from . import PICTURE, PLAIN_CALLBACK, TEXT

DISTRIBUTION = "twython"
CALLS = "login, with callback and verifier in the query; GET, form, upload; a wrong secret"
HOST = "api.twitter.com"
ROUTES = [
    *flow(HOST, r"/oauth/request_token", r"/oauth/authenticate", r"/oauth/access_token", "user_id=1&screen_name=alice"),
    resource(HOST, r"GET /1.1/search/tweets", '{"statuses": []}'),
    resource(HOST, r"POST /1.1/statuses/update", '{"id": 1}'),
    resource("upload.twitter.com", r"POST /1.1/media/upload", '{"media_id": 1}'),
]


def READS(request: IncomingRequest) -> IncomingRequest:
    """Read protocol parameters beside those in the header, and overlook a content type that is none."""
    is_none = " " in (request.content_type or "")
    read = with_content_type(request, "application/json") if is_none else request
    return parameters_anywhere(read)


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, and call the API."""
    from twython import Twython

    key, secret = provider.client.client_id, provider.client.client_secret
    pending = Twython(key, secret).get_authentication_tokens(callback_url=PLAIN_CALLBACK)
    yield "temporary credentials", pending
    verifier = provider.code(pending["auth_url"])
    waiting = Twython(key, secret, pending["oauth_token"], pending["oauth_token_secret"])
    token = waiting.get_authorized_tokens(verifier)
    yield "token", token

    api = Twython(key, secret, token["oauth_token"], token["oauth_token_secret"])
    yield "search", api.search(q=TEXT)
    yield "status", api.update_status(status=TEXT)
    yield "upload", api.upload_media(media=io.BytesIO(PICTURE))
    yield "wrong secret", attempt(lambda: Twython(key, "wrong").search(q="x"))
