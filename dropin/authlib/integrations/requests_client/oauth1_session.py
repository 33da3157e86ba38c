"""The session and the auth of `oauthone.clients.requests`, with Authlib's order of arguments and its defaults."""

from typing import Any

from authlib.integrations._attributes import ClientAttributes
from authlib.integrations._auth_arguments import AuthArguments
from authlib.integrations._client_arguments import SyncClient
from oauthone.clients import requests as oauthone_requests

_SESSION_ATTRIBUTES = ("proxies", "hooks", "stream", "verify", "cert", "max_redirects", "trust_env")


class OAuth1Auth(AuthArguments, oauthone_requests.OAuth1Auth):
    __doc__ = AuthArguments.__doc__


class SessionAuthView(ClientAttributes, oauthone_requests.OAuth1Auth):
    __doc__ = ClientAttributes.__doc__


class OAuth1Session(SyncClient, oauthone_requests.OAuth1Session):
    """Obtains tokens and signs every request.

    The arguments are those of `ClientArguments`; the options may also name attributes of a ``requests.Session``, such
    as ``verify``.
    """

    auth_view = SessionAuthView
    __attrs__ = [*oauthone_requests.OAuth1Session.__attrs__, "_lone_secret", "_is_assigned"]  # noqa: RUF012 (requests declares it so)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        attributes = {name: options.pop(name) for name in _SESSION_ATTRIBUTES if name in options}
        super().__init__(*arguments, **options)
        for name, value in attributes.items():
            setattr(self, name, value)

    def _held_auth(self) -> Any:
        return self.__dict__.get("auth")

    def _hold_auth(self, auth: Any) -> None:
        self.__dict__["auth"] = auth
