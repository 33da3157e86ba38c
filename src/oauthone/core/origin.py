"""Where a request goes: whether two URLs share an origin, and whether a secret may travel to one."""

import re

from oauthone.core.base_string import normalized_authority, split_authority, split_query
from oauthone.errors import InsecureTransportError

_LOOPBACK = re.compile(r"(?:localhost|[a-z0-9.-]+\.localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]+)?")


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
