"""Log in with an OAuth 1.0 provider: the parts that do not depend on a framework.

`oauthone.login.flask`, `oauthone.login.django` and `oauthone.login.starlette` bind them to one.
"""

# Where to find:
# - the callback check: finish_login in _remote_app, and _pending, which takes a login once
# - the encrypted cookie: _session_cipher encrypts it, _browser_session names and sets it, _pending_entries fills it
# - the hosts of a login and of its callback: _remote_app, _recent_logins
# - keeping secrets out of error reports: _private_frames

from oauthone.login._browser_session import BrowserSession
from oauthone.login._registry import Cache
from oauthone.login._remote_app import RemoteApplication
from oauthone.login._settings import ApplicationOptions
from oauthone.login._standalone import OAuth, StandaloneApp

__all__ = ["ApplicationOptions", "BrowserSession", "Cache", "OAuth", "RemoteApplication", "StandaloneApp"]
