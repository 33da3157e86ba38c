"""Logins between redirect and callback: bound to the browser's session, short-lived, and used only once."""

from collections.abc import Callable, Generator
from secrets import token_urlsafe
from typing import Any

from oauthone.core.urls import host_of_authority
from oauthone.errors import LoginError
from oauthone.login._effects import (
    DropCache,
    Effect,
    IsSessionEmpty,
    LoginCookie,
    ReadCache,
    ReadCookie,
    ReadSession,
    WriteCache,
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
    add_entry,
    cache_key,
    end_entry,
    identify,
    is_proof,
    read_entries,
    read_login,
    write_login,
)
from oauthone.login._recent_logins import RecentLogins
from oauthone.login._session_cipher import SessionCipher


class PendingLogins:
    """The pending logins of one application.

    Args:
        clock: returns the seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._recent_logins = RecentLogins()

    def save(self, login: PendingLogin, cipher: SessionCipher | None) -> Generator[Effect, Any, None]:
        """Store a login in the session, or in the cache with an entry for it in the session.

        Args:
            login: the login.
            cipher: encrypts the login; None if there is a cache.
        """
        now = self._clock()
        identifier, expires = identify(login.provider, login.token), int(now) + LIFETIME
        proof = token_urlsafe(24)
        text = write_login(login, expires, proof)
        if cipher is None:
            yield WriteCache(cache_key(identifier), text, LIFETIME)
        content = "" if cipher is None else cipher.encrypt(text)
        kept, dropped = add_entry((yield ReadSession()), Entry(login.provider, identifier, expires, content), now)
        waiting = tuple(entry.identifier for entry in kept if entry.content is not None)
        cookie = LoginCookie(identifier, content or proof, LIFETIME, waiting, login.is_protected)
        yield WriteSession([list(entry) for entry in kept], cookie=cookie)
        self._recent_logins.started(identifier, login.host, expires, now)
        for entry in dropped:
            if cipher is None:
                yield DropCache(cache_key(entry.identifier))

    def take(
        self, provider: str, token: str, authority: str, cipher: SessionCipher | None
    ) -> Generator[Effect, Any, PendingLogin]:
        """Take a login out, so that it cannot be taken again.

        Args:
            provider: the name that the application gave the provider.
            token: the token of the callback.
            authority: the ``Host`` header of the callback.
            cipher: decrypts the login in the session; None if there is a cache.

        Raises:
            LoginError: this browser has no such login; the subclass says why.
        """
        identifier, now = identify(provider, token), self._clock()
        entries = read_entries((yield ReadSession()))
        entry = yield from self._find(entries, identifier, cipher)
        if entry is None:
            raise (yield from self._why_unknown(identifier, host_of_authority(authority), cipher))
        is_late = entry.expires <= now
        if entry.content is None:
            raise expired() if is_late else reused()
        is_used = self._is_used(identifier)
        text: Any = None
        if cipher is not None:
            text = cipher.decrypt(entry.content)
        elif not (is_late or is_used):  # if the cache fails here, the login can still be finished later
            text, is_used = yield from _take_from_cache(identifier)
        yield WriteSession(end_entry(entries, entry), at_once=True)
        if is_late or is_used:
            raise expired() if is_late else reused()
        login = read_login(text, identifier)
        if login is None:
            raise unreadable(has_cache=cipher is None)
        if not self._recent_logins.mark_used(identifier, entry.expires, now):  # another thread was faster
            raise reused()
        return login

    def discard(self, provider: str, token: str, cipher: SessionCipher | None) -> Generator[Effect, Any, None]:
        """End a login that the user or the provider denied. A token that this browser did not get ends nothing.

        Args:
            provider: the name that the application gave the provider.
            token: the token of the callback.
            cipher: decrypts the login in the browser; None if there is a cache.
        """
        identifier = identify(provider, token)
        entries = read_entries((yield ReadSession()))
        entry = yield from self._find(entries, identifier, cipher)
        if entry is None or entry.content is None:
            return
        if cipher is None:
            yield DropCache(cache_key(identifier))
        yield WriteSession(end_entry(entries, entry), at_once=True)
        self._recent_logins.mark_used(identifier, entry.expires, self._clock())

    def _find(
        self, entries: list[Entry], identifier: str, cipher: SessionCipher | None
    ) -> Generator[Effect, Any, Entry | None]:
        """A login of this browser: from its session or, if another response overwrote that, from its own cookie."""
        for entry in entries:
            if entry.identifier == identifier:
                return entry
        for is_protected in (True, False):
            value: str | None = yield ReadCookie(identifier, is_protected)
            if value is None:
                continue
            login = read_login((yield from _text_behind(value, identifier, cipher)), identifier)
            if login is None:
                continue
            if login.is_protected and not is_protected:  # a neighbouring host can set a cookie without the prefix
                continue
            if cipher is not None or is_proof(value, login):
                return Entry(login.provider, identifier, login.expires, value if cipher is not None else "")
        return None

    def _is_used(self, identifier: str) -> bool:
        recent = self._recent_logins.find(identifier)
        return recent is not None and recent.is_used

    def _why_unknown(
        self, identifier: str, host: str, cipher: SessionCipher | None
    ) -> Generator[Effect, Any, LoginError]:
        """The error for a callback whose login is not in this session."""
        recent = self._recent_logins.find(identifier)
        began_at = None if recent is None else recent.host
        if began_at is None and cipher is None:
            login = read_login((yield ReadCache(cache_key(identifier))), identifier)
            began_at = None if login is None else login.host
        if self._is_used(identifier):
            return reused()
        if began_at and host and began_at != host:
            return wrong_host(began_at, host)
        if (yield IsSessionEmpty()):
            return lost(host)
        return unknown() if began_at is None else other_browser()


def _text_behind(value: str, identifier: str, cipher: SessionCipher | None) -> Generator[Effect, Any, Any]:
    """The text of the login whose own cookie holds ``value``."""
    return cipher.decrypt(value) if cipher is not None else (yield ReadCache(cache_key(identifier)))


def _take_from_cache(identifier: str) -> Generator[Effect, Any, tuple[Any, bool]]:
    """Read, then delete: the text, and whether another process was faster, which left nothing to delete."""
    text = yield ReadCache(cache_key(identifier))
    return text, text is not None and not (yield DropCache(cache_key(identifier)))
