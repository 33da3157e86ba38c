"""The clients and the auth of `oauthone.clients.httpx2`, with Authlib's arguments, attributes and defaults.

They are those of `oauthone.clients.httpx` if httpx is installed and httpx2 is not.
"""

from collections.abc import Generator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from authlib.integrations._signing import AsyncClient, LibraryAuth, LibraryClient, SyncClient
from oauthone.clients._httpx_clients import ClientMixin
from oauthone.clients._httpx_signing import wire_url
from oauthone.core.signed import Signed

if TYPE_CHECKING:
    from httpx2 import Auth

    from oauthone.clients import httpx2 as clients
elif find_spec("httpx2") or not find_spec("httpx"):
    from oauthone.clients import httpx2 as clients
    from oauthone.clients.httpx2 import httpx2

    Auth = httpx2.Auth
else:
    from oauthone.clients import httpx as clients

    Auth = clients.httpx.Auth


class OAuth1Auth(LibraryAuth, clients.OAuth1Auth, Auth):  # type: ignore[misc]  # see LibraryAuth
    __doc__ = LibraryAuth.__doc__

    def sign_request(self, request: Any) -> Signed:
        """The signature for ``request`` as it stands, made by `prepare`."""
        return self.sign_request_parts(request.method, wire_url(request), request.headers, self._body_of(request))[0]

    def auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        """Send the signed request. A class that overrides this method is left to the library."""
        yield self(request)

    @property
    def requires_request_body(self) -> bool:  # type: ignore[override]  # it follows the class
        """Whether the library reads the body first, for a class that overrides `auth_flow`."""
        return has_own_flow(self)


def has_own_flow(auth: Any) -> bool:
    """Return whether ``auth`` signs by an `auth_flow` of its own."""
    return isinstance(auth, OAuth1Auth) and type(auth).auth_flow is not OAuth1Auth.auth_flow


class _HttpxClient(LibraryClient, ClientMixin):  # type: ignore[misc]  # token is always a dict
    auth_class = OAuth1Auth

    def _init_library(self, options: dict[str, Any]) -> None:
        super(ClientMixin, self).__init__(**options)

    def _send(self, inner: Any, request: Any, stream: bool, auth: Any, follow_redirects: Any) -> Any:
        used = self.auth if auth is self._library.USE_CLIENT_DEFAULT else auth
        if has_own_flow(used):
            return inner(request, stream=stream, auth=used, follow_redirects=follow_redirects)
        inherited: Any = super()
        return inherited._send(inner, request, stream, auth, follow_redirects)


class OAuth1Client(_HttpxClient, SyncClient, clients.OAuth1Client):  # type: ignore[misc]  # token is always a dict
    """Obtains tokens and signs every request; the options may also be those of an ``httpx2.Client``."""


class AsyncOAuth1Client(_HttpxClient, AsyncClient, clients.AsyncOAuth1Client):  # type: ignore[misc]  # token is always a dict
    """Obtains tokens and signs every request; the options may also be those of an ``httpx2.AsyncClient``."""
