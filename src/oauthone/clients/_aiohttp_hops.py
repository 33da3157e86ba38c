"""What a bare middleware of aiohttp removes from hops: it cannot tell them, but the same task sends them."""

from collections import deque
from collections.abc import Awaitable
from contextvars import ContextVar

from aiohttp.client_reqrep import ClientResponse

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST = 256


class SentLast:
    """A request that a task sends.

    Args:
        inherited: what signatures have put into the URLs of requests before it that were redirected.

    Attributes:
        added: that, and what signatures put into the URL of this request, until an answer says that no hop follows.
    """

    def __init__(self, inherited: tuple[str, ...]) -> None:
        self.added = deque(inherited, maxlen=_MOST)
        self._inherited = inherited

    async def noted(self, answer: Awaitable[ClientResponse]) -> ClientResponse:
        """The response, after a look at whether a hop can follow. aiohttp may repeat an attempt that failed."""
        response = await answer
        if response.status not in _REDIRECTS:
            # What was inherited stays: this may be a request of a middleware, between a redirect and its hop.
            self.added.clear()
            self.added.extend(self._inherited)
        return response


_SENT_LAST: ContextVar[SentLast] = ContextVar("oauthone.sent_last")


def sent_now() -> SentLast:
    """Note that this task sends a request. Tasks that it has begun share what was noted before, and nothing later."""
    before = _SENT_LAST.get(None)
    sent = SentLast(() if before is None else tuple(before.added))
    _SENT_LAST.set(sent)
    return sent
