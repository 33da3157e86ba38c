"""Which callbacks a client may use (RFC 5849 section 2.1), and what is added to them (section 2.2)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from oauthone.core.encoding import encoded_pair
from oauthone.core.parameters import append_to_query
from oauthone.errors import VerificationError
from oauthone.server._records import Client
from oauthone.server._redirect_targets import is_http_url, is_private_scheme_uri

#: Decides whether a client may use a callback. Only ``True`` allows it; other truthy results do not.
#: The callback is a well-formed http(s) URL, or a URI with a private scheme that the client registered.
#: For an `oauthone.server.AsyncProvider` the rule may be a coroutine function.
CallbackRule: TypeAlias = Callable[[Client, str], bool | Awaitable[bool]]


def exactly_registered(client: Client, callback: str) -> bool:
    """The default rule: allow the callbacks that the client registered, compared character for character."""
    return callback in client.callbacks


def any_callback(client: Client, callback: str) -> bool:
    """A rule for sandboxes: allow every well-formed http(s) URL, and private schemes that the client registered."""
    return True


def require_safe_callback(client: Client, callback: str) -> str:
    """``callback``, if a browser may be sent there at all. A rule decides whether this client may use it.

    Args:
        client: the client that asks for it.
        callback: an absolute http(s) URL that every parser reads alike; or a URI with a private scheme that ``client``
            registered, character for character.

    Raises:
        VerificationError: it has another scheme, user information, a backslash, a control character or a character
            outside ASCII.
    """
    if is_http_url(callback) or (is_private_scheme_uri(callback) and callback in client.callbacks):
        return callback
    raise VerificationError(
        400,
        "parameter_rejected",
        "oauth_callback is neither an absolute http(s) URL without user information, nor a URI with a private scheme "
        "that the client registered",
    )


def callback_with(callback: str, parameters: Sequence[tuple[str, str]]) -> str:
    """``callback`` with ``parameters`` appended to its query, before its fragment. The existing query is unchanged.

    Args:
        callback: an absolute URL.
        parameters: names and values.
    """
    return append_to_query(callback, [encoded_pair(name, value) for name, value in parameters])
