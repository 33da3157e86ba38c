"""Whether Django accepts the host of a request, and whether it reads the query that was signed."""

# Django has no types of its own: what is not annotated here is Any.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from functools import lru_cache
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

# Decisions about hosts are cached for names up to this length, so that long ones do not fill the memory.
_LONGEST_CACHED = 255
_GET_HOST = HttpRequest.get_host


def has_allowed_host(request: HttpRequest) -> bool:
    """Whether Django accepts the host of the request: by the Host header, or by a proxy's if the settings trust one.

    Args:
        request: Django's.
    """
    host: str = request.META.get("HTTP_HOST", "")
    allowed = settings.ALLOWED_HOSTS
    # Django's own function decides by the Host header and strings alone. What replaces them may decide otherwise.
    is_usual = type(request).get_host is _GET_HOST and all(type(entry) is str for entry in allowed)
    if not is_usual or settings.USE_X_FORWARDED_HOST or not host or len(host) > _LONGEST_CACHED:
        return _is_accepted(request)
    return _is_allowed_host(host, tuple(allowed), settings.DEBUG)


@lru_cache(maxsize=256)
def _is_allowed_host(host: str, allowed: tuple[str, ...], debug: bool) -> bool:
    """The result of `_is_accepted` for each request with this Host header, while the settings have these values."""
    request = HttpRequest()
    request.META["HTTP_HOST"] = host
    return _is_accepted(request)


def _is_accepted(request: HttpRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def is_read_as_utf8(query: bytes, encoding: str) -> bool:
    """Whether a query has the same meaning in UTF-8 and in ``encoding``, which Django reads from the Content-Type.

    Args:
        query: the query as it arrived.
        encoding: the name of a codec.
    """
    try:
        read = [octets.decode(encoding, "replace") for octets in (query, unquote_to_bytes(query))]
    except ValueError:  # a codec without replacement characters
        return False
    return read == [octets.decode("utf-8", "replace") for octets in (query, unquote_to_bytes(query))]
