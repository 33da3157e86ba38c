"""Clients: one module per HTTP library, named after it."""
