"""The ``ClientSession`` of the client for aiohttp: its options, its headers, and the copy that sends a leg."""

import inspect
from collections.abc import Iterable
from typing import Any

from aiohttp import ClientResponse, ClientSession, DummyCookieJar, hdrs
from multidict import CIMultiDict
from yarl import URL

from oauthone.clients._diagnosis import sent_by_aiohttp
from oauthone.clients._legs import CHUNK, IDENTITY, aread
from oauthone.core.flow import Leg, Reply

#: The client does not take "auth" for all requests: it would replace the signature.
_SESSION_OPTIONS = frozenset(inspect.signature(ClientSession).parameters) - {"auth"}


def check_session_options(client: str, session: ClientSession | None, options: Iterable[str]) -> None:
    """Check the options for the session of ``client``, which is made later.

    Raises:
        TypeError: an option does not exist, or there is a session already.
    """
    for name in options:
        if name not in _SESSION_OPTIONS:
            raise TypeError(f"{client}() got an unexpected keyword argument {name!r}")
    if session is not None and options:
        raise TypeError(f"{client}() got both a session and its options {', '.join(options)}: pass one")


def middlewares_of(session: ClientSession, given: Any) -> Any:
    """Return the middlewares of a request: those ``given`` with it, or those of ``session``, which are not public."""
    return (getattr(session, "_middlewares", None) or ()) if given is None else given


def without_cookies(session: ClientSession) -> ClientSession:
    """Return a copy of ``session`` that shares connections and settings, and neither sends nor stores cookies."""
    copied = object.__new__(session.__class__)
    vars(copied).update(vars(session), _cookie_jar=DummyCookieJar())
    return copied


def leg_headers(given: Any) -> "CIMultiDict[str]":
    """Return the headers of a leg: those that the caller passes, and the content coding that a leg accepts."""
    headers: CIMultiDict[str] = CIMultiDict(given or ())
    headers.setdefault(hdrs.ACCEPT_ENCODING, IDENTITY)
    return headers


async def read_reply(leg: Leg, response: ClientResponse) -> Reply:
    """Return the response to a leg, with the request that it answers."""
    reply = await aread(leg, response.status, response.headers.items(), response.content.iter_chunked(CHUNK))
    return reply._replace(sent=sent_by_aiohttp(response))


def brings_authorization(session: ClientSession, url: str, headers: Any) -> bool:
    """Return whether the caller set credentials in a header or in the URL. Those of a .netrc file do not count."""
    if hdrs.AUTHORIZATION in session.headers or (headers and hdrs.AUTHORIZATION in CIMultiDict(headers)):
        return True
    return "@" in url and _has_user(url)


def _has_user(url: str) -> bool:
    try:
        address = URL(url)
    except ValueError:
        return False  # aiohttp rejects it.
    return address.raw_user is not None or address.raw_password is not None
