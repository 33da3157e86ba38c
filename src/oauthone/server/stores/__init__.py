"""Where a server keeps credentials and nonces: one module per kind of store."""
