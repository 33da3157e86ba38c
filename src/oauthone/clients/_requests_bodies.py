"""The bodies of prepared requests of requests and niquests: set one, rewind it, and refuse one that was consumed."""

from typing import Any


def set_body(request: Any, body: Any, position: Any = None) -> None:
    """Give ``request`` another body; ``position`` is where the library found a file to begin."""
    request.body = body
    request.__dict__["_body_position"] = position
    request.headers.pop("Content-Length", None)
    request.prepare_content_length(body)


def position(body: Any) -> Any:
    """The position of a file before it is sent; None for anything else, or if the file cannot tell."""
    tell = getattr(body, "tell", None)
    try:
        return None if tell is None else tell()
    except OSError:
        return None


def seek(body: Any, start: Any) -> bool:
    """Set a file back to ``start``; returns whether that was possible."""
    if start is None or not hasattr(body, "seek"):
        return False
    try:
        body.seek(start)
    except (OSError, TypeError):  # Both libraries put an object() in place of a position that a file cannot tell.
        return False
    return True


async def aposition(body: Any) -> Any:
    """See `position`; for a file that may be asynchronous."""
    tell = getattr(body, "tell", None)
    try:
        found: Any = None if tell is None else tell()
        return await found if hasattr(found, "__await__") else found
    except OSError:
        return None


async def aseek(body: Any, start: Any) -> bool:
    """See `seek`; for a file that may be asynchronous."""
    if start is None or not hasattr(body, "seek"):
        return False
    try:
        done = body.seek(start)
        if hasattr(done, "__await__"):
            await done
    except (OSError, TypeError):
        return False
    return True


def can_be_read_again(body: Any) -> bool:
    """Whether each iteration over ``body`` starts from its beginning; a file's does not."""
    if hasattr(body, "read"):
        return False
    iterator = body.__aiter__() if hasattr(body, "__aiter__") else iter(body)
    return iterator is not body


def refuse_consumed_body(body: Any, rewind_position: Any, unrewindable: Any, response: Any) -> None:
    """Raise if the next request of a redirect would sign and send only the rest of a body, which is empty.

    ``rewind_position`` is where the library found a file to begin.

    Raises:
        UnrewindableBodyError: ``unrewindable``, the library's own; the body can be read only once, and has been read.
    """
    if body is None or isinstance(body, (str, bytes, bytearray)) or rewind_position is not None:
        return
    if can_be_read_again(body):
        return
    raise unrewindable(
        f"the redirect is not followed: its status {response.status_code} requires the body again, but this body "
        f"({type(body).__name__}) can be read only once. Pass bytes or a file that can seek, or pass "
        "allow_redirects=False",
        request=response.request,
        response=response,
    )


def was_read(response: Any) -> bool:
    """Whether a cache or a hook of an adapter has read the body already, and decoded it."""
    return bool(response.__dict__["_content_consumed"])


def undecoded(response: Any) -> Any:
    """``response``, whose body will not be decoded."""
    if (headers := getattr(response.raw, "headers", None)) is not None:
        headers.pop("Content-Encoding", None)
    return response
