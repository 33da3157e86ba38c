"""The ``ClientSession`` of the client for aiohttp: its options, its headers, and the copy that sends a leg."""

import inspect
from collections.abc import Container, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from aiohttp import ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, hdrs
from multidict import CIMultiDict
from yarl import URL

from oauthone.clients._diagnosis import sent_by_aiohttp
from oauthone.clients._legs import CHUNK, IDENTITY, LEG_TIMEOUT, aread, refuse_own_options
from oauthone.core.flow import Leg, Reply


class _HasSession(Protocol):
    @property
    def session(self) -> ClientSession: ...


_Client = TypeVar("_Client", bound=_HasSession)

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


def leg_client(client: _Client) -> _Client:
    """Return a copy of ``client`` for one leg, which shares connections and settings.

    It neither sends nor stores cookies.
    """
    session = object.__new__(client.session.__class__)
    vars(session).update(vars(client.session), _cookie_jar=DummyCookieJar())
    copied = object.__new__(client.__class__)
    vars(copied).update(vars(client), _session=session)
    return copied


def leg_options(session_options: Container[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a leg's request: those that the caller passes, and those that the leg sets itself.

    Args:
        session_options: those of the client's session, one of which may be a timeout.
        given: the caller's.

    Raises:
        TypeError: the caller passes one that the leg sets itself.
    """
    refuse_own_options(given, "auth", "allow_redirects", "raise_for_status")
    headers: CIMultiDict[str] = CIMultiDict(given.get("headers") or ())
    headers.setdefault(hdrs.ACCEPT_ENCODING, IDENTITY)
    usual = {} if "timeout" in session_options else {"timeout": ClientTimeout(LEG_TIMEOUT)}
    own = {"allow_redirects": False, "raise_for_status": False, "auto_decompress": False, "headers": headers}
    return {**usual, **given, **own}


async def read_reply(leg: Leg, response: ClientResponse) -> Reply:
    """Return the response to a leg, with the request that it answers."""
    reply = await aread(leg, response.status, response.headers.items(), response.content.iter_chunked(CHUNK))
    return reply._replace(sent=sent_by_aiohttp(response))


def brings_authorization(session: ClientSession, url: str | URL, headers: Any) -> bool:
    """Return whether the caller set credentials in a header or in the URL. Those of a .netrc file do not count."""
    if hdrs.AUTHORIZATION in session.headers or (headers and hdrs.AUTHORIZATION in CIMultiDict(headers)):
        return True
    # Most strings are parsed by aiohttp alone.
    return (not isinstance(url, str) or "@" in url) and _has_user(url)


def _has_user(url: str | URL) -> bool:
    try:
        address = URL(url)
    except (TypeError, ValueError):
        return False  # aiohttp rejects it.
    return address.raw_user is not None or address.raw_password is not None
