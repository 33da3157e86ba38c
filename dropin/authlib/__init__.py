"""The OAuth 1.0 part of Authlib's import paths, served by oauthone."""

from authlib import _absent, _ownership

__version__ = "0.1.0"

#: Whose code this is: oauthone takes what local variables held out of its own errors, and out of these.
__served_by__ = "oauthone"

_absent.explain()
_ownership.warn_if_shared()
