"""What sessions, caches and cookies hold of a login, and how it is written there."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, NamedTuple, cast

from oauthone.login._login_errors import NEWEST

#: How many characters of encrypted logins a session holds: browsers drop a cookie with more than 4,096 octets.
ROOM = 2200


class PendingLogin(NamedTuple):
    """Temporary credentials that wait for their callback.

    Attributes:
        provider: the name that the application gave the provider.
        token: the identifier.
        token_secret: the shared secret.
        host: the host name at which the login began; ``""`` where that is not known.
        expires: when it is too late, in seconds since 1970.
        proof: the digest of what the login's own cookie holds where a cache holds the rest.
        is_protected: whether the callback comes over TLS, so that only a cookie that this host set counts.
    """

    provider: str
    token: str
    token_secret: str
    host: str = ""
    expires: int = 0
    proof: str = ""
    is_protected: bool = False

    def __repr__(self) -> str:
        return f"PendingLogin(provider={self.provider!r}, token={self.token!r}, …)"


class Entry(NamedTuple):
    """One line of a session."""

    provider: str
    identifier: str
    expires: int
    #: The sealed login, or ``""`` where a cache holds it; None once it was used, was refused or is too old.
    content: str | None


def identify(provider: str, token: str) -> str:
    """What stands for a temporary token in sessions and caches."""
    given = f"{len(provider)}:{provider}{token}".encode("utf-8", "surrogatepass")
    return sha256(given).hexdigest()[:40]


def cache_key(identifier: str) -> str:
    return f"oauthone_login_{identifier}"


def entries_of(value: Any) -> list[Entry]:
    """What a session holds, oldest first; what cannot be understood is left out."""
    if not isinstance(value, (list, tuple)):
        return []
    lines: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
    found = [_entry(line) for line in lines]
    return [entry for entry in found if entry is not None]


def _entry(line: Any) -> Entry | None:
    match line:
        case [str(provider), str(identifier), int(expires), str() | None as content]:
            return Entry(provider, identifier, expires, content)
        case _:
            return None


def _spent(entry: Entry) -> Entry:
    return entry._replace(content=None)


def with_spent(entries: list[Entry], entry: Entry) -> list[list[Any]]:
    """What the session is to hold once ``entry`` is used up, which may come from its own cookie."""
    others = [one for one in entries if one is not entry]
    return [list(one) for one in [*others, _spent(entry)]]


def digest(proof: str) -> str:
    return sha256(proof.encode("utf-8", "surrogatepass")).hexdigest()


def newest(entries: list[Entry], now: float) -> tuple[list[Entry], list[Entry]]:
    """The entries that stay, and those that have to go. Of what no longer waits, a trace stays."""
    waiting = [entry for entry in entries if entry.content is not None and entry.expires > now]
    traces = [_spent(entry) for entry in entries if entry not in waiting]
    kept = waiting[-NEWEST:]
    while len(kept) > 1 and sum(len(entry.content or "") for entry in kept) > ROOM:
        kept.pop(0)
    return traces[-NEWEST:] + kept, waiting[: len(waiting) - len(kept)]


def parsed(text: Any) -> PendingLogin | None:
    match _read_text(text):
        case [str(provider), str(token), str(secret), str(host), int(expires), str(proof), bool(is_protected)]:
            return PendingLogin(provider, token, secret, host, expires, proof, is_protected)
        case _:
            return None


def _read_text(value: Sequence[Any] | bytes | str) -> Any:
    """What a cache gave back, parsed; None for what nobody here wrote."""
    try:
        return json.loads(cast("str", value))  # what is no text at all is a TypeError
    except (TypeError, ValueError):
        return None
