"""Logins on their way to the provider and back: bound to the browser's session, short-lived, taken once."""

import hmac
import json
from collections.abc import Callable, Generator
from hashlib import sha256
from typing import Any, NamedTuple

from oauthone.errors import (
    CallbackReused,
    LoginError,
    LoginExpired,
    LoginLost,
    OtherBrowser,
    UnknownLogin,
    WrongHost,
)
from oauthone.login.questions import (
    DropCache,
    IsSessionEmpty,
    Question,
    ReadCache,
    ReadSession,
    WriteCache,
    WriteSession,
    read_text,
)
from oauthone.login.sealing import Seal
from oauthone.login.traces import Traces

LIFETIME = 600
NEWEST = 5
#: How many characters of encrypted logins a session holds: browsers drop a cookie with more than 4,096 octets.
ROOM = 2200

Steps = Generator[Question, Any, Any]


class PendingLogin(NamedTuple):
    """Temporary credentials that wait for their callback.

    Attributes:
        provider: the name that the application gave the provider.
        token: the identifier.
        token_secret: the shared secret.
        host: the host name at which the login began; ``""`` where that is not known.
    """

    provider: str
    token: str
    token_secret: str
    host: str = ""

    def __repr__(self) -> str:
        return f"PendingLogin(provider={self.provider!r}, token={self.token!r}, …)"


class _Entry(NamedTuple):
    """One line of a session."""

    provider: str
    identifier: str
    expires: int
    #: The sealed login, or ``""`` where a cache holds it; None once it was used, was refused or is too old.
    content: str | None


class PendingLogins:
    """The logins of one application.

    Args:
        clock: returns the seconds since 1970.
        traces: what this process remembers.
    """

    def __init__(self, clock: Callable[[], float], traces: Traces) -> None:
        self._clock = clock
        self._traces = traces

    def keep(self, login: PendingLogin, seal: Seal | None) -> Generator[Question, Any, None]:
        """Let a login wait in the session, or, with a marker in the session, in the cache.

        Args:
            login: what is to wait.
            seal: encrypts it; None where there is a cache.
        """
        now = self._clock()
        identifier, expires = identify(login.provider, login.token), int(now) + LIFETIME
        text = json.dumps(login)
        if seal is None:
            yield WriteCache(_cache_key(identifier), text, LIFETIME)
        content = "" if seal is None else seal.close(text)
        entries = [entry for entry in _entries((yield ReadSession())) if entry.identifier != identifier]
        entries.append(_Entry(login.provider, identifier, expires, content))
        kept, dropped = _newest(entries, now)
        yield WriteSession([list(entry) for entry in kept])
        self._traces.begun(identifier, login.host, expires)
        for entry in dropped:
            if seal is None:
                yield DropCache(_cache_key(entry.identifier))

    def take(self, provider: str, token: str, host: str, seal: Seal | None) -> Generator[Question, Any, PendingLogin]:
        """Take a login out, so that it cannot be taken again.

        Args:
            provider: the name that the application gave the provider.
            token: the token of the callback.
            host: the host name that the callback came to.
            seal: decrypts what waits in the session; None where there is a cache.

        Raises:
            LoginError: there is none to take; its kinds say why.
        """
        identifier = identify(provider, token)
        entries = _entries((yield ReadSession()))
        entry = next((entry for entry in entries if entry.identifier == identifier), None)
        if entry is None:
            raise (yield from self._why_unknown(identifier, host, seal))
        is_late = entry.expires <= self._clock()
        if entry.content is None:
            raise _expired() if is_late else _reused()
        yield WriteSession([list(_spent(one) if one is entry else one) for one in entries], at_once=True)
        if is_late:
            raise _expired()
        if self._is_used(identifier):
            raise _reused()
        login = (yield from _out_of_cache(identifier)) if seal is None else _parsed(seal.open(entry.content))
        if login is None or login.provider != provider or not _equal(login.token, token):
            raise _unreadable(has_cache=seal is None)
        if not self._traces.use(identifier, entry.expires):
            raise _reused()
        return login

    def refuse(self, provider: str, token: str, has_cache: bool) -> Generator[Question, Any, None]:
        """Forget the login that the person, or the provider, refused. What names no login of this browser ends none.

        Args:
            provider: the name that the application gave the provider.
            token: the token of the callback.
            has_cache: whether there is a cache.
        """
        identifier = identify(provider, token)
        entries = _entries((yield ReadSession()))
        entry = next((one for one in entries if one.identifier == identifier and one.content is not None), None)
        if entry is None:
            return
        yield WriteSession([list(_spent(one) if one is entry else one) for one in entries], at_once=True)
        self._traces.use(identifier, entry.expires)
        if has_cache:
            yield DropCache(_cache_key(identifier))

    def _is_used(self, identifier: str) -> bool:
        trace = self._traces.find(identifier)
        return trace is not None and trace.is_used

    def _why_unknown(self, identifier: str, host: str, seal: Seal | None) -> Generator[Question, Any, LoginError]:
        """What is wrong with a callback that this session does not wait for."""
        trace = self._traces.find(identifier)
        began_at = None if trace is None else trace.host
        if began_at is None and seal is None:
            login = _parsed((yield ReadCache(_cache_key(identifier))))
            began_at = None if login is None else login.host
        if self._is_used(identifier):
            return _reused()
        if began_at and host and began_at != host:
            return wrong_host(began_at, host)
        if (yield IsSessionEmpty()):
            return lost(host)
        return _unknown() if began_at is None else _other_browser()


