"""The clients and the auth of `oauthone.clients.httpx2`, with Authlib's order of arguments and its defaults.

They are those of `oauthone.clients.httpx` if httpx is installed and httpx2 is not.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from authlib.integrations._attributes import ClientAttributes
from authlib.integrations._auth_arguments import AuthArguments
from authlib.integrations._client_arguments import AsyncClient, ClientArguments, SyncClient

if TYPE_CHECKING or find_spec("httpx2") or not find_spec("httpx"):
    from oauthone.clients import httpx2 as clients
else:
    from oauthone.clients import httpx as clients


class OAuth1Auth(AuthArguments, clients.OAuth1Auth):
    __doc__ = AuthArguments.__doc__


class ClientAuthView(ClientAttributes, clients.OAuth1Auth):
    __doc__ = ClientAttributes.__doc__


class _HeldByHttpx(ClientArguments):
    auth_view = ClientAuthView

    def _held_auth(self) -> Any:
        return self.__dict__.get("_client_auth")

    def _hold_auth(self, auth: Any) -> None:
        self.__dict__["_client_auth"] = auth


class OAuth1Client(_HeldByHttpx, SyncClient, clients.OAuth1Client):
    """Obtains tokens and signs every request; the options may also be those of an ``httpx2.Client``."""


class AsyncOAuth1Client(_HeldByHttpx, AsyncClient, clients.AsyncOAuth1Client):
    """Obtains tokens and signs every request; the options may also be those of an ``httpx2.AsyncClient``."""
