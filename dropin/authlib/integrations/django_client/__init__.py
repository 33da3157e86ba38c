"""Log in with an OAuth 1.0 provider, in Django."""

from collections.abc import Callable
from typing import Any, ClassVar

from authlib._absent import module_getattr
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.base_client.registry import BaseOAuth
from authlib.integrations.django_client.apps import DjangoOAuth1App
from oauthone.login import django as oauthone_django

__all__ = ["DjangoOAuth1App", "OAuth", "OAuthError"]


class OAuth(BaseOAuth, oauthone_django.OAuth):
    """The remote applications of a Django project; the setting is ``AUTHLIB_OAUTH_CLIENTS``.

    Args:
        cache: where logins wait; without one, they wait in the session, encrypted.
        fetch_token: ``fetch_token(name, request)`` finds the token of the user.
        update_token: OAuth 1.0 never calls it.
        options: keyword arguments of `oauthone.login.django.OAuth`, such as ``secret_key``.
    """

    oauth1_client_cls: ClassVar[Any] = DjangoOAuth1App
    settings_name: ClassVar[str] = "AUTHLIB_OAUTH_CLIENTS"

    def __init__(
        self,
        cache: Any = None,
        fetch_token: Callable[..., Any] | None = None,
        update_token: Callable[..., Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(cache=cache, fetch_token=fetch_token, **options)
        self.update_token = update_token


__getattr__ = module_getattr(__name__, "DjangoIntegration", "DjangoOAuth2App", "token_update")
