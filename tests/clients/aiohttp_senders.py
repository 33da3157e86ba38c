"""Both ways to sign in aiohttp, with token credentials of a box."""

import ssl
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp.client_middlewares import ClientHandlerType
from aiohttp.client_reqrep import ClientRequest, ClientResponse

from oauthone.clients.aiohttp import OAuth1Middleware
from oauthone.testing import ProviderBox

KINDS = ["AsyncOAuth1Client", "OAuth1Middleware"]

#: Makes a sender: ``sender(kind, box, method, placement, **options)``. Its ``request`` is aiohttp's.
Sender = Callable[..., Any]
#: Makes an auth: ``middleware(box, method, placement, **options)``.
Maker = Callable[..., OAuth1Middleware]


def credentials(box: ProviderBox, method: str) -> dict[str, Any]:
    """Return all the arguments that sign as a client of the box, with a new token."""
    client = box.clients[method]
    return {**client.credentials(), **box.issue_token(client)._asdict()}


def trust(box: ProviderBox) -> aiohttp.TCPConnector:
    """Return a connector that trusts the box's certificate, if it has one."""
    return aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=box.ca_file) if box.ca_file else True)


async def try_again(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """A middleware that sends a request up to three times."""
    for _ in range(2):
        response = await handler(request)
        if response.status != 503:
            return response
        response.release()
    return await handler(request)
