"""The index of a user's or a client's tokens in Redis.

An index is two sorted sets: the tokens in the order of their identifiers, and those of them that end, by the second of
Redis's own clock in which they do. A token with no end is in the first set only. Both keys hold the same hash tag, so
one script may use both in a cluster. No script can use the record of a token too, which lies in another slot. So:

- A token is added to its indexes before its record is written. A token that exists is always listed.
- An entry never ends before the record does. So it can be removed without a look at the record.
- An entry proves nothing: its record may be missing, or belong to somebody else by now. Readers check the record.
"""

from collections.abc import Generator, Iterable
from typing import Any, TypeAlias, TypeVar

from oauthone.errors import ConfigurationError

Result = TypeVar("Result")
Command: TypeAlias = tuple[str | bytes | int, ...]
#: A generator that yields lists of commands and receives their replies.
Commands: TypeAlias = Generator[list[Command], list[Any], Result]

#: How many tokens are read or revoked at once, so that no command keeps Redis busy for long.
PAGE = 200
#: For how many seconds an entry outlasts the record: the record is written a little later.
_MARGIN = 24 * 3600

#: Removes entries that ended, then adds one. The end of an entry only moves into the future.
_ADD = """
local now = tonumber(redis.call('TIME')[1])
for _, token in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 100)) do
    redis.call('ZREM', KEYS[1], token)
    redis.call('ZREM', KEYS[2], token)
end
local lasting = redis.call('ZSCORE', KEYS[1], ARGV[1]) and not redis.call('ZSCORE', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[1], 0, ARGV[1])
if ARGV[2] == '' then
    redis.call('ZREM', KEYS[2], ARGV[1])
elseif not lasting then
    redis.call('ZADD', KEYS[2], 'GT', now + ARGV[2], ARGV[1])
end
"""
#: Sets the end of an entry for a token that was revoked: such a token stays revoked, so its end is final.
_END = """
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
    redis.call('ZADD', KEYS[2], redis.call('TIME')[1] + ARGV[2], ARGV[1])
end
"""
#: The keys of an index expire with its last entry, or never if a token has no end.
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
        if "{}" in prefix:
            raise ConfigurationError(f"prefix={prefix!r}: an empty pair of braces cannot be a hash tag, leave it out")
        self._prefix = prefix

    def add(self, token: str, user: str | None, client_id: str, keep: int | None) -> list[Command]:
        """Add a token to the index of its user, if it has one, and of its client.

        Args:
            token: the identifier of the token.
            user: the identifier of its user, or None.
            client_id: the identifier of its client.
            keep: for how many seconds Redis keeps the record, or None if it does not expire.
        """
        seconds = "" if keep is None else keep + _MARGIN
        return [self._script(_ADD, kind, name, token, seconds) for kind, name in _owners(user, client_id)]

    def end(self, token: str, user: str | None, client_id: str, keep: int) -> list[Command]:
        """Set the end of a token that was revoked in the index of its user, if it has one, and of its client.

        Args:
            token: the identifier of the token.
            user: the identifier of its user, or None.
            client_id: the identifier of its client.
            keep: for how many seconds Redis keeps the record.
        """
        return [self._script(_END, kind, name, token, keep + _MARGIN) for kind, name in _owners(user, client_id)]

    def page(self, user: str | None, client_id: str | None, after: str | None) -> Command:
        """The command that returns the next tokens of a user or, without a user, of a client.

        Pages follow the order of the identifiers, so no page misses a token that was there before the first one.

        Args:
            user: the identifier of the user, or None.
            client_id: the identifier of the client.
            after: the last token of the page before, or None for the first page.
        """
        kind, name = next(iter(_owners(user, client_id)))
        start = "-" if after is None else f"({after}"
        return "ZRANGEBYLEX", self._keys(kind, name)[0], start, "+", "LIMIT", 0, PAGE

    def _script(self, script: str, kind: str, name: str, token: str, seconds: int | str) -> Command:
        return "EVAL", script + _EXPIRE, 2, *self._keys(kind, name), token, seconds

    def _keys(self, kind: str, name: str) -> tuple[str, str]:
        # Both keys are alike up to the first closing brace, so they share a hash tag whatever the name is.
        tag = f"{self._prefix}{{{kind}:{name}}}"
        return f"{tag}:tokens", f"{tag}:ends"


def _owners(user: str | None, client_id: str | None) -> Iterable[tuple[str, str]]:
    return [(kind, name) for kind, name in (("user", user), ("client", client_id)) if name is not None]
