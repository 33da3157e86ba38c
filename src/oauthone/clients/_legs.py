"""The limits of a leg in every client: the options that it sets itself, its time, and the size of its response."""

import logging
import zlib
from collections.abc import AsyncIterable, Iterable, Mapping
from math import ceil
from time import monotonic
from typing import Any

from oauthone.core.base_string import base_string_uri
from oauthone.core.credentials import MAX_RESPONSE_BODY
from oauthone.core.flow import Leg, Reply
from oauthone.errors import TokenResponseError

LOG = logging.getLogger("oauthone")

#: The message of the libraries' own error for a leg that took too long.
TOO_LATE = "the provider did not answer completely within the time limit of a request for credentials"

#: The time limit of a leg, in seconds, if the caller passes none.
LEG_TIMEOUT = 30.0
#: A response is read in pieces of this many octets.
CHUNK = 1024
#: The content coding that a leg accepts; a response in gzip or deflate is decoded anyway.
IDENTITY = "identity"
#: The most octets that are read of a response. A body with few repetitions is a little longer compressed.
_MAX_RAW = MAX_RESPONSE_BODY + 1024
_GZIP, _ZLIB, _DEFLATE = 31, 15, -15
_WINDOWS = {"gzip": (_GZIP,), "x-gzip": (_GZIP,), "deflate": (_ZLIB, _DEFLATE)}
#: The times in the timeout objects of the libraries.
_WAITS = ("connect", "read", "write", "pool", "sock_connect", "sock_read", "connect_timeout", "read_timeout")


def refuse_own_options(options: Mapping[str, Any], *own: str) -> None:
    """Raise if the caller passes an option that a leg sets itself, or ``realm``, as code for requests-oauthlib does.

    Raises:
        TypeError: ``options`` holds a name of ``own``, or ``realm``.
    """
    if "realm" in options:
        raise TypeError("a request for credentials has no realm of its own: pass realm=… to the client")
    for name in own:
        if name in options:
            raise TypeError(f"a request for credentials sets {name!r} itself: do not pass it")


def total_time(timeout: Any) -> float | None:
    """The time limit of a leg, in seconds; None for no limit.

    Args:
        timeout: the library's option. A number, or the ``total`` of an object, is the limit. For a tuple or an object
            without ``total``, the limit is 30 seconds, or the longest time in it if that is longer.
    """
    if timeout is None or isinstance(timeout, (int, float)):
        return timeout
    total: Any = getattr(timeout, "total", None)
    if total and isinstance(total, (int, float)):  # In aiohttp, 0 means no limit.
        return total
    is_tuple: bool = isinstance(timeout, tuple)
    waits: list[Any] = [*timeout] if is_tuple else [getattr(timeout, name, None) for name in _WAITS]
    return max([LEG_TIMEOUT, *[wait for wait in waits if isinstance(wait, (int, float))]])


class TimeLeft:
    """A timeout for each step of a request, which gets shorter with the time that is left for all of them.

    The libraries pass it to ``socket.settimeout()``, which reads it as a whole number of seconds.

    Args:
        end: the end of all steps, on the clock of `time.monotonic`.
        each: the longest timeout of one step, in seconds.

    Raises:
        TimeoutError: when it is read after the end.
    """

    def __init__(self, end: float, each: float) -> None:
        self._end = end
        self._each = each

    def __float__(self) -> float:
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError("the time limit of a request for credentials has passed")
        return float(min(left, self._each))

    def __index__(self) -> int:
        return ceil(float(self))

    def __repr__(self) -> str:
        return str(self._each)


def read(
    leg: Leg, status: int, headers: Iterable[tuple[str, str]], chunks: Iterable[bytes], is_decoded: bool = False
) -> Reply:
    """Read a leg's response, up to a limit, and log its status.

    Args:
        leg: the request.
        status: the HTTP status code.
        headers: the response's headers.
        chunks: the body, in small pieces.
        is_decoded: whether the library or a cache has decoded the body already.

    Raises:
        TokenResponseError: the body has a content coding other than gzip and deflate.
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
    """See `read`; awaited."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > _MAX_RAW:
            break
    return _reply(leg, status, list(headers), bytes(body), is_decoded)


def reply_of(response: Any) -> Reply:
    """The reply in a response that the leg's hook did not see, because a test has replaced the method that sends."""
    return Reply(response.status_code, [], str(response.text).encode("utf-8", "surrogatepass"))


def is_success(reply: Reply) -> bool:
    """Whether the response has a status of success (2xx)."""
    return 200 <= reply.status < 300


def _reply(leg: Leg, status: int, headers: list[tuple[str, str]], raw: bytes, is_decoded: bool) -> Reply:
    if LOG.isEnabledFor(logging.DEBUG):
        LOG.debug("%s %s answered %d", leg.method, base_string_uri(leg.url), status)
    return Reply(status, headers, raw if is_decoded else _decoded(status, headers, raw))


def _decoded(status: int, headers: list[tuple[str, str]], raw: bytes) -> bytes:
    """The body without one layer of gzip or deflate, up to the limit."""
    named = ",".join([value for name, value in headers if name.lower() == "content-encoding"])
    codings = [coding for part in named.lower().split(",") if (coding := part.strip()) not in ("", IDENTITY)]
    if not raw or not codings:
        return raw
    windows = _WINDOWS.get(codings[0]) if len(codings) == 1 else None
    if windows is None:
        raise TokenResponseError(
            "content_coding_rejected",
            f"the provider's response ({status}) has the content coding {', '.join(codings)[:80]!r}, which a request "
            "for credentials does not accept: its Accept-Encoding is identity",
            status=status,
        )
    for window in windows:
        try:
            return zlib.decompressobj(window).decompress(raw, MAX_RESPONSE_BODY + 1)
        except zlib.error:
            continue
    return raw  # A cache or a recorder may have decoded it and kept the header.
