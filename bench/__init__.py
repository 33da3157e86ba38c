"""Measurements of oauthone beside other libraries, and beside the fastest signer that plain CPython allows."""
