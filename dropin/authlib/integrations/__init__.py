"""Clients, one module per HTTP library, under the names that Authlib gives them."""
