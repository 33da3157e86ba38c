"""Where a request goes: whether two URLs share an origin, and whether a secret may travel to one."""

import re

from oauthone.core.encoding import percent_encode
from oauthone.errors import InsecureTransportError, SigningError

_LOOPBACK = re.compile(r"(?:localhost|[a-z0-9.-]+\.localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]+)?")

_DEFAULT_PORT = {"http": "80", "https": "443"}


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


def origin(url: str) -> tuple[str, str]:
    """Scheme and authority of ``url``, in the one spelling that can be compared.

    Raises:
        SigningError: no absolute URL.
    """
    scheme, authority, _ = split_authority(split_query(url)[0])
    scheme = scheme.lower()
    return scheme, normalized_authority(scheme, authority)


def is_confidential(url: str) -> bool:
    """Whether what is sent to ``url`` stays between the two ends: https, or never leaves this machine.

    Raises:
        SigningError: no absolute URL.
    """
    scheme, authority = origin(url)
    return scheme == "https" or _LOOPBACK.fullmatch(authority) is not None


def require_confidential(url: str, what: str, *, allow_insecure_transport: bool) -> None:
    """Refuse to send ``what`` to ``url`` over plain http (RFC 5849 sections 2.1, 2.3 and 3.4.4).

    Raises:
        InsecureTransportError: it would travel in the clear, and nobody asked for that by name.
        SigningError: no absolute URL.
    """
    if not allow_insecure_transport and not is_confidential(url):
        scheme, authority = origin(url)
        raise InsecureTransportError(
            f"{what} would travel in the clear to {scheme}://{authority}: use https, "
            "or say allow_insecure_transport=True where the network is trusted"
        )
