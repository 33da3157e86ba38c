"""The index of a user's or a client's tokens in Redis.

An index is two sorted sets: the tokens in the order of their identifiers, and the tokens that expire, scored by expiry
time on Redis's clock. A token that never expires is in the first set only. Both keys hold the same hash tag, so one
script may use both in a cluster. No script can use the record of a token too, which lies in another slot. So:

- A token is added to its indexes before its record is written. A token that exists is always listed.
- An entry expires after its record, so it can be removed without reading the record.
- An entry proves nothing: its record may be missing, or belong to another user by now. Readers check the record.
"""

from collections.abc import Generator
from typing import Any, TypeAlias, TypeVar

from oauthone.errors import ConfigurationError
from oauthone.server._settings_checks import require_string

Result = TypeVar("Result")
Command: TypeAlias = tuple[str | bytes | int, ...]
#: A generator that yields lists of commands and receives their replies.
Commands: TypeAlias = Generator[list[Command], list[Any], Result]

#: How many tokens are read or revoked at once, so that no command keeps Redis busy for long.
PAGE_SIZE = 200
#: For how many more seconds an entry is kept than its record, which is written a little later.
_EXTRA_TTL = 24 * 3600

#: Removes expired entries, then adds one. The expiry of an entry only moves into the future.
_ADD = """
local now = tonumber(redis.call('TIME')[1])
for _, token in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 100)) do
    redis.call('ZREM', KEYS[1], token)
    redis.call('ZREM', KEYS[2], token)
end
local never_expires = redis.call('ZSCORE', KEYS[1], ARGV[1]) and not redis.call('ZSCORE', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[1], 0, ARGV[1])
if ARGV[2] == '' then
    redis.call('ZREM', KEYS[2], ARGV[1])
elseif not never_expires then
    redis.call('ZADD', KEYS[2], 'GT', now + ARGV[2], ARGV[1])
end
"""
#: Sets the expiry of the entry of a revoked token. Such a token stays revoked, so its expiry is final.
_SET_EXPIRY = """
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
    redis.call('ZADD', KEYS[2], redis.call('TIME')[1] + ARGV[2], ARGV[1])
end
"""
#: The keys of an index expire with its last entry, or never if a token never expires.
_EXPIRE = """
local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2]
for _, key in ipairs(KEYS) do
    if last and redis.call('ZCARD', KEYS[1]) == redis.call('ZCARD', KEYS[2]) then
        redis.call('EXPIREAT', key, last)
    else
        redis.call('PERSIST', key)
    end
end
return 1
"""


class TokenIndex:
    """The commands for the indexes of tokens.

    Args:
        prefix: the prefix of all keys of the store.

    Raises:
        ConfigurationError: the prefix holds an empty pair of braces.
    """

    def __init__(self, prefix: str) -> None:
        # An empty hash tag counts as none, and the two keys of an index would lie in different slots.
        require_string("prefix", prefix)
        if "{}" in prefix:
            raise ConfigurationError(f"prefix={prefix!r}: an empty pair of braces cannot be a hash tag, leave it out")
        self._prefix = prefix

    def add(self, token: str, user: str | None, client_id: str, ttl: int | None) -> list[Command]:
        """Add a token to the index of its user, if it has one, and of its client.

        Args:
            token: the identifier of the token.
            user: the identifier of its user, or None.
            client_id: the identifier of its client.
            ttl: for how many seconds Redis keeps the record, or None if it does not expire.
        """
        seconds = "" if ttl is None else ttl + _EXTRA_TTL
        return [self._script(_ADD, kind, name, token, seconds) for kind, name in _owners(user, client_id)]

    def set_expiry(self, token: str, user: str | None, client_id: str | None, ttl: int) -> list[Command]:
        """Set the expiry of a revoked token in the index of its user and of its client, if these are known.

        Args:
            token: the identifier of the token.
            user: the identifier of its user, or None.
            client_id: the identifier of its client, or None.
            ttl: for how many seconds Redis keeps the record.
        """
        seconds = ttl + _EXTRA_TTL
        return [self._script(_SET_EXPIRY, kind, name, token, seconds) for kind, name in _owners(user, client_id)]

    def page(self, user: str | None, client_id: str | None, after: str | None) -> Command:
        """The command that returns the next tokens of a user or, without a user, of a client.

        With both, it lists the user's tokens for all clients, and the caller filters them by client. Pages follow the
        order of the identifiers, so no page misses a token that was there before the first one.

        Args:
            user: the identifier of the user, or None.
            client_id: the identifier of the client, or None if there is a user.
            after: the last token of the page before, or None for the first page.
        """
        kind, name = _owners(user, client_id)[0]
        start = "-" if after is None else f"({after}"
        return "ZRANGEBYLEX", self._keys(kind, name)[0], start, "+", "LIMIT", 0, PAGE_SIZE

    def _script(self, script: str, kind: str, name: str, token: str, seconds: int | str) -> Command:
        return "EVAL", script + _EXPIRE, 2, *self._keys(kind, name), token, seconds

    def _keys(self, kind: str, name: str) -> tuple[str, str]:
        # Both keys are alike up to the first closing brace, so they share a hash tag whatever the name is.
        tag = f"{self._prefix}{{{kind}:{name}}}"
        return f"{tag}:tokens", f"{tag}:expiries"


def _owners(user: str | None, client_id: str | None) -> list[tuple[str, str]]:
    return [(kind, name) for kind, name in (("user", user), ("client", client_id)) if name is not None]
