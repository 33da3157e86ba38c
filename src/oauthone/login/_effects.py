"""The effects of a login: what it asks of the browser, the cache, the application and the provider.

A login is a generator that yields these, so it depends neither on a framework nor on whether anything is awaited.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from oauthone.login._settings import ApplicationSettings


class ReadSession(NamedTuple):
    """Read the browser's session: the value that was written last, or None."""


class LoginCookie(NamedTuple):
    """A cookie for one login alone, which no other response overwrites."""

    identifier: str
    value: str
    seconds: int
    #: The logins that are pending in the session: their cookies are deleted last.
    waiting: tuple[str, ...] = ()
    #: Whether the callback arrives over TLS.
    is_protected: bool = False

    def __repr__(self) -> str:
        return f"LoginCookie(identifier={self.identifier!r}, …)"


class WriteSession(NamedTuple):
    """Write to the browser's session and, if there is a response to carry it, set the cookie of one login."""

    value: list[list[Any]]
    #: Whether the value has to last even if the view fails afterwards.
    at_once: bool = False
    cookie: LoginCookie | None = None

    def __repr__(self) -> str:
        return f"WriteSession({len(self.value)} entries, at_once={self.at_once})"


class IsSessionEmpty(NamedTuple):
    """Find out whether the browser came without any session data."""


class ReadCookie(NamedTuple):
    """Read the cookie that the browser sent for this login: a string, or None."""

    identifier: str
    #: Whether to read the cookie with the prefix ``__Host-``, which only this host can have set, or the one without.
    is_protected: bool


class ReadCache(NamedTuple):
    """Read a key of the cache: a string or octets, or None."""

    key: str


class WriteCache(NamedTuple):
    """Store a value in the cache for a number of seconds."""

    key: str
    value: str
    seconds: int

    def __repr__(self) -> str:
        return f"WriteCache(key={self.key!r}, …)"


class DropCache(NamedTuple):
    """Delete a key of the cache. The outcome says whether it was there."""

    key: str


class FindToken(NamedTuple):
    """Call the application's ``fetch_token``: the token of the current user, or None."""

    fetch: Callable[..., Any]
    arguments: tuple[Any, ...]


class FetchRequestToken(NamedTuple):
    """Get temporary credentials from the provider."""

    settings: ApplicationSettings
    redirect_uri: str | None


class FetchAccessToken(NamedTuple):
    """Exchange temporary credentials at the provider for a token."""

    settings: ApplicationSettings
    url: str
    token: str
    token_secret: str
    verifier: str | None
    options: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"FetchAccessToken(url={self.url!r}, …)"


class SendRequest(NamedTuple):
    """Send a request that is signed with a token; None signs it with the client's credentials alone."""

    settings: ApplicationSettings
    method: str
    url: str
    token: Mapping[str, Any] | None
    options: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"SendRequest(method={self.method!r}, …)"


class FetchIdentity(NamedTuple):
    """Ask the provider whose account a token is for."""

    settings: ApplicationSettings
    token: Mapping[str, Any]

    def __repr__(self) -> str:
        return "FetchIdentity(…)"


#: The effects that need no HTTP client.
LocalEffect = ReadSession | WriteSession | IsSessionEmpty | ReadCookie | ReadCache | WriteCache | DropCache | FindToken

#: The effects that need an HTTP client.
ClientEffect = FetchRequestToken | FetchAccessToken | SendRequest | FetchIdentity

Effect = LocalEffect | ClientEffect
