"""The URLs of aiohttp's requests: what goes on the wire, its origin, and what signatures have put into a query."""

from collections import deque
from contextvars import ContextVar

from aiohttp.client_reqrep import ClientRequest
from yarl import URL

from oauthone.core.parameters import remove_from_query
from oauthone.core.urls import Origin
from oauthone.errors import SigningError

#: The scheme of the request that opens a WebSocket.
_HTTP_SCHEME = {"ws": "http", "wss": "https"}
#: What middlewares have put into the URLs of the requests that a task has sent last. A redirect's hop is sent by the
#: same task, and nothing else tells a middleware what it was made from.
_SENT_LAST: ContextVar[deque[str]] = ContextVar("oauthone.sent_last")
_MOST_SENT_LAST = 256


def wire_url(request: ClientRequest) -> str:
    """The URL of ``request`` as it goes on the wire; a WebSocket is opened over http."""
    url = request.url
    # What aiohttp needs as well for the request line and for Host, so that yarl has made it once.
    return f"{_HTTP_SCHEME.get(url.scheme, url.scheme)}://{url.host_port_subcomponent}{url.raw_path_qs}"


def origin_of(url: URL) -> Origin:
    """The origin of ``url`` as aiohttp reads it."""
    return Origin.of(_HTTP_SCHEME.get(url.scheme, url.scheme), url.host_subcomponent or "", url.port)


def named_origin(url: str) -> Origin:
    """The origin that aiohttp would send a request for ``url`` to.

    Raises:
        SigningError: not an absolute URL.
    """
    try:
        given = URL(url)
        if given.absolute and given.scheme:
            return origin_of(given)
    except ValueError as error:
        raise SigningError(f"origins names {url!r}, which is not a URL: {error}") from None
    raise SigningError(f"origins names {url!r}: pass an absolute URL such as 'https://api.example'")


def remove_added(request: ClientRequest, added: deque[str]) -> None:
    """Remove from the URL of a hop what signatures have put into those before, if the redirect repeats it."""
    if added and request.url.raw_query_string:
        url = str(request.url)
        cleaned = remove_from_query(url, added)
        if cleaned != url:
            request.url = URL(cleaned, encoded=True)


def sent_last() -> deque[str]:
    try:
        return _SENT_LAST.get()
    except LookupError:
        found: deque[str] = deque(maxlen=_MOST_SENT_LAST)
        _SENT_LAST.set(found)
        return found
