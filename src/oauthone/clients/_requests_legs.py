"""One leg of the flow in a session of requests or niquests: no redirect is followed, no endless answer read."""

from contextlib import aclosing
from typing import Any

from oauthone.clients._auth import SigningAuth
from oauthone.clients._dance import LOG
from oauthone.core.base_string import base_string_uri
from oauthone.core.flow import Leg, Reply
from oauthone.core.responses import MAX_BODY

_TIMEOUT = 30.0
_CHUNK = 1024


def walk(session: Any, auth: SigningAuth, leg: Leg, options: dict[str, Any]) -> Reply:
    """Ask the provider with a session.

    Raises:
        TypeError: an option that the leg decides itself.
    """
    with session.request(leg.method, leg.url, **_settings(auth, leg, options)) as response:
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > MAX_BODY:
                break
        return _reply(leg, response, body)


async def awalk(session: Any, auth: SigningAuth, leg: Leg, options: dict[str, Any]) -> Reply:
    """`walk` for a session that is awaited.

    Raises:
        TypeError: an option that the leg decides itself.
    """
    response = await session.request(leg.method, leg.url, **_settings(auth, leg, options))
    async with response, aclosing(await response.iter_content(_CHUNK)) as chunks:
        body = bytearray()
        async for chunk in chunks:
            body += chunk
            if len(body) > MAX_BODY:
                break
        return _reply(leg, response, body)


def _settings(auth: SigningAuth, leg: Leg, options: dict[str, Any]) -> dict[str, Any]:
    for name in ("auth", "allow_redirects", "stream"):
        if name in options:
            raise TypeError(f"a request for credentials has its own {name!r}: leave it out")
    return {"timeout": _TIMEOUT, **options, "auth": auth, "allow_redirects": False, "stream": True}


def _reply(leg: Leg, response: Any, body: bytearray) -> Reply:
    LOG.debug("%s %s answered %d", leg.method, base_string_uri(leg.url), response.status_code)
    return Reply(response.status_code, list(response.headers.items()), bytes(body))
