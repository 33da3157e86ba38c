"""What a leg of the flow is in every client: options that are its own, a time limit, and an answer that has an end."""

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any

from oauthone.clients._dance import LOG
from oauthone.core.base_string import base_string_uri
from oauthone.core.flow import Leg, Reply
from oauthone.core.token_response import MAX_BODY

#: How long a leg waits for its answer, in seconds, where neither it nor the client says how long.
LEG_TIMEOUT = 30.0
#: In pieces of how many octets an answer is read, before decompression.
CHUNK = 1024


def refuse_own_options(options: Mapping[str, Any], *own: str) -> None:
    """Raise if ``options`` holds what a leg decides itself.

    Raises:
        TypeError: it does.
    """
    for name in own:
        if name in options:
            raise TypeError(f"a request for credentials has its own {name!r}: leave it out")


def read(leg: Leg, status: int, headers: Iterable[tuple[str, str]], chunks: Iterable[bytes]) -> Reply:
    """The answer to a leg, of which no more is read than is needed; the log tells of it.

    Args:
        leg: what was sent.
        status: the HTTP status code.
        headers: the answer's headers.
        chunks: the decoded body, in small pieces.
    """
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > MAX_BODY:
            break
    return _reply(leg, status, headers, body)


async def aread(leg: Leg, status: int, headers: Iterable[tuple[str, str]], chunks: AsyncIterable[bytes]) -> Reply:
    """`read` for a body that is awaited.

    Args:
        leg: what was sent.
        status: the HTTP status code.
        headers: the answer's headers.
        chunks: the decoded body, in small pieces.
    """
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > MAX_BODY:
            break
    return _reply(leg, status, headers, body)


def _reply(leg: Leg, status: int, headers: Iterable[tuple[str, str]], body: bytearray) -> Reply:
    LOG.debug("%s %s answered %d", leg.method, base_string_uri(leg.url), status)
    return Reply(status, list(headers), bytes(body))
