"""Which origins get signatures: the one of the first hop, or those that were pinned where hops cannot be told apart."""

from collections.abc import Callable, Iterable

from oauthone.core.urls import Origin, origin
from oauthone.errors import SigningError


def share_origin(url: str, target: str) -> bool:
    """Whether ``target`` has the origin of ``url``. What is not an absolute URL has another."""
    try:
        return origin(url) == origin(target)
    except SigningError:
        return False


class Origins:
    """The origins that may get a signature, compared as values.

    Args:
        urls: one URL, or several, whose origins may; None stands for the origin of the first request that is seen.
        read: the origin of a URL as the HTTP library reads it, which raises `SigningError` for what has none.

    Raises:
        SigningError: not an absolute URL.
    """

    def __init__(self, urls: str | Iterable[str] | None = None, read: Callable[[str], Origin] = origin) -> None:
        named = () if urls is None else (urls,) if isinstance(urls, str) else urls
        self._pinned = frozenset(read(url) for url in named)
        self._takes_first = urls is None

    def allow(self, asked: Origin | str) -> bool:
        """Whether a request to this origin or URL may be signed. The first that is asked about is pinned by default.

        Raises:
            SigningError: not an absolute URL.
        """
        if isinstance(asked, str):
            asked = origin(asked)
        if self._takes_first and not self._pinned:
            # Threads may ask at once, and all of them get the pin of one.
            self._pinned = vars(self).setdefault("_first", frozenset((asked,)))
        return asked in self._pinned

    def __repr__(self) -> str:
        return f"<Origins {', '.join(map(str, sorted(self._pinned))) or 'unseen'}>"
