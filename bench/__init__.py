"""Side-by-side measurements of oauthone, of its peers, and of the fastest signer that plain CPython allows."""
