"""The URLs of aiohttp requests: as they go on the wire, their origin, and what signatures put into their query."""

from collections.abc import Sequence
from functools import lru_cache
from weakref import WeakKeyDictionary, WeakValueDictionary

from aiohttp.client_reqrep import ClientRequest, ClientResponse
from yarl import URL

from oauthone.clients._redirect_rule import without_added
from oauthone.core.urls import Origin
from oauthone.errors import SigningError

_HTTP_SCHEME = {"ws": "http", "wss": "https"}
#: By the ``id`` of its timer, the last redirect of each call whose signatures went into the query.
_REDIRECTS: WeakValueDictionary[int, ClientResponse] = WeakValueDictionary()
#: The timer of each such redirect, so that no other object gets its ``id``, and what signatures have added.
_ADDED: WeakKeyDictionary[ClientResponse, tuple[object, tuple[str, ...]]] = WeakKeyDictionary()


def http_scheme(scheme: str) -> str:
    """Return ``http`` for ``ws``, and ``https`` for ``wss``: a WebSocket is opened over http. Others stay unchanged."""
    return _HTTP_SCHEME.get(scheme, scheme)


def wire_url(url: URL) -> str:
    """Return the URL of a request as it goes on the wire; a WebSocket is opened over http."""
    # aiohttp reads the same properties for the request line and Host, and yarl caches them.
    return f"{http_scheme(url.scheme)}://{url.host_port_subcomponent}{url.raw_path_qs}"


def origin_of(url: URL) -> Origin:
    """Return the origin of ``url`` as aiohttp reads it."""
    return _origin(url.scheme, url.host_subcomponent, url.port)


@lru_cache
def _origin(scheme: str, host: str | None, port: int | None) -> Origin:
    return Origin.of(http_scheme(scheme), host or "", port)


def named_origin(url: str) -> Origin:
    """Return the origin to which aiohttp would send a request for ``url``.

    Raises:
        SigningError: ``url`` is not an absolute URL.
    """
    try:
        given = URL(url)
        if given.absolute and given.scheme:
            return origin_of(given)
    except ValueError as error:
        raise SigningError(f"origins names {url!r}, which is not a URL: {error}") from None
    raise SigningError(f"origins names {url!r}: pass an absolute URL such as 'https://api.example'")


def remove_added(request: ClientRequest, added: Sequence[str]) -> None:
    """Remove ``added``, which signatures put into the URLs of earlier hops, if a redirect repeats it in this one."""
    if added and request.url.raw_query_string:
        url = str(request.url)
        cleaned = without_added(url, added)
        if cleaned != url:
            request.url = URL(cleaned, encoded=True)


def added_before(request: ClientRequest) -> list[str]:
    """Return what signatures put into the URLs of the hops that led to ``request``."""
    if not _REDIRECTS:
        return []
    redirect = _REDIRECTS.get(id(_timer(request)))
    return [] if redirect is None else [*_ADDED[redirect][1]]


def remember_added(request: ClientRequest, response: ClientResponse, added: Sequence[str]) -> None:
    """Keep ``added`` for the hop that follows from ``response``, for as long as that redirect is held.

    Args:
        request: the request that was redirected.
        response: the redirect, which aiohttp holds in the history until the last response is there.
        added: what signatures put into the URL of ``request`` and of the hops before it.
    """
    timer = _timer(request)
    _ADDED[response] = timer, tuple(added)
    _REDIRECTS[id(timer)] = response


def _timer(request: ClientRequest) -> object:
    """The object that tells a hop from a request: aiohttp makes one for each call and passes it on to its hops."""
    # Without it, all requests would count as hops of the redirects that are held: too much is removed, not too little.
    return getattr(request, "_timer", None)
