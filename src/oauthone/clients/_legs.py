"""What a leg of the flow is in every client: options that are its own, a time limit, and an answer that has an end."""

import logging
import zlib
from collections.abc import AsyncIterable, Iterable, Mapping
from math import ceil
from time import monotonic
from typing import Any

from oauthone.core.base_string import base_string_uri
from oauthone.core.flow import Leg, Reply
from oauthone.core.token_response import MAX_RESPONSE_BODY
from oauthone.errors import TokenResponseError

LOG = logging.getLogger("oauthone")
LOG.addHandler(logging.NullHandler())

#: How long a leg takes at most, in seconds, where nobody says otherwise.
LEG_TIMEOUT = 30.0
#: In pieces of how many octets an answer is read.
CHUNK = 1024
#: What a leg asks for; an answer in gzip or deflate is read all the same.
IDENTITY = "identity"
#: How much of an answer is read as it comes: compressed, what holds few repetitions grows a little.
_MAX_RAW = MAX_RESPONSE_BODY + 1024
_GZIP, _ZLIB, _DEFLATE = 31, 15, -15
_WINDOWS = {"gzip": (_GZIP,), "x-gzip": (_GZIP,), "deflate": (_ZLIB, _DEFLATE)}
#: What the libraries' objects call their waits; their other fields are no times.
_WAITS = ("connect", "read", "write", "pool", "sock_connect", "sock_read", "connect_timeout", "read_timeout")


def refuse_own_options(options: Mapping[str, Any], *own: str) -> None:
    """Raise if ``options`` holds what a leg decides itself.

    Raises:
        TypeError: it does.
    """
    for name in own:
        if name in options:
            raise TypeError(f"a request for credentials has its own {name!r}: leave it out")


def total_time(timeout: Any) -> float | None:
    """How long a leg takes at most, in seconds; None for as long as it likes.

    Args:
        timeout: what the library waits: a number, which is the limit, None, or a tuple or object of the library, whose
            ``total`` is the limit. Where it has none, that is 30 seconds, or the longest of its waits if that is more.
    """
    if timeout is None or isinstance(timeout, (int, float)):
        return timeout
    total: Any = getattr(timeout, "total", None)
    if total and isinstance(total, (int, float)):  # In aiohttp 0 is none.
        return total
    is_tuple: bool = isinstance(timeout, tuple)
    waits: list[Any] = [*timeout] if is_tuple else [getattr(timeout, name, None) for name in _WAITS]
    return max([LEG_TIMEOUT, *[wait for wait in waits if isinstance(wait, (int, float))]])


class TimeLeft:
    """How long to wait for one step, asked anew each time: no longer than is left of the whole time.

    The libraries hand it on to ``socket.settimeout()`` as it is, which takes it for a number of whole seconds.

    Args:
        end: when the whole time is over, as `time.monotonic` tells it.
        each: the longest wait, in seconds.
    """

    def __init__(self, end: float, each: float) -> None:
        self._end = end
        self._each = each

    def __float__(self) -> float:
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError("the time limit of a request for credentials is over")
        return float(min(left, self._each))

    def __index__(self) -> int:
        return ceil(float(self))

    def __repr__(self) -> str:
        return str(self._each)


def read(
    leg: Leg, status: int, headers: Iterable[tuple[str, str]], chunks: Iterable[bytes], is_decoded: bool = False
) -> Reply:
    """The answer to a leg, of which no more is read than is needed; the log tells of it.

    Args:
        leg: what was sent.
        status: the HTTP status code.
        headers: the answer's headers.
        chunks: the body as it comes, in small pieces.
        is_decoded: whether the library, or a cache, decoded it before.

    Raises:
        TokenResponseError: the body is in a content coding that is not read.
    """
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > _MAX_RAW:
            break
    return _reply(leg, status, list(headers), bytes(body), is_decoded)


async def aread(
    leg: Leg, status: int, headers: Iterable[tuple[str, str]], chunks: AsyncIterable[bytes], is_decoded: bool = False
) -> Reply:
    """`read` for a body that is awaited.

    Args:
        leg: what was sent.
        status: the HTTP status code.
        headers: the answer's headers.
        chunks: the body as it comes, in small pieces.
        is_decoded: whether the library, or a cache, decoded it before.

    Raises:
        TokenResponseError: the body is in a content coding that is not read.
    """
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > _MAX_RAW:
            break
    return _reply(leg, status, list(headers), bytes(body), is_decoded)


def is_success(reply: Reply) -> bool:
    """Whether the answer's status says so."""
    return 200 <= reply.status < 300


def _reply(leg: Leg, status: int, headers: list[tuple[str, str]], raw: bytes, is_decoded: bool) -> Reply:
    if LOG.isEnabledFor(logging.DEBUG):
        LOG.debug("%s %s answered %d", leg.method, base_string_uri(leg.url), status)
    return Reply(status, headers, raw if is_decoded else _decoded(status, headers, raw))


def _decoded(status: int, headers: list[tuple[str, str]], raw: bytes) -> bytes:
    """The body without one layer of gzip or deflate, and no more of it than is needed."""
    said = ",".join([value for name, value in headers if name.lower() == "content-encoding"])
    codings = [coding for part in said.lower().split(",") if (coding := part.strip()) not in ("", IDENTITY)]
    if not raw or not codings:
        return raw
    windows = _WINDOWS.get(codings[0]) if len(codings) == 1 else None
    if windows is None:
        raise TokenResponseError(
            "content_coding_rejected",
            f"the provider answered {status} in the content coding {', '.join(codings)[:80]!r}, which is not read: "
            "a request for credentials asks for none",
            status=status,
        )
    for window in windows:
        try:
            return zlib.decompressobj(window).decompress(raw, MAX_RESPONSE_BODY + 1)
        except zlib.error:
            continue
    return raw  # It is not what it is called: what went through a cache or a recorder may be decoded already.
