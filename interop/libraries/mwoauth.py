"""mwoauth, the login of MediaWiki."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from oauthone.testing import Received

from ..provider import LibraryProvider
from ..routes import flow, resource
from ..walk import attempt
from . import CALLBACK

DISTRIBUTION = "mwoauth"
CALLS = "login; an identity that repeats the nonce; a wrong secret"
HOST = "wiki.example"
_SECRETS: dict[str, str] = {}


def identity(got: Received) -> str:
    """Return a signed identity, which repeats the nonce of the request."""
    import jwt

    header = got.header("authorization") or ""
    nonce, key = (re.search(rf'{name}="([^"]+)"', header)[1] for name in ("oauth_nonce", "oauth_consumer_key"))
    now = time.time()
    claims = {"iss": f"https://{HOST}", "aud": key, "exp": now + 60, "iat": now - 1, "nonce": nonce}
    return jwt.encode({**claims, "username": "Alice"}, _SECRETS[key], algorithm="HS256")


ROUTES = [
    *flow(HOST, r"OAuth(/|%2F)initiate", r"OAuth(/|%2F)authenticate", r"OAuth(/|%2F)token"),
    resource(HOST, r"OAuth(/|%2F)identify", identity),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, and ask who it is."""
    import mwoauth

    client = provider.client
    _SECRETS[client.client_id] = client.client_secret
    consumer = mwoauth.ConsumerToken(client.client_id, client.client_secret)
    handshaker = mwoauth.Handshaker(f"https://{HOST}/w/index.php", consumer, callback=CALLBACK, user_agent="interop")
    url, pending = handshaker.initiate()
    yield "authorization URL", url
    token = handshaker.complete(pending, urlsplit(provider.visit(url)).query)
    yield "token", list(token)
    yield "identity", handshaker.identify(token)["username"]

    wrong = mwoauth.ConsumerToken(client.client_id, "wrong")
    yield "wrong secret", attempt(lambda: mwoauth.initiate(f"https://{HOST}/w/index.php", wrong, user_agent="interop"))
