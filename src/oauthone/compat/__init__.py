"""Existing code runs: modules with the names of other OAuth 1.0 libraries, which sign with this package.

``python -m oauthone.compat PROGRAM`` runs a program, unchanged, with `oauthone.compat.requests_oauthlib` in the place
of requests-oauthlib.
"""
