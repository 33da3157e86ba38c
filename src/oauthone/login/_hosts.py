"""Host names as cookies see them: without a port, and ``localhost`` is another one than ``127.0.0.1``."""

from urllib.parse import urlsplit


def host_name(authority: str) -> str:
    """The name in ``host:port``, in lower case; ``""`` where there is none."""
    if authority.startswith("["):
        return authority[1:].partition("]")[0].lower()
    return authority.partition(":")[0].lower()


def host_of(url: str) -> str:
    """The host name of an absolute http(s) URL; ``""`` for anything else, such as ``oob``."""
    try:
        parts = urlsplit(url.replace("\\", "/"))  # browsers read a backslash so
        return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def is_https(url: str) -> bool:
    """Whether a browser that is sent to ``url`` comes over TLS."""
    return url[:6].lower() == "https:"
