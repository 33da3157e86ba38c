"""Where a request goes: whether two URLs share an origin, and whether a secret may travel to one."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from oauthone.core.encoding import percent_encode
from oauthone.errors import InsecureTransportError, SigningError

_LOOPBACK = re.compile(r"localhost|[a-z0-9.-]+\.localhost|127(?:\.[0-9]{1,3}){3}|\[::1\]")
_DEFAULT_PORT = {"http": "80", "https": "443"}
_PORT = re.compile(r"[0-9]{1,9}", re.ASCII)

# A host name has at most 253 octets, a port five digits; IDNA takes long for what no one can reach.
_LONGEST_AUTHORITY = 259


def split_query(url: str) -> tuple[str, str]:
    """``url`` without query and fragment, and the query: what is asked of a server, in two parts."""
    if "#" in url:
        url = url.partition("#")[0]
    before, _, query = url.partition("?")
    return before, query


def split_authority(url: str) -> tuple[str, str, str]:
    """Scheme, authority and path of ``url``, a URL without query and fragment, each as it stands there.

    Raises:
        SigningError: no absolute URL.
    """
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    if not separator or not scheme or not authority or "\\" in authority:
        raise SigningError(f"cannot sign {_shortened(url)!r}: it is no absolute URL such as 'https://api.example/path'")
    return scheme, authority, slash + path


def normalized_authority(scheme: str, authority: str) -> str:
    """``authority`` in lower case, without user information and without the default port of ``scheme``."""
    authority = authority.rpartition("@")[2].strip(" \t").lower()
    host, separator, port = authority.rpartition(":")
    if separator and not port.endswith("]") and (not port or port == _DEFAULT_PORT.get(scheme)):
        authority = host
    return authority if authority.isascii() else _ascii_host(authority)


def _ascii_host(authority: str) -> str:
    if len(authority) > _LONGEST_AUTHORITY:
        return percent_encode(authority)
    try:
        return authority.encode("idna").decode("ascii")
    except UnicodeError:
        return percent_encode(authority)


def _shortened(url: str) -> str:
    return url if len(url) <= 80 else url[:77] + "..."


class Origin(NamedTuple):
    """Where requests go, as a value that can be compared: two URLs share an origin if all three fields are equal.

    Attributes:
        scheme: in lower case.
        host: in lower case and, where it is an international name, in its ASCII form; an IPv6 address in brackets.
        port: the port, also where the URL leaves the default one out; None for a scheme that has no default.
    """

    scheme: str
    host: str
    port: int | None

    @classmethod
    def of(cls, scheme: str, host: str, port: int | None) -> "Origin":
        """The origin of these parts of a URL, each as the URL has it.

        Args:
            scheme: in any case.
            host: in any case, in ASCII.
            port: None where the URL leaves it out.
        """
        scheme = scheme.lower()
        return cls(scheme, host.lower(), default_port(scheme) if port is None else port)

    def __str__(self) -> str:
        port = "" if self.port in (None, default_port(self.scheme)) else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


def default_port(scheme: str) -> int | None:
    """The port of ``scheme``, in lower case, where a URL leaves it out; None for an unknown scheme."""
    port = _DEFAULT_PORT.get(scheme)
    return None if port is None else int(port)


def origin(url: str) -> Origin:
    """The origin of an absolute URL (RFC 6454 section 4).

    Raises:
        SigningError: not an absolute URL, or its port is not a number.
    """
    scheme, authority, _ = split_authority(split_query(url)[0])
    host, separator, port = authority.rpartition("@")[2].rpartition(":")
    if not separator or port.endswith("]"):
        host, port = host + separator + port, ""
    if not host or (port and not _PORT.fullmatch(port)):
        raise SigningError(f"{_shortened(url)!r} does not name a host and port that a request could be sent to")
    return Origin.of(scheme, _comparable_host(host.lower()), int(port) if port else None)


def host_name(authority: str) -> str:
    """The host name in ``host:port`` as cookies use it: in lower case and without the port; ``""`` if it is missing."""
    if authority.startswith("["):
        return authority[1:].partition("]")[0].lower()
    return authority.partition(":")[0].lower()


def host_of(url: str) -> str:
    """The host name of an absolute http(s) URL as cookies use it; ``""`` for any other value, such as ``oob``."""
    try:
        parts = urlsplit(url.replace("\\", "/"))  # browsers treat a backslash as a slash
        return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _comparable_host(host: str) -> str:
    """``host``, in lower case, in ASCII if that form stands for this name alone.

    IDNA 2003 writes "straße" as "strasse", which is another name in IDNA 2008: such a name keeps its own spelling.
    """
    if host.isascii():
        return host
    ascii_host = _ascii_host(host)
    try:
        return ascii_host if ascii_host.encode("ascii").decode("idna") == host else host
    except UnicodeError:
        return host


def is_confidential(url: str) -> bool:
    """Whether what is sent to ``url`` stays between the two ends: https, or never leaves this machine.

    Raises:
        SigningError: no absolute URL.
    """
    found = origin(url)
    return found.scheme == "https" or _LOOPBACK.fullmatch(found.host) is not None


def require_confidential(url: str, what: str, *, allow_insecure_transport: bool) -> None:
    """Refuse to send ``what`` to ``url`` over plain http (RFC 5849 sections 2.1, 2.3 and 3.4.4).

    Raises:
        InsecureTransportError: it would travel in the clear, and nobody asked for that by name.
        SigningError: no absolute URL.
    """
    if not allow_insecure_transport and not is_confidential(url):
        raise InsecureTransportError(
            f"{what} would travel in the clear to {origin(url)}: use https, "
            "or say allow_insecure_transport=True where the network is trusted"
        )
