"""The meaning of a request by RFC 5849 and RFC 3986, parsed with the standard library alone, as a check.

Two requests that decode to the same value differ only in their spelling: escapes, the order of parameters, white space
between the members of a header, the case of scheme and host, a default port, or the characters that internationalized
host names treat as equal (RFC 3490). The parts that no signature covers are ignored: user information, the fragment,
and the realm (section 3.4.1.3.1).
"""

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from .setting import Sent

_MEMBER = re.compile(r'[ \t]*([^ \t=",]+)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*')
_PORTS = {b"http": b"80", b"https": b"443"}

Pair = tuple[bytes, bytes]


class Decoded(NamedTuple):
    """The parts of a request that a signature covers, and the signature."""

    method: str
    scheme: bytes
    authority: bytes
    path: bytes
    parameters: list[Pair]
    hashed: bytes


def decoded(sent: Sent) -> Decoded | None:
    """Decode ``sent``; return None if it is malformed."""
    header = [value for name, value in sent.headers if name.lower() == "authorization"]
    in_header = _header_parameters(header[0]) if header else []
    url = sent.url.encode("utf-8", "surrogatepass").partition(b"#")[0]
    before, _, query = url.partition(b"?")
    scheme, joint, rest = before.partition(b"://")
    authority, slash, path = rest.partition(b"/")
    if in_header is None or not joint or not authority:
        return None
    host = [value for name, value in sent.headers if name.lower() == "host"]
    types = [value for name, value in sent.headers if name.lower() == "content-type"]
    media_types = [value.partition(";")[0].strip().lower() for value in types]
    is_form = "application/x-www-form-urlencoded" in media_types
    pairs = sorted([*in_header, *_pairs(query), *(_pairs(sent.body) if is_form else [])])
    return Decoded(
        sent.method,
        scheme.lower(),
        _authority(scheme.lower(), host[0].encode("latin-1") if host else authority),
        slash + path or b"/",
        pairs,
        b"" if is_form or b"oauth_body_hash" not in dict(pairs) else sent.body,
    )


def _header_parameters(value: str) -> list[Pair] | None:
    """Return the parameters of an Authorization header (section 3.5.1) without its realm, or None."""
    scheme, rest = value[:5], value[5:].strip(" \t")
    if scheme.lower() != "oauth" or value[5:6] not in (" ", "\t"):
        return None
    found: list[Pair] = []
    while rest:
        member = _MEMBER.match(rest)
        if member is None or rest[member.end() :][:1] not in ("", ","):
            return None
        if member[1].lower() != "realm":
            found.append((_octets(member[1]), _octets(member[2])))
        rest = rest[member.end() + 1 :]
    return found


def _octets(text: str) -> bytes:
    return unquote_to_bytes(text.encode("latin-1"))


def _pairs(form: bytes) -> list[Pair]:
    pairs = [part.partition(b"=") for part in form.replace(b"+", b" ").split(b"&") if part]
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in pairs]


def _authority(scheme: bytes, authority: bytes) -> bytes:
    host = authority.rpartition(b"@")[2].strip().lower()
    for default in (b":", b":" + _PORTS.get(scheme, b"")):
        host = host.removesuffix(default)
    try:
        return host if host.isascii() else host.decode("utf-8").encode("idna")
    except UnicodeError:
        return host
