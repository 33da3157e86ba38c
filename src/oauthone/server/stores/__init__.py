"""Where a server keeps credentials and nonces: one module per kind of store.

Where to find:

- the nonce check: `_memory_nonces`, and ``use_nonce`` in `_redis_commands` and `_sql_statements`
- for how long nonces are kept, and in which form: `_nonce_digest`
- revocation: ``revoke_token`` and ``revoke_tokens`` in `_memory`, `_redis_commands` and `_sql_statements`; the index
  of a user's tokens in Redis: `_redis_token_index`
- the encryption of secrets: `_record_codec`
"""
