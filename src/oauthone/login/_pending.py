"""Logins on their way to the provider and back: bound to the browser's session, short-lived, taken once."""

import json
from collections.abc import Callable, Generator
from secrets import token_urlsafe
from typing import Any

from oauthone.core.encoding import constant_time_equal
from oauthone.errors import LoginError
from oauthone.login._effects import (
    DropCache,
    IsSessionEmpty,
    Question,
    ReadCache,
    ReadCookie,
    ReadSession,
    WriteCache,
    WriteCookie,
    WriteSession,
)
from oauthone.login._login_errors import (
    LIFETIME,
    expired,
    lost,
    other_browser,
    reused,
    unknown,
    unreadable,
    wrong_host,
)
from oauthone.login._pending_entries import (
    Entry,
    PendingLogin,
    cache_key,
    digest,
    entries_of,
    identify,
    newest,
    parsed,
    with_spent,
)
from oauthone.login._recent_logins import RecentLogins
from oauthone.login._session_cipher import SessionCipher

Steps = Generator[Question, Any, Any]


class PendingLogins:
    """The logins of one application.

    Args:
        clock: returns the seconds since 1970.
        traces: what this process remembers.
    """

    def __init__(self, clock: Callable[[], float], traces: RecentLogins) -> None:
        self._clock = clock
        self._traces = traces

    def keep(self, login: PendingLogin, seal: SessionCipher | None) -> Generator[Question, Any, None]:
        """Let a login wait in the session, or, with a marker in the session, in the cache.

        Args:
            login: what is to wait.
            seal: encrypts it; None where there is a cache.
        """
        now = self._clock()
        identifier, expires = identify(login.provider, login.token), int(now) + LIFETIME
        proof = token_urlsafe(24)
        text = json.dumps(login._replace(expires=expires, proof=digest(proof)))
        if seal is None:
            yield WriteCache(cache_key(identifier), text, LIFETIME)
        content = "" if seal is None else seal.close(text)
        entries = [entry for entry in entries_of((yield ReadSession())) if entry.identifier != identifier]
        entries.append(Entry(login.provider, identifier, expires, content))
        kept, dropped = newest(entries, now)
        yield WriteSession([list(entry) for entry in kept])
        waiting = tuple(entry.identifier for entry in kept if entry.content is not None)
        yield WriteCookie(identifier, content or proof, LIFETIME, waiting, login.is_protected)
        self._traces.begun(identifier, login.host, expires)
        for entry in dropped:
            if seal is None:
                yield DropCache(cache_key(entry.identifier))

    def take(
        self, provider: str, token: str, host: str, seal: SessionCipher | None
    ) -> Generator[Question, Any, PendingLogin]:
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
        entries = entries_of((yield ReadSession()))
        entry = yield from self._find(entries, identifier, seal)
        if entry is None:
            raise (yield from self._why_unknown(identifier, host, seal))
        is_late = entry.expires <= self._clock()
        if entry.content is None:
            raise expired() if is_late else reused()
        is_used = self._is_used(identifier)
        text: Any = None
        if seal is not None:
            text = seal.open(entry.content)
        elif not (is_late or is_used):  # a cache that fails here leaves the login as it was
            text, is_used = yield from _out_of_cache(identifier)
        yield WriteSession(with_spent(entries, entry), at_once=True)
        if is_late or is_used:
            raise expired() if is_late else reused()
        login = parsed(text)
        if login is None or login.provider != provider or not constant_time_equal(login.token, token):
            raise unreadable(has_cache=seal is None)
        if not self._traces.use(identifier, entry.expires):
            raise reused()
        return login

    def refuse(self, provider: str, token: str, seal: SessionCipher | None) -> Generator[Question, Any, None]:
        """Forget the login that the person, or the provider, refused. What names no login of this browser ends none.

        Args:
            provider: the name that the application gave the provider.
            token: the token of the callback.
            seal: decrypts what waits in the browser; None where there is a cache.
        """
        identifier = identify(provider, token)
        entries = entries_of((yield ReadSession()))
        entry = yield from self._find(entries, identifier, seal)
        if entry is None or entry.content is None:
            return
        if seal is None:
            yield DropCache(cache_key(identifier))
        yield WriteSession(with_spent(entries, entry), at_once=True)
        self._traces.use(identifier, entry.expires)

    def _find(
        self, entries: list[Entry], identifier: str, seal: SessionCipher | None
    ) -> Generator[Question, Any, Entry | None]:
        """A login of this browser: in its session, or, where another response overwrote that, in its own cookie."""
        for entry in entries:
            if entry.identifier == identifier:
                return entry
        for is_protected in (True, False):
            value: str | None = yield ReadCookie(identifier, is_protected)
            if value is None:
                continue
            login = parsed((yield from _behind(value, identifier, seal)))
            if login is None or identify(login.provider, login.token) != identifier:
                continue
            if login.is_protected and not is_protected:  # a neighbouring host can set a cookie without the prefix
                continue
            if seal is not None or constant_time_equal(digest(value), login.proof):
                return Entry(login.provider, identifier, login.expires, value if seal is not None else "")
        return None

    def _is_used(self, identifier: str) -> bool:
        trace = self._traces.find(identifier)
        return trace is not None and trace.is_used

    def _why_unknown(
        self, identifier: str, host: str, seal: SessionCipher | None
    ) -> Generator[Question, Any, LoginError]:
        """What is wrong with a callback that this session does not wait for."""
        trace = self._traces.find(identifier)
        began_at = None if trace is None else trace.host
        if began_at is None and seal is None:
            login = parsed((yield ReadCache(cache_key(identifier))))
            began_at = None if login is None else login.host
        if self._is_used(identifier):
            return reused()
        if began_at and host and began_at != host:
            return wrong_host(began_at, host)
        if (yield IsSessionEmpty()):
            return lost(host)
        return unknown() if began_at is None else other_browser()


def _behind(value: str, identifier: str, seal: SessionCipher | None) -> Generator[Question, Any, Any]:
    """The text of the login whose own cookie holds ``value``."""
    return seal.open(value) if seal is not None else (yield ReadCache(cache_key(identifier)))


def _out_of_cache(identifier: str) -> Generator[Question, Any, tuple[Any, bool]]:
    """Get, then delete: the text, and whether somebody else was first, as one who finds nothing to delete is told."""
    text = yield ReadCache(cache_key(identifier))
    return text, text is not None and not (yield DropCache(cache_key(identifier)))
