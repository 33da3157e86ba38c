"""What an interpreter offers after ``session.``: the methods of the library and of the flow, and no helper of ours."""

import asyncio
import rlcompleter
import warnings
from functools import partial
from importlib import import_module
from itertools import count, takewhile
from typing import Any

import pytest

FLOW = {
    *("provider", "fetch_identity", "renew_token", "revoke_token", "check_token", "exchange_token"),
    "discover_endpoints",
    "auth",
    "create_authorization_url",
    "diagnose",
    "explain",
    "fetch_access_token",
    "fetch_request_token",
    "parse_authorization_response",
    "redirect_uri",
    "token",
}

CLIENTS = [
    ("requests", "OAuth1Session", "Session"),
    ("httpx", "OAuth1Client", "Client"),
    ("httpx", "AsyncOAuth1Client", "AsyncClient"),
    ("httpx2", "OAuth1Client", "Client"),
    ("httpx2", "AsyncOAuth1Client", "AsyncClient"),
]


def offered(session: object) -> set[str]:
    """Return what Python's own completion offers, as the Tab key calls it."""
    complete = partial(rlcompleter.Completer({"session": session}).complete, "session.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        words = [*takewhile(bool, map(complete, count()))]
    return {str(word).removeprefix("session.").partition("(")[0] for word in words}


def ours(library: str, name: str) -> Any:
    return getattr(import_module(f"oauthone.clients.{library}"), name)("id", "secret")


@pytest.mark.parametrize(("library", "name", "bare"), CLIENTS)
def test_only_the_flow_is_offered_besides_the_librarys_own_names(library: str, name: str, bare: str) -> None:
    """The library's own client is the measure."""
    mine, theirs = offered(ours(library, name)), offered(getattr(import_module(library), bare)())
    assert mine - theirs == FLOW - {"auth"}  # every library has an auth of its own
    assert theirs <= mine


def test_the_client_of_aiohttp_offers_its_methods_and_the_flow() -> None:
    async def words() -> set[str]:
        async with ours("aiohttp", "AsyncOAuth1Client") as client:
            return offered(client)

    methods = {"delete", "get", "head", "options", "patch", "post", "put", "request"}
    assert asyncio.run(words()) - offered(object()) == FLOW | methods | {"close", "closed", "session"}
