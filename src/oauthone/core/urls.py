"""The parts of a URL, its origin, and whether a secret may be sent to it."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from oauthone.core.encoding import percent_encode
from oauthone.errors import InsecureTransportError, SigningError

_LOOPBACK = r"localhost|[a-z0-9.-]+\.localhost|127(?:\.[0-9]{1,3}){3}|\[::1\]"
_DEFAULT_PORT = {"http": "80", "https": "443"}
_PORT = "[0-9]{1,9}"

# A host name has at most 253 octets and a port five digits. IDNA is slow for longer text, which cannot be a host.
_LONGEST_AUTHORITY = 259


def split_query(url: str) -> tuple[str, str]:
    """Return ``url`` without its query and fragment, and the query."""
    if "#" in url:
        url = url.partition("#")[0]
    before, _, query = url.partition("?")
    return before, query


def split_authority(url: str) -> tuple[str, str, str]:
    """Split ``url``, which has neither query nor fragment, into scheme, authority and path, all unchanged.

    Raises:
        SigningError: ``url`` is not absolute.
    """
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    if not separator or not scheme or not authority or "\\" in authority:
        raise SigningError(
            f"cannot sign {_shortened(url)!r}: it is not an absolute URL such as 'https://api.example/path'"
        )
    return scheme, authority, slash + path


def normalized_authority(scheme: str, authority: str) -> str:
    """Return ``authority`` in lower case, without user information and without the default port of ``scheme``."""
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
    """The origin of a URL (RFC 6454 section 4). Two URLs share an origin if all three fields are equal.

    Attributes:
        scheme: in lower case.
        host: in lower case, an international name in its ASCII form, an IPv6 address in brackets.
        port: the port, even if the URL omits the default one; None for a scheme without a default.
    """

    scheme: str
    host: str
    port: int | None

    @classmethod
    def of(cls, scheme: str, host: str, port: int | None) -> "Origin":
        """Return the origin of these parts of a URL.

        Args:
            scheme: the scheme in any case.
            host: the host in any case, in ASCII.
            port: the port; None if the URL omits it.
        """
        scheme = scheme.lower()
        return cls(scheme, host.lower(), default_port(scheme) if port is None else port)

    def __str__(self) -> str:
        port = "" if self.port in (None, default_port(self.scheme)) else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


def default_port(scheme: str) -> int | None:
    """Return the default port of ``scheme``, which is in lower case; None for an unknown scheme."""
    port = _DEFAULT_PORT.get(scheme)
    return None if port is None else int(port)


def origin(url: str) -> Origin:
    """Return the origin of an absolute URL (RFC 6454 section 4).

    Raises:
        SigningError: ``url`` is not absolute, or its port is not a number.
    """
    scheme, authority, _ = split_authority(split_query(url)[0])
    host, separator, port = authority.rpartition("@")[2].rpartition(":")
    if not separator or port.endswith("]"):
        host, port = host + separator + port, ""
    if not host or (port and not re.fullmatch(_PORT, port)):
        raise SigningError(f"{_shortened(url)!r} does not name a host and port that a request could be sent to")
    return Origin.of(scheme, _comparable_host(host.lower()), int(port) if port else None)


def host_of_authority(authority: str) -> str:
    """The host name in ``host:port`` as cookies use it: in lower case and without the port; ``""`` if it is missing."""
    if authority.startswith("["):
        return authority[1:].partition("]")[0].lower()
    return authority.partition(":")[0].lower()


def host_of_url(url: str) -> str:
    """The host name of an absolute http(s) URL as cookies use it; ``""`` for any other value, such as ``oob``."""
    try:
        parts = urlsplit(url.replace("\\", "/"))  # browsers treat a backslash as a slash
        return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _comparable_host(host: str) -> str:
    """Return ``host``, which is in lower case, in its ASCII form if that form belongs to this name alone.

    IDNA 2003 writes "straße" as "strasse", which IDNA 2008 treats as another name. Such a name is returned unchanged.
    """
    if host.isascii():
        return host
    ascii_host = _ascii_host(host)
    try:
        return ascii_host if ascii_host.encode("ascii").decode("idna") == host else host
    except UnicodeError:
        return host


def is_confidential(url: str) -> bool:
    """Return whether ``url`` is https or a loopback address, so that the network cannot read the request.

    Raises:
        SigningError: ``url`` is not absolute.
    """
    found = origin(url)
    return found.scheme == "https" or re.fullmatch(_LOOPBACK, found.host) is not None


def require_confidential(url: str, what: str, *, allow_insecure_transport: bool) -> None:
    """Raise if ``what`` would be sent over plain http (RFC 5849 sections 2.1, 2.3 and 3.4.4).

    Args:
        url: the URL to which it would be sent.
        what: what would be sent, for the error.
        allow_insecure_transport: True allows plain http.

    Raises:
        InsecureTransportError: ``url`` is plain http, and not a loopback address.
        SigningError: ``url`` is not absolute.
    """
    if not allow_insecure_transport and not is_confidential(url):
        raise InsecureTransportError(
            f"{what} would be sent unencrypted to {origin(url)}: use https, "
            "or pass allow_insecure_transport=True if you trust the network"
        )
