"""python-tumblpy, for Tumblr."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from ..leniency import parameters_anywhere
from ..provider import LibraryProvider
from ..routes import flow, resource
from ..walk import attempt
from . import PICTURE, PLAIN_CALLBACK, TEXT

DISTRIBUTION = "python-tumblpy"
CALLS = "login, with callback and verifier in the query; GET, form, upload; a wrong secret"
READS = parameters_anywhere
ROUTES = [
    *flow("www.tumblr.com", r"/oauth/request_token", r"/oauth/authorize", r"/oauth/access_token"),
    resource("api.tumblr.com", r"", '{"meta": {"status": 200}, "response": {"ok": "é"}}'),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, and call the API."""
    from tumblpy import Tumblpy

    key, secret = provider.client.client_id, provider.client.client_secret
    pending = Tumblpy(key, secret).get_authentication_tokens(callback_url=PLAIN_CALLBACK)
    yield "temporary credentials", pending
    waiting = Tumblpy(key, secret, pending["oauth_token"], pending["oauth_token_secret"])
    token = waiting.get_authorized_tokens(provider.code(pending["auth_url"]))
    yield "token", token

    api = Tumblpy(key, secret, token["oauth_token"], token["oauth_token_secret"])
    yield "posts", api.get("posts", blog_url="blog.tumblr.com", params={"tag": TEXT})
    yield "post", api.post("post", blog_url="blog.tumblr.com", params={"title": TEXT, "body": "a&b=c"})
    picture = {"type": "photo", "data": io.BytesIO(PICTURE)}
    yield "upload", api.post("post", blog_url="blog.tumblr.com", params=picture)
    yield "wrong secret", attempt(lambda: Tumblpy(key, "wrong").get_authentication_tokens())
