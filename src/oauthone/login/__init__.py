"""Log in with an OAuth 1.0 provider: the parts that know no framework.

`oauthone.login.flask`, `oauthone.login.django` and `oauthone.login.starlette` bind them to one.
"""

from oauthone.login._settings import ApplicationOptions
from oauthone.login.application import RemoteApplication
from oauthone.login.plain import OAuth, PlainApp
from oauthone.login.questions import BrowserSession
from oauthone.login.registry import Cache

__all__ = ["ApplicationOptions", "BrowserSession", "Cache", "OAuth", "PlainApp", "RemoteApplication"]
