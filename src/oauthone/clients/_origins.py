"""Which origins get signatures, where what signs cannot tell the hop of a redirect from a request of its own."""

from collections.abc import Iterable

from oauthone.core.origin import origin


class Origins:
    """The origins that may get a signature.

    Args:
        urls: one URL, or several, whose origins may; None stands for the origin of the first request that is seen.

    Raises:
        SigningError: no absolute URL.
    """

    def __init__(self, urls: str | Iterable[str] | None = None) -> None:
        self._pinned: list[tuple[str, str]] = []
        if urls is not None:
            self._pinned = [origin(url) for url in ([urls] if isinstance(urls, str) else urls)]
        self._takes_first = urls is None

    def allow(self, url: str) -> bool:
        """Whether a request to ``url`` may be signed. The first one that is asked about pins its origin by default.

        Raises:
            SigningError: no absolute URL.
        """
        asked = origin(url)
        if self._takes_first:
            self._takes_first = False
            self._pinned.append(asked)
        return asked in self._pinned

    def __repr__(self) -> str:
        return f"<Origins {', '.join(f'{scheme}://{authority}' for scheme, authority in self._pinned) or 'unseen'}>"
