"""Which origins get signatures: the one of the first hop, or those that were pinned where hops cannot be told apart."""

from collections.abc import Iterable

from oauthone.core.urls import origin
from oauthone.errors import SigningError


def share_origin(url: str, target: str) -> bool:
    """Whether ``target`` has the origin of ``url``. What is no absolute URL has another."""
    try:
        return origin(url) == origin(target)
    except SigningError:
        return False


class Origins:
    """The origins that may get a signature.

    Args:
        urls: one URL, or several, whose origins may; None stands for the origin of the first request that is seen.

    Raises:
        SigningError: no absolute URL.
    """

    def __init__(self, urls: str | Iterable[str] | None = None) -> None:
        named = () if urls is None else (urls,) if isinstance(urls, str) else urls
        self._pinned = frozenset(origin(url) for url in named)
        self._takes_first = urls is None
        self._spellings: frozenset[str] = frozenset()

    def allow(self, url: str) -> bool:
        """Whether a request to ``url`` may be signed. The first one that is asked about pins its origin by default.

        Raises:
            SigningError: no absolute URL.
        """
        spelling = url[: url.find("/", 8)]
        if spelling in self._spellings:
            return True
        asked = origin(url)
        if self._takes_first and not self._pinned:
            self._pinned = frozenset((asked,))
        if asked not in self._pinned:
            return False
        # Most requests spell their origin as one before did; the few spellings are not parsed each time.
        self._spellings = frozenset((*list(self._spellings)[:15], spelling))
        return True

    def __repr__(self) -> str:
        pinned = ", ".join(f"{scheme}://{authority}" for scheme, authority in sorted(self._pinned))
        return f"<Origins {pinned or 'unseen'}>"
