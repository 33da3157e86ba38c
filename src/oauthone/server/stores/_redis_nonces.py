"""The nonces of a client in Redis: a set for each minute of timestamps, and a hash that counts them.

A nonce takes about a third of the memory that a key of its own would take, and no command of its own deletes it. The
keys of a client hold the same hash tag, so one script may use two of them in a cluster. Clients are spread over the
slots.

The counts are a field for each minute, which is deleted when its set expires. So no error of a count outlives its
minute, and a replica that lacks the latest writes lacks them in both.
"""

from base64 import urlsafe_b64encode
from hashlib import blake2b, sha1

from oauthone.server._settings_checks import require_count
from oauthone.server.stores._nonce_digest import CLOCK_MARGIN, nonce_octets, nonce_too_old_error, too_many_nonces_error
from oauthone.server.stores._redis_scripts import UnknownScriptError
from oauthone.server.stores._redis_token_index import Command, Commands

#: Stores with different windows may share a Redis, so this does not depend on the window.
_SECONDS = 60
_OCTETS = 16
TOO_OLD, TOO_MANY = -1, -2
#: Keeps a nonce until its minute expires by Redis's own clock, and refuses it a little before that. So the clocks of
#: other machines decide neither which nonces are forgotten nor which are refused.
USE_NONCE = """
local nonce, refused_from, expires, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local now = tonumber(redis.call('TIME')[1])
if refused_from <= now then return -1 end
local counts, total = redis.call('HGETALL', KEYS[2]), 0
for i = 1, #counts, 2 do
    if tonumber(counts[i]) <= now then redis.call('HDEL', KEYS[2], counts[i]) else total = total + counts[i + 1] end
end
if total >= most then return redis.call('SISMEMBER', KEYS[1], nonce) == 1 and 0 or -2 end
if redis.call('SADD', KEYS[1], nonce) == 0 then return 0 end
if redis.call('HINCRBY', KEYS[2], ARGV[3], 1) == 1 then
    for _, key in ipairs(KEYS) do
        if redis.call('TTL', key) < expires - now then redis.call('EXPIREAT', key, expires) end
    end
end
return 1
"""
_DIGEST = sha1(USE_NONCE.encode("ascii"), usedforsecurity=False).hexdigest()


class RedisNonces:
    """The commands that use a nonce.

    Args:
        prefix: the prefix of all keys of the store.
        window: for how many seconds nonces are kept, a whole number.
        max_per_client: how many nonces of one client may be kept at once.
    """

    def __init__(self, prefix: str, window: int, max_per_client: int) -> None:
        require_count("max_nonces", max_per_client, 1)
        self._prefix = f"{prefix}nonces:"
        self._window = window
        self._max_per_client = max_per_client

    def use(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> Commands[bool]:
        """See `oauthone.server.VerifierStore.use_nonce`.

        Redis keeps the script, and executes it by its digest until it is restarted. Then the script itself is sent.
        """
        arguments = self._arguments(client_id, token, timestamp, nonce)
        try:
            (outcome,) = yield [("EVALSHA", _DIGEST, *arguments)]
        except UnknownScriptError:
            (outcome,) = yield [("EVAL", USE_NONCE, *arguments)]
        if outcome == TOO_OLD:
            raise nonce_too_old_error(self._window)
        if outcome == TOO_MANY:
            raise too_many_nonces_error()
        return bool(outcome == 1)

    def keys(self, client_id: str, timestamp: int) -> tuple[str, str]:
        """The set of the nonces of this client and minute, and the hash with the client's counts."""
        digest = blake2b(client_id.encode("utf-8", "surrogatepass"), digest_size=_OCTETS).digest()
        counts = f"{self._prefix}{{{urlsafe_b64encode(digest).decode('ascii').rstrip('=')}}}"
        return f"{counts}:{timestamp // _SECONDS}", counts

    def _arguments(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> Command:
        kept = self._window + CLOCK_MARGIN
        digest = nonce_octets(client_id, token, timestamp, nonce, _OCTETS)
        expires = (timestamp // _SECONDS + 1) * _SECONDS + kept
        return 2, *self.keys(client_id, timestamp), digest, timestamp + kept + 1, expires, self._max_per_client
