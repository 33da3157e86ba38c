"""Which callbacks a provider sends browsers to (RFC 5849 section 2.1), and with what (section 2.2)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from oauthone.core.encoding import encoded_pair
from oauthone.core.parameters import append_to_query
from oauthone.errors import VerificationError
from oauthone.server._records import Client
from oauthone.server._redirect_targets import is_http_url as is_http_url
from oauthone.server._redirect_targets import is_private_scheme_uri

#: Says whether a client may have this callback, which is a well-formed http(s) URL, or one of a private scheme that the
#: client registered: nothing but ``True`` allows it.
#: For an `oauthone.server.AsyncProvider` it may be a coroutine function.
CallbackRule: TypeAlias = Callable[[Client, str], bool | Awaitable[bool]]


def exactly_registered(client: Client, callback: str) -> bool:
    """The default rule: one of the callbacks that the client registered, character for character."""
    return callback in client.callbacks


def any_callback(client: Client, callback: str) -> bool:
    """A rule for sandboxes: every well-formed http(s) callback, and one of a private scheme if it is registered."""
    return True


def require_callback(client: Client, callback: str) -> str:
    """``callback``, if browsers may be sent there at all: whether this client may have it is for a rule to say.

    Args:
        client: who asks for it.
        callback: an absolute http(s) URL that every parser reads alike, or the URI of a private scheme that ``client``
            registered, character for character.

    Raises:
        VerificationError: another scheme, user information, a backslash, a control character or a raw non-ASCII one.
    """
    if is_http_url(callback) or (is_private_scheme_uri(callback) and callback in client.callbacks):
        return callback
    raise VerificationError(
        400,
        "parameter_rejected",
        "oauth_callback is no absolute http(s) URL without user information, and of no private scheme that is "
        "registered",
    )


def callback_with(callback: str, parameters: Sequence[tuple[str, str]]) -> str:
    """``callback`` with ``parameters`` behind its query, which stays as it is, and before its fragment."""
    return append_to_query(callback, [encoded_pair(name, value) for name, value in parameters])
