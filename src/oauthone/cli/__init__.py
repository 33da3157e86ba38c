"""The ``oauthone`` command: get a token, send a signed request, and find out why one is refused."""
