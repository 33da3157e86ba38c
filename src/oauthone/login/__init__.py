"""Log in with an OAuth 1.0 provider: the parts that do not depend on a framework.

`oauthone.login.flask`, `oauthone.login.django` and `oauthone.login.starlette` bind them to one.
"""

from oauthone.login._browser_session import BrowserSession
from oauthone.login._registry import Cache
from oauthone.login._remote_app import RemoteApplication
from oauthone.login._settings import ApplicationOptions
from oauthone.login._standalone import OAuth, StandaloneApp

__all__ = ["ApplicationOptions", "BrowserSession", "Cache", "OAuth", "RemoteApplication", "StandaloneApp"]
