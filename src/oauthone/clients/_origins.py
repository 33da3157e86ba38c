"""Which origins get signatures: that of the first hop, or the pinned ones if hops cannot be told from requests."""

from collections.abc import Callable, Iterable

from oauthone.core.urls import Origin, origin
from oauthone.errors import SigningError


def share_origin(url: str, target: str) -> bool:
    """Return whether two URLs have the same origin. A string that is not an absolute URL has none."""
    try:
        return origin(url) == origin(target)
    except SigningError:
        return False


class Origins:
    """The origins that may get a signature, compared as values.

    Args:
        urls: one URL or several, whose origins are allowed. None stands for the origin of the first request.
        read: returns the origin of a URL as the HTTP library reads it, or raises `SigningError` if it has none.

    Raises:
        SigningError: ``urls`` holds a string that is not an absolute URL.
    """

    def __init__(self, urls: str | Iterable[str] | None = None, read: Callable[[str], Origin] = origin) -> None:
        named = () if urls is None else (urls,) if isinstance(urls, str) else urls
        self._pinned = frozenset(read(url) for url in named)
        self._takes_first = urls is None

    def allow(self, asked: Origin | str) -> bool:
        """Return whether a request to this origin or URL may be signed. By default, the first call pins its origin.

        Raises:
            SigningError: ``asked`` is a string that is not an absolute URL.
        """
        if isinstance(asked, str):
            asked = origin(asked)
        if self._takes_first and not self._pinned:
            # If threads call this at once, setdefault lets one of them pin for all.
            self._pinned = vars(self).setdefault("_first", frozenset((asked,)))
        return asked in self._pinned

    def __repr__(self) -> str:
        return f"<Origins {', '.join(map(str, sorted(self._pinned))) or 'unseen'}>"
