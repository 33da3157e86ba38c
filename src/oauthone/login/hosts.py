"""Host names as cookies see them: without a port, and ``localhost`` is another one than ``127.0.0.1``."""

import re
from urllib.parse import urlsplit

_LOOPBACK = re.compile(r"localhost|[a-z0-9.-]+\.localhost|127(?:\.[0-9]{1,3}){3}|::1")


def host_name(authority: str) -> str:
    """The name in ``host:port``, in lower case; ``""`` where there is none."""
    try:
        return urlsplit(f"//{authority}").hostname or ""
    except ValueError:
        return ""


def host_of(url: str) -> str:
    """The host name of an absolute URL; ``""`` for anything else, such as ``oob``."""
    return host_name(url.partition("://")[2].replace("\\", "/").partition("/")[0])


def are_strangers(one: str, other: str) -> bool:
    """Whether no cookie of one host ever reaches the other: both names mean this machine, and differ."""
    return one != other and _LOOPBACK.fullmatch(one) is not None and _LOOPBACK.fullmatch(other) is not None