def identify(provider: str, token: str) -> str:
    """What stands for a temporary token in sessions and caches."""
    given = f"{len(provider)}:{provider}{token}".encode("utf-8", "surrogatepass")
    return sha256(given).hexdigest()[:40]


def _cache_key(identifier: str) -> str:
    return f"oauthone_login_{identifier}"


def _entries(value: Any) -> list[_Entry]:
    """What a session holds, oldest first; what cannot be understood is left out."""
    if not isinstance(value, (list, tuple)):
        return []
    lines: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
    found = [_entry(line) for line in lines]
    return [entry for entry in found if entry is not None]


def _entry(line: Any) -> _Entry | None:
    match line:
        case [str(provider), str(identifier), int(expires), str() | None as content]:
            return _Entry(provider, identifier, expires, content)
        case _:
            return None


def _spent(entry: _Entry) -> _Entry:
    return entry._replace(content=None)


def _newest(entries: list[_Entry], now: float) -> tuple[list[_Entry], list[_Entry]]:
    """The entries that stay, and those that have to go. Of what no longer waits, a trace stays."""
    waiting = [entry for entry in entries if entry.content is not None and entry.expires > now]
    traces = [_spent(entry) for entry in entries if entry not in waiting]
    kept = waiting[-NEWEST:]
    while len(kept) > 1 and sum(len(entry.content or "") for entry in kept) > ROOM:
        kept.pop(0)
    return traces[-NEWEST:] + kept, waiting[: len(waiting) - len(kept)]


def _out_of_cache(identifier: str) -> Generator[Question, Any, PendingLogin | None]:
    """Get, then delete. Who finds nothing to delete came second."""
    text = yield ReadCache(_cache_key(identifier))
    if text is not None and not (yield DropCache(_cache_key(identifier))):
        raise _reused()
    return _parsed(text)


def _parsed(text: Any) -> PendingLogin | None:
    match read_text(text):
        case [str(provider), str(token), str(secret), str(host)]:
            return PendingLogin(provider, token, secret, host)
        case _:
            return None


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def wrong_host(began: str, ended: str) -> WrongHost:
    """The error for a callback whose session holds no login, and whose host is not the one where the login began."""
    return WrongHost(
        "wrong_host",
        f"the session does not hold this login, which began at the host {began!r}, while the callback came to "
        f"{ended!r}. If the browser sees these two names, it has a session at each: use one name in the address bar, "
        "in redirect_uri and in what is registered at the provider (localhost and 127.0.0.1 are two). Behind a proxy, "
        "pass the same Host header on for both",
    )


def lost(host: str) -> LoginLost:
    """The error for a browser that came back without its session."""
    return LoginLost(
        "login_lost",
        f"the browser came back{f' to {host!r}' if host else ''} without the session in which the login began. The "
        "session's cookie got lost (SameSite=Strict, Secure over plain http, another host name: localhost is not "
        "127.0.0.1; a cookie over 4 KB), or another browser opened the callback. Check the cookie, then begin again",
    )


def _unreadable(*, has_cache: bool) -> LoginLost:
    why = (
        "the cache no longer holds it: it was evicted, or this process has a cache of its own. Give all processes one "
        "cache, such as Redis"
        if has_cache
        else "it cannot be decrypted: the application's secret changed, or differs from process to process"
    )
    return LoginLost("login_lost", f"the session knows of this login, but {why}. Then begin again")


def _unknown() -> UnknownLogin:
    return UnknownLogin(
        "unknown_login",
        "the callback's token was not given out to this browser: somebody made it up, or it belongs to another "
        f"browser, or {NEWEST} newer logins began since. Never go on with it; begin again",
    )


def _other_browser() -> OtherBrowser:
    return OtherBrowser(
        "other_browser",
        "the callback belongs to a login that began in another browser: a link that somebody passed on, perhaps to "
        "log this person in as somebody else. (Or it began here, and the session was cleared since, after a login in "
        "another tab.) Never go on with it; begin again in this browser",
    )


def _expired() -> LoginExpired:
    return LoginExpired(
        "login_expired", f"more than {LIFETIME // 60} minutes passed between login and callback: begin again"
    )


def _reused() -> CallbackReused:
    return CallbackReused(
        "callback_reused",
        "this callback was used before: the page was loaded again, or the back button led to it. Redirect to another "
        "page after a login, so that no reload comes here; begin again if nobody is logged in",
    )
