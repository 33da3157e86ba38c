"""tellduslive, for Telldus Live, which exchanges tokens without a verifier."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import issued, resource
from . import TEXT

DISTRIBUTION = "tellduslive"
CALLS = "login without a verifier; GET; a refused leg"
HOST = "pa-api.telldus.com"
ROUTES = [
    resource(HOST, r"/oauth/requestToken", issued(1)),
    resource(HOST, r"/oauth/accessToken", issued(2)),
    resource(HOST, r"/json/devices/list", '{"device": [{"id": "1", "name": "é"}]}'),
    resource(HOST, r"/json/", '{"sensor": [], "status": "success"}'),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, and read the devices."""
    import tellduslive

    client = provider.client
    session = tellduslive.Session(client.client_id, client.client_secret, application="interop")
    yield "authorization URL", session.authorize_url
    yield "authorized", session.authorize()
    yield "token", [session.access_token, session.access_token_secret]
    yield "update", session.update()
    yield "call", session.execute("device/turnOn", id=TEXT)

    refused = tellduslive.Session(client.client_id, "wrong", application="interop")
    yield "refused leg", refused.authorize_url
    yield "refused exchange", refused.authorize()
