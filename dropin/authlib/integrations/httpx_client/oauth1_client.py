"""The clients and the auth of `oauthone.clients.httpx`, with Authlib's order of arguments and its defaults.

httpx serves where it is installed, else httpx2.
"""

from importlib.util import find_spec

from authlib.integrations._arguments import AuthArguments, ClientArguments

if find_spec("httpx") or not find_spec("httpx2"):
    from oauthone.clients import httpx as clients
else:
    from oauthone.clients import httpx2 as clients


class OAuth1Auth(AuthArguments, clients.OAuth1Auth):
    __doc__ = AuthArguments.__doc__


class OAuth1Client(ClientArguments, clients.OAuth1Client):
    """Walks the flow and signs every request; the options may also be those of an ``httpx.Client``."""


class AsyncOAuth1Client(ClientArguments, clients.AsyncOAuth1Client):
    """Walks the flow and signs every request; the options may also be those of an ``httpx.AsyncClient``."""
