"""Compares what an application saw with what a client signed."""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

from .signing import CLIENT, Meant, default_port_dropped, pairs


def readings(octets: bytes) -> set[str]:
    """Return the strings that applications make of bytes: they replace non-UTF-8, escape it, or read Latin-1."""
    lone = octets.decode("utf-8", "surrogateescape")
    escaped = re.sub("[\udc80-\udcff]", lambda found: f"%{ord(found[0]) - 0xDC00:02X}", lone)
    return {octets.decode("utf-8", "replace"), escaped, octets.decode("latin-1")}


def path_readings(path: str) -> set[str]:
    """Return a path decoded, and as one server decodes it, which keeps escaped slashes and so confuses no segment.

    An empty path is ``/`` (RFC 9110 section 4.2.3).
    """
    if path == "/":
        return {"/", ""}
    segments = map(unquote_to_bytes, re.split("(?i)%2F", path))
    return readings(unquote_to_bytes(path)) | readings(b"%2F".join(segments))


def differences(view: dict[str, Any], meant: Meant) -> list[str]:
    """Return what the application saw that differs from what was signed."""
    found = []
    if view["method"] != meant.method:
        found.append(f"method {view['method']!r}, signed {meant.method!r}")
    for host in view["hosts"]:
        if default_port_dropped(host.removesuffix(":")) != default_port_dropped(meant.host.removesuffix(":")):
            found.append(f"host {host!r}, signed {meant.host!r}")
    if view["root"]:
        found.append(f"root path {view['root']!r} of an application that is mounted nowhere")
    has_path = (meant.method, view["path"]) != ("OPTIONS", "*")
    if has_path and view["path"] not in path_readings(meant.path):
        found.append(f"path {view['path']!r}, signed {meant.path!r}")
    # some frameworks read the forms of POST only
    reads_form = meant.method == "POST" or view["form"]
    for name, signed in (("query", meant.query), ("form", meant.form or "")):
        if (name == "query" or reads_form) and not _same_pairs(view[name], signed):
            found.append(f"{name} {view[name]!r}, signed {signed!r}")
    return found


def _same_pairs(seen: list[list[str]], signed: str) -> bool:
    """Compare pairs. A framework's mapping of lists keeps the order of each name's values only, so ignore the rest."""
    left = [tuple(map(readings, pair)) for pair in pairs(signed)]
    for name, value in seen:
        match = next((pair for pair in left if name in pair[0] and value in pair[1]), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def trespass(view: dict[str, Any] | None, meant: Meant) -> str | None:
    """Return what is wrong if the application was reached; None if it was not, or if it saw what was signed."""
    if view is None:
        return None
    if view["verified"] != CLIENT:
        return "reached without being verified"
    return "; ".join(differences(view, meant)) or None
