"""Send one spelling to one application of one server, and check the result."""

from itertools import count
from typing import Any

from .judging import trespass
from .servers import Pool
from .signing import Meant
from .spellings import Spelling
from .wire import Connection, OutOfStep, Response

_numbers = count(1)

#: A server that leaves a chunked body to its next request if the framework does not read it, also without oauthone.
LEAVES_CHUNKS = ("cheroot", "django")


class Outcome:
    """The result of a spelling."""

    def __init__(self, pool: Pool, server: str, application: str, spelling: Spelling) -> None:
        self.response: Response | None = None
        self.meant = spelling.meant
        self.fault: str | None = None
        with Connection(pool.port(server)) as connection:
            octets, self.meant = spelling.sent(application)
            try:
                connection.send(octets)
                self.response = connection.receive(to_head=spelling.sent_method == "HEAD")
                self.fault = _fault(self.response, self.meant)
                is_left = (server, application) == LEAVES_CHUNKS and (
                    "Transfer-Encoding",
                    "chunked",
                ) in spelling.headers
                if self.fault is None and not is_left:
                    self.fault = self._out_of_step(connection, application)
            except (OutOfStep, TimeoutError, ValueError) as failed:
                # a server that rejects a malformed HEAD itself may send a body
                is_servers_own = (
                    self.response is not None and self.response.status == 400 and "oauth" not in str(failed)
                )
                self.fault = None if is_servers_own else f"{self.said}, then {type(failed).__name__}: {failed}"

    @property
    def view(self) -> dict[str, Any] | None:
        """What the application saw."""
        return self.response.view if self.response is not None else None

    @property
    def said(self) -> str:
        """A summary of the response."""
        if self.response is None:
            return "closed without a response"
        return f"{self.response.status} {self.response.body[:60]!r}"

    def _out_of_step(self, connection: Connection, application: str) -> str | None:
        """Return whether the next request on the connection gets a response to another request."""
        if self.response is None:
            return None
        if self.response.ends:
            rest = connection.rest()  # a server that rejects a malformed request itself may send more
            return f"{self.said}, and behind it {rest[:80]!r}" if b"oauth" in rest or (rest and self.view) else None
        octets, meant = Spelling("the next", Meant(path="/next", query=f"n={next(_numbers)}")).sent(application)
        if not connection.send(octets) or (response := connection.receive()) is None:
            return None
        if response.status != 200 or response.view is None:
            return f"{self.said}, then the next request got {response.status} {response.body[:60]!r}"
        wrong = trespass(response.view, meant)
        return f"{self.said}, then the next request was seen as {wrong}" if wrong else None


def _fault(response: Response | None, meant: Meant) -> str | None:
    if response is None:
        return None
    if response.status >= 500:
        return f"a {response.status}"
    return trespass(response.view, meant)
