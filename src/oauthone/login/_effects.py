"""What a login asks of the world, as frozen questions, and the two objects that put them to it.

A login is a generator, as every step in this package is: it knows neither a framework nor whether anything is awaited.
"""

from collections.abc import Callable, Mapping, MutableMapping
from inspect import isawaitable
from typing import Any, NamedTuple, Protocol

from oauthone.errors import StoreError
from oauthone.login._login_cookies import LoginCookies

#: Where in a browser's session the logins wait.
SESSION_KEY = "_oauthone"


class ReadSession(NamedTuple):
    """What waits in the browser's session? The answer is what was written, or None."""


class WriteSession(NamedTuple):
    """Put this into the browser's session."""

    value: list[list[Any]]
    #: Whether it has to last even if the view fails afterwards.
    at_once: bool = False

    def __repr__(self) -> str:
        return f"WriteSession({len(self.value)} entries, at_once={self.at_once})"


class IsSessionEmpty(NamedTuple):
    """Did the browser bring no session at all, as far as one can tell?"""


class ReadCookie(NamedTuple):
    """What did the browser send in the cookie of this login? The answer is text, or None."""

    identifier: str
    #: Whether only this host can have set it: in a cookie with the prefix ``__Host-``, or else in one without.
    is_protected: bool


class WriteCookie(NamedTuple):
    """Give the browser a cookie for this login alone, which no other response overwrites.

    It is an addition: where no response is at hand, nothing happens.
    """

    identifier: str
    value: str
    seconds: int
    #: The logins that wait in the session: their cookies are the last to be given up.
    waiting: tuple[str, ...] = ()
    #: Whether the callback comes over TLS.
    is_protected: bool = False

    def __repr__(self) -> str:
        return f"WriteCookie(identifier={self.identifier!r}, …)"


class ReadCache(NamedTuple):
    """What is kept under this key? The answer is text or octets, or None."""

    key: str


class WriteCache(NamedTuple):
    """Keep this for so many seconds."""

    key: str
    value: str
    seconds: int

    def __repr__(self) -> str:
        return f"WriteCache(key={self.key!r}, …)"


class DropCache(NamedTuple):
    """Delete this. The answer says whether it was there."""

    key: str


class FindToken(NamedTuple):
    """Which token does the application hold for whoever is in front of it?"""

    fetch: Callable[..., Any]
    arguments: tuple[Any, ...]


class UseClient(NamedTuple):
    """Make a client, call one of its methods, and close it."""

    credentials: tuple[str, str | None]
    settings: Mapping[str, Any]
    method: str
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"UseClient(method={self.method!r}, …)"


Question = (
    ReadSession
    | WriteSession
    | IsSessionEmpty
    | ReadCookie
    | WriteCookie
    | ReadCache
    | WriteCache
    | DropCache
    | FindToken
    | UseClient
)


class BrowserSession(Protocol):
    """A place that belongs to one browser. Each method may be a coroutine function where everything is awaited."""

    def read(self) -> Any:
        """What was written last, or None."""
        ...

    def write(self, value: list[list[Any]], at_once: bool) -> Any:
        """Keep ``value``, which JSON can write.

        Args:
            value: what to keep.
            at_once: it has to last even if the view fails afterwards.
        """
        ...

    def is_empty(self) -> Any:
        """Whether nothing at all came back with the browser."""
        ...


class MappingSession:
    """A browser's session that is a mutable mapping, as those of Flask and Starlette are, or a dict of one's own."""

    def __init__(self, mapping: MutableMapping[str, Any], cookies: LoginCookies | None = None) -> None:
        self._mapping = mapping
        self.cookies = cookies

    def put_cookies_into(self, response: Any) -> Any:
        """``response``, with the cookies of logins that began."""
        return response if self.cookies is None else self.cookies.put_into(response)

    def read(self) -> Any:
        """See `BrowserSession`."""
        return self._mapping.get(SESSION_KEY)

    def write(self, value: list[list[Any]], at_once: bool) -> None:
        """See `BrowserSession`."""
        self._mapping[SESSION_KEY] = value

    def is_empty(self) -> bool:
        """See `BrowserSession`."""
        return not self._mapping


