"""The redirect rule of all clients: which hops of a redirect are signed, and where their parameters travel.

1. A hop is signed only while it and all hops before it have the origin of the first (`may_sign_hop`). Once another
   origin was asked, nothing is signed any more, even if a later hop leads back.
2. A server that redirects may repeat the query of the signed request in its ``Location``. The parameters that
   signatures added to the query are removed from it (`without_added`).
3. A hop that lost the body in which the parameters travelled carries them in the header (`auth_for_hop`).

Some hooks cannot tell a hop from a new request. They sign for fixed origins only (`Origins`).
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from oauthone.clients._auth import SigningAuth
from oauthone.clients._legs import LOG
from oauthone.core.parameters import remove_from_query
from oauthone.core.urls import Origin, origin
from oauthone.errors import SigningError

Auth = TypeVar("Auth", bound=SigningAuth)

#: All libraries follow these, if there is a ``Location``. Their ``is_redirect`` can take as long as half a signature.
REDIRECT_STATUSES = frozenset((301, 302, 303, 307, 308))


def may_sign_hop(may_sign: bool, before: Origin | str, target: Origin | str) -> bool:
    """Return whether the next hop of a redirect may be signed: rule 1.

    Args:
        may_sign: whether the hop before it might be signed.
        before: the origin or URL of that hop.
        target: the origin or URL of the next hop.
    """
    if may_sign and not share_origin(before, target):
        LOG.debug("a redirect leads to another origin: it is followed without credentials")
        return False
    return may_sign


def without_added(target: str, added: Collection[str]) -> str:
    """Return the URL of the next hop without the parameters that signatures added to earlier URLs: rule 2."""
    return remove_from_query(target, added)


def auth_for_hop(auth: Auth, *, has_body: bool) -> Auth:
    """Return the auth for a hop: with the parameters in the header if they need a body and it has none: rule 3."""
    return auth.in_header() if auth.travels_in_body and not has_body else auth


def share_origin(one: Origin | str, other: Origin | str) -> bool:
    """Return whether two origins or URLs have the same origin. A string that is not an absolute URL has none."""
    try:
        return _as_origin(one) == _as_origin(other)
    except SigningError:
        return False


def _as_origin(given: Origin | str) -> Origin:
    return origin(given) if isinstance(given, str) else given


def copy_header(request: Any, other: Any, name: str) -> None:
    """Set the header ``name`` of ``request`` to that of ``other``, or remove it if ``other`` has none."""
    request.headers.pop(name, None)
    if name in other.headers:
        request.headers[name] = other.headers[name]


class Origins:
    """The origins that may get a signature, compared as values.

    Args:
        urls: one URL or several, whose origins are allowed. None stands for the origin of the first request.
        read: returns the origin of a URL as the HTTP library reads it, or raises `SigningError` if it has none.

    Raises:
        SigningError: ``urls`` holds a string that is not an absolute URL.
    """

    def __init__(self, urls: str | Iterable[str] | None, read: Callable[[str], Origin]) -> None:
        named = () if urls is None else (urls,) if isinstance(urls, str) else urls
        self._pinned = frozenset(read(url) for url in named)
        self._takes_first = urls is None

    def pin_or_match(self, asked: Origin) -> bool:
        """Return whether a request to this origin may be signed. By default, the first call pins its origin."""
        if self._takes_first and not self._pinned:
            # If threads call this at once, setdefault lets one of them pin for all.
            self._pinned = vars(self).setdefault("_first", frozenset((asked,)))
        return asked in self._pinned

    def __repr__(self) -> str:
        return f"<Origins {', '.join(map(str, sorted(self._pinned))) or 'unseen'}>"
