"""Which callbacks a provider sends browsers to (RFC 5849 section 2.1), and with what (section 2.2)."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias
from urllib.parse import urlsplit

from oauthone.core.encoding import encoded_pair
from oauthone.core.parameters import query_with
from oauthone.errors import VerificationError
from oauthone.server.records import Client

#: Says whether a client may have this callback, which is a well-formed http(s) URL: nothing but ``True`` allows it.
#: For an `oauthone.server.AsyncProvider` it may be a coroutine function.
CallbackRule: TypeAlias = Callable[[Client, str], bool | Awaitable[bool]]

_HOST = r"(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{0,5})?"
_WEB_ADDRESS = re.compile(rf"https?://{_HOST}(?:[/?#][!-\[\]-~]*)?", re.ASCII | re.IGNORECASE)


def exactly_registered(client: Client, callback: str) -> bool:
    """The default rule: one of the callbacks that the client registered, character for character."""
    return callback in client.callbacks


def any_callback(client: Client, callback: str) -> bool:
    """A rule for sandboxes: every well-formed callback."""
    return True


def is_web_address(address: str) -> bool:
    """Whether this is an absolute http(s) URL that every parser reads alike, fit for a ``Location`` header."""
    return _WEB_ADDRESS.fullmatch(address) is not None and _can_be(address)


def require_callback(callback: str) -> str:
    """``callback``, if it is an absolute http(s) URL that every parser reads alike.

    Raises:
        VerificationError: another scheme, user information, a backslash, a control character or a raw non-ASCII one.
    """
    if not is_web_address(callback):
        raise VerificationError(
            400, "parameter_rejected", "oauth_callback is no absolute http(s) URL without user information"
        )
    return callback


def _can_be(address: str) -> bool:
    """Whether host and port are ones that there can be: no address of IPv6 that is none, no port beyond 65535."""
    try:
        parts = urlsplit(address)
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def callback_with(callback: str, parameters: Sequence[tuple[str, str]]) -> str:
    """``callback`` with ``parameters`` behind its query, which stays as it is, and before its fragment."""
    return query_with(callback, [encoded_pair(name, value) for name, value in parameters])