class _World:
    def __init__(
        self,
        make_client: Any,
        session: BrowserSession | None = None,
        cache: Any = None,
        takes_silent_deletes: bool = False,
    ) -> None:
        self._make_client = make_client
        self._session: Any = session
        self._cookies: LoginCookies | None = getattr(session, "cookies", None)
        self._cache = cache
        self._takes_silent_deletes = takes_silent_deletes

    def _put(self, question: Question) -> Any:
        match question:
            case ReadSession():
                return self._session.read()
            case WriteSession(value, at_once):
                return self._session.write(value, at_once)
            case IsSessionEmpty():
                return self._session.is_empty()
            case ReadCookie():
                return None if self._cookies is None else self._cookies.read(*question)
            case WriteCookie():
                return None if self._cookies is None else self._cookies.write(*question)
            case ReadCache(key):
                return self._cache.get(key)
            case WriteCache(key, value, seconds):
                return self._cache.set(key, value, seconds)
            case DropCache(key):
                return self._cache.delete(key)
            case FindToken(fetch, arguments):
                return fetch(*arguments)
            case UseClient(credentials, settings):
                return self._make_client(*credentials, **settings)

    def _checked(self, question: Question, answer: Any) -> Any:
        if isinstance(question, WriteCache) and answer is False:
            raise StoreError("the cache did not keep a login: its set() returned False")
        if isinstance(question, DropCache) and answer is None:
            if self._takes_silent_deletes:
                return True
            raise StoreError(
                "the cache's delete() returned None, so it cannot be told whether a callback comes for the first time: "
                "pass a cache whose delete() says whether there was something to delete"
            )
        return answer


class EffectHandler(_World):
    """Answers questions without awaiting anything.

    Args:
        make_client: the class of the HTTP client, or a function that makes one.
        session: the browser's session; None where no question is about it.
        cache: what `oauthone.login.Cache` describes; None where no question is about it.
        takes_silent_deletes: take None from the cache's ``delete()`` for "it was there".
    """

    def __call__(self, question: Question) -> Any:
        """The answer."""
        if isinstance(question, UseClient):
            with self._put(question) as client:
                return getattr(client, question.method)(*question.arguments, **question.options)
        try:
            answer = self._put(question)
        except Exception as failure:
            raise _translated(question, failure) from failure
        if isawaitable(answer):
            _abandon(answer)
            raise TypeError(
                f"{_name_of(question)} has to be awaited, and this application awaits nothing: give one that is not "
                "asynchronous"
            )
        return self._checked(question, answer)


class AsyncEffectHandler(_World):
    """Answers questions and awaits what is to be awaited.

    Args:
        make_client: the class of the HTTP client, or a function that makes one.
        session: the browser's session; None where no question is about it.
        cache: what `oauthone.login.Cache` describes, asynchronous or not; None where no question is about it.
        takes_silent_deletes: take None from the cache's ``delete()`` for "it was there".
    """

    async def __call__(self, question: Question) -> Any:
        """The answer."""
        if isinstance(question, UseClient):
            async with self._put(question) as client:
                return await getattr(client, question.method)(*question.arguments, **question.options)
        try:
            answer = self._put(question)
            if isawaitable(answer):
                answer = await answer
        except Exception as failure:
            raise _translated(question, failure) from failure
        return self._checked(question, answer)


def _name_of(question: Question) -> str:
    return "the cache" if isinstance(question, (ReadCache, WriteCache, DropCache)) else "fetch_token or the session"


def _abandon(answer: Any) -> None:
    if hasattr(answer, "close"):
        answer.close()


def _translated(question: Question, failure: Exception) -> Exception:
    """A failing cache is a `StoreError`, so that a page can be shown for it; everything else is the application's."""
    if not isinstance(question, (ReadCache, WriteCache, DropCache)):
        return failure
    return StoreError(f"the cache did not answer ({type(failure).__name__}): nobody can log in until it does")
