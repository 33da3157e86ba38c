"""The spellings of a path: whether it is protected in any of them, and which one most likely arrived."""

import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import quote

from oauthone.errors import ConfigurationError
from oauthone.server._dispatch import require_sync_function
from oauthone.server._settings_checks import require_strings

# The characters that stand unescaped in a path (RFC 3986 section 3.3).
_IN_PATH = "/:@!$&'()*+,;=~"
# Characters of patterns, escapes and queries: paths are compared as they stand, decoded and without the query.
_OF_PATTERNS = re.compile(r"[*?#%<>{}]")
# Decisions are cached for paths up to this length, so that long ones do not fill the memory.
_LONGEST_CACHED = 256


def protects_path(paths: tuple[str, ...], path: str) -> bool:
    """Whether ``path`` is one of ``paths`` or lies below one, as it stands or as an application may read it.

    Args:
        paths: paths that begin with a slash; a slash at their end does not matter.
        path: the decoded path of a request.
    """
    return (_cached_decision if len(path) <= _LONGEST_CACHED else _cached_decision.__wrapped__)(paths, path)


@lru_cache(maxsize=256)
def _cached_decision(paths: tuple[str, ...], path: str) -> bool:
    if is_ambiguous(path):
        return True
    return any(
        one == stem or one.startswith(f"{stem}/")
        for one in path_readings(path)
        for stem in [prefix.rstrip("/") for prefix in paths]
    )


def is_ambiguous(path: str) -> bool:
    """Whether routers may take ``path`` for another one: it has a control character, or does not begin with a slash.

    Some routers match paths with a pattern that ends in ``$``, which also matches before a line break at the end; some
    split a URL that stands in the place of a path.
    """
    return path != "*" and (not path.startswith("/") or not path.isprintable())


def path_readings(path: str) -> set[str]:
    """How applications and proxies may read ``path``: as it stands, with slashes merged, without dot segments too."""
    merged = "/" + "/".join(filter(None, path.split("/"))) + ("/" if path.endswith("/") and path.strip("/") else "")
    return {path, merged, normalized_path(path)}


def normalized_path(path: str) -> str:
    """``path`` with slashes merged, and without dot segments (RFC 3986 section 5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    return "/" + "/".join(kept) + ("/" if kept and segments[-1] in ("", ".", "..") else "")


def rebuilt_path(decoded: str | bytes) -> str:
    """The most likely spelling of a path of which the server handed over only the decoded form."""
    return (_cached_spelling if len(decoded) <= _LONGEST_CACHED else _cached_spelling.__wrapped__)(decoded)


@lru_cache(maxsize=256, typed=True)
def _cached_spelling(decoded: str | bytes) -> str:
    return quote(decoded, safe=_IN_PATH)


def require_paths(paths: Collection[str] | None, protects: object) -> tuple[str, ...] | None:
    """``paths`` if they can be paths; None stays None. A path that matches no request would protect nothing.

    Raises:
        ConfigurationError: a path matches no request, ``paths`` is a string or empty, or ``protects`` is given too.
        TypeError: ``protects`` cannot be called, or is a coroutine function.
    """
    require_sync_function("protects", protects, "pass a plain one")
    if paths is None:
        return None
    if protects is not None:
        raise ConfigurationError("paths and protects both say what is protected: leave one out")
    required = require_strings("paths", paths)
    if not required:
        raise ConfigurationError("paths is empty, so nothing would be protected: leave it out to protect everything")
    for path in required:
        _require_path(path)
    return required


def _require_path(path: str) -> None:
    if not path.startswith("/"):
        raise ConfigurationError(f"paths holds {path!r}: a path begins with a slash, such as '/api'")
    if is_ambiguous(path) or normalized_path(path) != path or _OF_PATTERNS.search(path):
        raise ConfigurationError(
            f"paths holds {path!r}, which matches no request: write the beginning of a path, decoded, without a "
            "pattern, a query, dot segments or double slashes"
        )
