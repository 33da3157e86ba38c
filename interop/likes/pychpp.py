"""pychpp, for Hattrick."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..libraries import PLAIN_CALLBACK
from ..provider import LibraryProvider
from ..routes import resource

DISTRIBUTION = "pychpp"
CALLS = "login with a scope; GET"
PROVIDER, OPTIONS = "hattrick", dict[str, str]()
ROUTES = [resource("chpp.hattrick.org", r"GET /chppxml.ashx", "<HattrickData><FileName>x</FileName></HattrickData>")]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, and ask for data."""
    from pychpp import CHPP

    client = provider.client
    login = CHPP(client.client_id, client.client_secret)
    asked = login.get_auth(callback_url=PLAIN_CALLBACK, scope=["set_training", "place_bid"])
    code = provider.code(asked["url"])
    token = login.get_access_token(asked["request_token"], asked["request_token_secret"], code)
    yield "token", token
    api = CHPP(client.client_id, client.client_secret, token["key"], token["secret"])
    yield "request", api.request(file="teamdetails", version="3.4").tag
