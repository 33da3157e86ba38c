"""What sessions, caches and cookies hold of a pending login, and how it is written there."""

import json
from hashlib import sha256
from typing import Any, NamedTuple

from oauthone.core.encoding import constant_time_equal
from oauthone.login._login_errors import MAX_PENDING

#: How many characters of encrypted logins a session holds: browsers drop a cookie with more than 4,096 octets.
MAX_COOKIE_CHARS = 2200


class PendingLogin(NamedTuple):
    """Temporary credentials that wait for their callback.

    Attributes:
        provider: the name that the application gave the provider.
        token: the identifier.
        token_secret: the shared secret.
        host: the host name at which the login began; ``""`` if it is unknown.
        expires: when the login expires, in seconds since 1970.
        proof: the digest of the login's own cookie, if a cache holds the login.
        is_protected: whether the callback arrives over TLS, so that only a cookie set by this host counts.
        verifier: the verification code of a provider that sends it with the temporary credentials; ``""`` without.
    """

    provider: str
    token: str
    token_secret: str
    host: str = ""
    expires: int = 0
    proof: str = ""
    is_protected: bool = False
    verifier: str = ""

    def __repr__(self) -> str:
        return f"PendingLogin(provider={self.provider!r}, token={self.token!r}, …)"


class Entry(NamedTuple):
    """One login in a session."""

    provider: str
    identifier: str
    expires: int
    #: The encrypted login, or ``""`` if a cache holds it. None once the login was used, was denied or has expired.
    content: str | None


def identify(provider: str, token: str) -> str:
    """The identifier of a login, which stands for its temporary token in sessions, caches and cookies."""
    return _digest(f"{len(provider)}:{provider}{token}")[:40]


def cache_key(identifier: str) -> str:
    """The key under which a cache holds the login."""
    return f"oauthone_login_{identifier}"


def write_login(login: PendingLogin, expires: int, proof: str) -> str:
    """The text of a login for a session or a cache.

    Args:
        login: the login.
        expires: when it expires, in seconds since 1970.
        proof: what its own cookie holds, if a cache holds the login.
    """
    return json.dumps(login._replace(expires=expires, proof=_digest(proof)))


def read_login(text: Any, identifier: str) -> PendingLogin | None:
    """The login that was written as ``text``; None for any other value, and for a login with another identifier."""
    try:
        found = json.loads(text)
    except (TypeError, ValueError):  # a value that is not text is a TypeError
        return None
    match found:
        case [str(provider), str(token), str(secret), str(host), int(expires), str(proof), bool(protected), str(code)]:
            is_this_one = constant_time_equal(identify(provider, token), identifier)
            login = PendingLogin(provider, token, secret, host, expires, proof, protected, code)
            return login if is_this_one else None
        case _:
            return None


def is_proof(proof: str, login: PendingLogin) -> bool:
    """Whether ``proof`` is what this login's own cookie holds."""
    return constant_time_equal(_digest(proof), login.proof)


def read_entries(value: Any) -> list[Entry]:
    """The logins in a session, oldest first. Any line that is not a login is left out."""
    if not isinstance(value, (list, tuple)):
        return []
    # A session may hold anything: each line is checked when it is read.
    lines: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
    found = [_read_entry(line) for line in lines]
    return [entry for entry in found if entry is not None]


def add_entry(value: Any, entry: Entry, now: float) -> tuple[list[Entry], list[Entry]]:
    """Add a login to a session.

    Args:
        value: what the session holds.
        entry: the login.
        now: the seconds since 1970.

    Returns:
        The entries that the session is to hold, and those that have to make room. Of a login that was used, was denied
        or has expired, the identifier stays.
    """
    entries = [one for one in read_entries(value) if one.identifier != entry.identifier] + [entry]
    waiting = [one for one in entries if one.content is not None and one.expires > now]
    ended = [one._replace(content=None) for one in entries if one not in waiting]
    kept = waiting[-MAX_PENDING:]
    while len(kept) > 1 and sum(len(one.content or "") for one in kept) > MAX_COOKIE_CHARS:
        kept.pop(0)
    return ended[-MAX_PENDING:] + kept, waiting[: len(waiting) - len(kept)]


def end_entry(entries: list[Entry], entry: Entry) -> list[list[Any]]:
    """What the session is to hold once ``entry`` has ended. The entry may come from its own cookie instead."""
    others = [one for one in entries if one is not entry]
    return [list(one) for one in [*others, entry._replace(content=None)]]


def _read_entry(line: Any) -> Entry | None:
    match line:
        case [str(provider), str(identifier), int(expires), str() | None as content]:
            return Entry(provider, identifier, expires, content)
        case _:
            return None


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
