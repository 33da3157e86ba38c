"""Read the body of a request within limits of size and time."""

import asyncio

from oauthone.errors import missing_library

try:
    from starlette.exceptions import HTTPException
    from starlette.requests import Request
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "testing") from missing


async def read_body(request: Request, most: int, seconds: float) -> bytes:
    """Return the body of a request.

    Args:
        request: the request, of which nothing was read.
        most: how many octets it may have.
        seconds: how long it may take, from now to its end.

    Raises:
        HTTPException: it is longer (413) or slower (408).
    """
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                body += part
                if len(body) > most:
                    raise HTTPException(413, f"this body is too long: {most} bytes at most")
    except TimeoutError:
        raise HTTPException(408, f"this body is too slow: {seconds:g} seconds at most") from None
    return bytes(body)


def check_fields(form: bytes, most: int) -> None:
    """Raise if a form has more fields than these, before they are taken apart.

    Raises:
        HTTPException: it has (413).
    """
    if form.count(b"&") >= most:
        raise HTTPException(413, f"this form has too many fields: {most} at most")
