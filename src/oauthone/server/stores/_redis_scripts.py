"""The Lua scripts of a store in Redis. Each one is atomic and uses one key, so it runs in a cluster too."""

from oauthone.errors import StoreError


class UnknownScriptError(StoreError):
    """Redis does not have the script of this digest, so it executed nothing."""


#: Saves a token. If it was revoked, it stays revoked, and the reply is 1.
SAVE_TOKEN = """
local before = redis.call('GET', KEYS[1])
if before and cjson.decode(before)['revoked'] then
    redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[4])
    return 1
end
if ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[1]) else redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3]) end
return 0
"""
#: Revokes a token if it belongs to this user and client. Replies with one of the numbers below, then client and user.
#: Only the last field of the JSON changes, so it needs no key of the cipher, and numbers stay as they were written.
REVOKE_TOKEN = """
local function allows(wanted, name) return wanted == '' or (type(name) == 'string' and wanted == '=' .. name) end
local stored = redis.call('GET', KEYS[1])
if not stored then return {0} end
local is_json, issued = pcall(cjson.decode, stored)
if not is_json or type(issued) ~= 'table' or issued['token'] ~= ARGV[1] then return {3} end
if not (allows(ARGV[3], issued['user']) and allows(ARGV[4], issued['client_id'])) then return {0} end
local user = type(issued['user']) == 'string' and issued['user']
if issued['revoked'] then return {2, issued['client_id'], user} end
local revoked, found = string.gsub(stored, '("revoked":%s*)false(%s*})$', '%1true%2')
if found == 0 then return {3} end
redis.call('SET', KEYS[1], revoked, 'EX', ARGV[2])
return {1, issued['client_id'], user}
"""
#: Replace a record, or a field of a pending authorization, if nobody changed it meanwhile. It expires as before.
REPLACE_RECORD = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
"""
REPLACE_FIELD = """
if redis.call('HGET', KEYS[1], ARGV[3]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[2])
return 1
"""
#: Reads a value, to check that this user may run scripts.
READ = "return redis.call('GET', KEYS[1])"
UNKNOWN, REVOKED, REVOKED_BEFORE, DAMAGED = range(4)
#: A pending authorization is a hash with its record, the decision and the number of attempts. They expire together.
SAVE_PENDING = """
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'undecided', ARGV[1])
return redis.call('EXPIRE', KEYS[1], ARGV[2])
"""
APPROVE_PENDING = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return redis.call('HSETNX', KEYS[1], 'decided', ARGV[1])
"""
TAKE_PENDING = """
local found = redis.call('HMGET', KEYS[1], 'undecided', 'decided')
redis.call('DEL', KEYS[1])
return found
"""
COUNT_ATTEMPT = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 1 end
return redis.call('HINCRBY', KEYS[1], 'verifier_attempts', 1)
"""
