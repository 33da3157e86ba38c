"""Log in with an OAuth 1.0 provider, in Starlette and FastAPI."""

from collections.abc import Callable
from typing import Any, ClassVar

from authlib._absent import module_getattr
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.base_client.registry import BaseOAuth
from authlib.integrations.starlette_client.apps import StarletteOAuth1App
from oauthone.login import starlette as oauthone_starlette

__all__ = ["OAuth", "OAuthError", "StarletteOAuth1App"]


class OAuth(BaseOAuth, oauthone_starlette.OAuth):
    """The remote applications of a Starlette or FastAPI application.

    Args:
        config: a ``starlette.config.Config``, or a mapping.
        cache: where logins wait, awaited or not; without one, they wait in the session, encrypted.
        fetch_token: ``fetch_token(name, request)`` finds the token of the user.
        update_token: OAuth 1.0 never calls it.
        options: keyword arguments of `oauthone.login.starlette.OAuth`, such as ``secret_key``.
    """

    oauth1_client_cls: ClassVar[Any] = StarletteOAuth1App

    def __init__(
        self,
        config: Any = None,
        cache: Any = None,
        fetch_token: Callable[..., Any] | None = None,
        update_token: Callable[..., Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(config, cache=cache, fetch_token=fetch_token, **options)
        self.update_token = update_token


__getattr__ = module_getattr(__name__, "StarletteIntegration", "StarletteOAuth2App")
