"""tweepy, for X (Twitter)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import flow, resource
from ..walk import attempt
from . import CALLBACK, PICTURE, TEXT

DISTRIBUTION = "tweepy"
CALLS = "login; GET, POST with a query, JSON, upload; a wrong secret"
HOST = "api.twitter.com"
ROUTES = [
    *flow(HOST, r"/oauth/request_token", r"/oauth/authorize\b", r"/oauth/access_token", "user_id=1&screen_name=alice"),
    resource(HOST, r"GET /1.1/search/tweets", '{"statuses": [], "search_metadata": {}}'),
    resource(HOST, r"POST /1.1/statuses/update", '{"id": 1, "text": "x"}'),
    resource("upload.twitter.com", r"POST /1.1/media/upload", '{"media_id": 1, "media_id_string": "1"}'),
    resource(HOST, r"POST /2/tweets", '{"data": {"id": "1", "text": "x", "edit_history_tweet_ids": ["1"]}}'),
    resource(HOST, r"GET /2/users/me", '{"data": {"id": "1", "name": "Alice", "username": "alice"}}'),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, and call both versions of the API."""
    import tweepy

    key, secret = provider.client.client_id, provider.client.client_secret
    handler = tweepy.OAuth1UserHandler(key, secret, callback=CALLBACK)
    url = handler.get_authorization_url()
    yield "authorization URL", url
    handler.get_access_token(provider.code(url))
    token, token_secret = handler.access_token, handler.access_token_secret
    yield "token", [token, token_secret]

    api = tweepy.API(handler)
    yield "search", list(api.search_tweets(TEXT))
    yield "status", api.update_status(TEXT).id
    yield "upload", api.media_upload("picture.png", file=io.BytesIO(PICTURE)).media_id

    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    client = tweepy.Client(**dict(zip(names, (key, secret, token, token_secret), strict=True)))
    yield "tweet", client.create_tweet(text=TEXT).data
    yield "me", dict(client.get_me(user_auth=True).data)

    yield "wrong secret", attempt(tweepy.OAuth1UserHandler(key, "wrong").get_authorization_url)
