"""OAuth 1.0 for code that was written for requests-oauthlib: the same names, arguments and errors.

Change the import, or call `install`, and the code signs with this package. requests is needed, oauthlib is not.
"""

from oauthone.compat.requests_oauthlib._installation import VERSION as __version__
from oauthone.compat.requests_oauthlib._installation import install
from oauthone.compat.requests_oauthlib.oauth1_auth import OAuth1
from oauthone.compat.requests_oauthlib.oauth1_session import (
    OAuth1Session,
    TokenMissing,
    TokenRequestDenied,
    VerifierMissing,
)

__all__ = ["OAuth1", "OAuth1Session", "TokenMissing", "TokenRequestDenied", "VerifierMissing", "__version__", "install"]
