"""The OAuth 1.0 part of Authlib's import paths, served by oauthone."""

from authlib import _absent, _ownership

__version__ = "0.1.0"

#: Marks these modules as oauthone's: it empties the local variables in the tracebacks of its own errors and of theirs.
__served_by__ = "oauthone"

_absent.explain()
_ownership.warn_if_shared()
