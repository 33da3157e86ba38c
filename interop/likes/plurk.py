"""poaurk, for Plurk, over aiohttp."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from ..libraries import TEXT
from ..provider import LibraryProvider
from ..routes import resource

DISTRIBUTION = "poaurk"
CALLS = "login with a code, without a callback; forms"
PROVIDER, OPTIONS = "plurk", dict[str, str]()
ROUTES = [resource("www.plurk.com", r"POST /APP/", '{"answer": "é"}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, and call the API."""
    import ssl

    import aiohttp
    from poaurk import OAuthCred, PlurkOAuth

    class Person:
        async def get_verification_code(self, url: str) -> str:
            return await asyncio.to_thread(provider.code, url)

    async def called() -> list[Any]:
        trusted = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=provider.ca_file))
        async with aiohttp.ClientSession(connector=trusted) as session:
            credentials = OAuthCred(provider.client.client_id, provider.client.client_secret)
            api = PlurkOAuth(credentials, session, Person())
            await api.authorize()
            return [await api.request("/APP/Timeline/plurkAdd", {"content": TEXT}), await api.request("/APP/Users/me")]

    yield "called", asyncio.run(called())
