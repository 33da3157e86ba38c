"""Logins on their way to the provider and back: bound to the browser's session, short-lived, taken once."""

import hmac
import json
from collections.abc import Callable, Generator
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, NamedTuple

from oauthone.errors import LoginError
from oauthone.login._login_errors import (
    LIFETIME,
    NEWEST,
    expired,
    lost,
    other_browser,
    reused,
    unknown,
    unreadable,
    wrong_host,
)
from oauthone.login.questions import (
    DropCache,
    IsSessionEmpty,
    Question,
    ReadCache,
    ReadCookie,
    ReadSession,
    WriteCache,
    WriteCookie,
    WriteSession,
    read_text,
)
from oauthone.login.sealing import Seal
from oauthone.login.traces import Traces

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
        expires: when it is too late, in seconds since 1970.
        proof: the digest of what the login's own cookie holds where a cache holds the rest.
    """

    provider: str
    token: str
    token_secret: str
    host: str = ""
    expires: int = 0
    proof: str = ""

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
        proof = token_urlsafe(24)
        text = json.dumps(login._replace(expires=expires, proof=_digest(proof)))
        if seal is None:
            yield WriteCache(_cache_key(identifier), text, LIFETIME)
        content = "" if seal is None else seal.close(text)
        entries = [entry for entry in _entries((yield ReadSession())) if entry.identifier != identifier]
        entries.append(_Entry(login.provider, identifier, expires, content))
        kept, dropped = _newest(entries, now)
        yield WriteSession([list(entry) for entry in kept])
        waiting = tuple(entry.identifier for entry in kept if entry.content is not None)
        yield WriteCookie(identifier, content or proof, LIFETIME, waiting)
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
        entry = yield from self._find(entries, identifier, seal)
        if entry is None:
            raise (yield from self._why_unknown(identifier, host, seal))
        is_late = entry.expires <= self._clock()
        if entry.content is None:
            raise expired() if is_late else reused()
        yield WriteSession(_with_spent(entries, entry), at_once=True)
        if is_late:
            raise expired()
        if self._is_used(identifier):
            raise reused()
        login = (yield from _out_of_cache(identifier)) if seal is None else _parsed(seal.open(entry.content))
        if login is None or login.provider != provider or not _equal(login.token, token):
            raise unreadable(has_cache=seal is None)
        if not self._traces.use(identifier, entry.expires):
            raise reused()
        return login

    def refuse(self, provider: str, token: str, seal: Seal | None) -> Generator[Question, Any, None]:
        """Forget the login that the person, or the provider, refused. What names no login of this browser ends none.

        Args:
            provider: the name that the application gave the provider.
            token: the token of the callback.
            seal: decrypts what waits in the browser; None where there is a cache.
        """
        identifier = identify(provider, token)
        entries = _entries((yield ReadSession()))
        entry = yield from self._find(entries, identifier, seal)
        if entry is None or entry.content is None:
            return
        yield WriteSession(_with_spent(entries, entry), at_once=True)
        self._traces.use(identifier, entry.expires)
        if seal is None:
            yield DropCache(_cache_key(identifier))

    def _find(
        self, entries: list[_Entry], identifier: str, seal: Seal | None
    ) -> Generator[Question, Any, _Entry | None]:
        """A login of this browser: in its session, or, where another response overwrote that, in its own cookie."""
        for entry in entries:
            if entry.identifier == identifier:
                return entry
        value = yield ReadCookie(identifier)
        if value is None:
            return None
        text = (yield ReadCache(_cache_key(identifier))) if seal is None else seal.open(value)
        login = _parsed(text)
        if login is None or identify(login.provider, login.token) != identifier:
            return None
        if seal is None and not _equal(_digest(value), login.proof):
            return None
        return _Entry(login.provider, identifier, login.expires, "" if seal is None else value)

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
            return reused()
        if began_at and host and began_at != host:
            return wrong_host(began_at, host)
        if (yield IsSessionEmpty()):
            return lost(host)
        return unknown() if began_at is None else other_browser()


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


def _with_spent(entries: list[_Entry], entry: _Entry) -> list[list[Any]]:
    """What the session is to hold once ``entry`` is used up, which may come from its own cookie."""
    others = [one for one in entries if one is not entry]
    return [list(one) for one in [*others, _spent(entry)]]


def _digest(proof: str) -> str:
    return sha256(proof.encode("utf-8", "surrogatepass")).hexdigest()


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
        raise reused()
    return _parsed(text)


def _parsed(text: Any) -> PendingLogin | None:
    match read_text(text):
        case [str(provider), str(token), str(secret), str(host), int(expires), str(proof)]:
            return PendingLogin(provider, token, secret, host, expires, proof)
        case _:
            return None


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
