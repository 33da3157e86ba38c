"""One leg of the flow in a session of requests or niquests: no redirect is followed, no endless answer read."""

from contextlib import aclosing
from typing import Any

from oauthone.clients._auth import SigningAuth
from oauthone.clients._legs import CHUNK, LEG_TIMEOUT, aread, read, refuse_own_options
from oauthone.core.flow import Leg, Reply


def walk(session: Any, auth: SigningAuth, leg: Leg, options: dict[str, Any]) -> Reply:
    """Ask the provider with a session.

    Raises:
        TypeError: an option that the leg decides itself.
    """
    with session.request(leg.method, leg.url, **_settings(auth, options)) as response:
        return read(leg, response.status_code, response.headers.items(), response.iter_content(CHUNK))


async def awalk(session: Any, auth: SigningAuth, leg: Leg, options: dict[str, Any]) -> Reply:
    """`walk` for a session that is awaited.

    Raises:
        TypeError: an option that the leg decides itself.
    """
    response = await session.request(leg.method, leg.url, **_settings(auth, options))
    async with response, aclosing(await response.iter_content(CHUNK)) as chunks:
        return await aread(leg, response.status_code, response.headers.items(), chunks)


def _settings(auth: SigningAuth, options: dict[str, Any]) -> dict[str, Any]:
    refuse_own_options(options, "auth", "allow_redirects", "stream")
    return {"timeout": LEG_TIMEOUT, **options, "auth": auth, "allow_redirects": False, "stream": True}
