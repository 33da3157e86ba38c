"""Log in with an OAuth 1.0 provider, in Flask."""

from collections.abc import Callable
from typing import Any, ClassVar

from flask import Flask

from authlib._absent import module_getattr
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.base_client.registry import BaseOAuth
from authlib.integrations.flask_client.apps import FlaskOAuth1App
from oauthone.login import flask as oauthone_flask

__all__ = ["FlaskOAuth1App", "OAuth", "OAuthError"]


class OAuth(BaseOAuth, oauthone_flask.OAuth):
    """The remote applications of a Flask application.

    Args:
        app: the application.
        cache: where logins wait; without one, they wait in the session, encrypted.
        fetch_token: ``fetch_token(name)`` finds the token of the user.
        update_token: OAuth 1.0 never calls it.
        options: keyword arguments of `oauthone.login.flask.OAuth`, such as ``secret_key``.
    """

    oauth1_client_cls: ClassVar[Any] = FlaskOAuth1App

    def __init__(
        self,
        app: Flask | None = None,
        cache: Any = None,
        fetch_token: Callable[..., Any] | None = None,
        update_token: Callable[..., Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(app, cache=cache, fetch_token=fetch_token, **options)
        self.update_token = update_token

    def init_app(
        self,
        app: Flask,
        cache: Any = None,
        fetch_token: Callable[..., Any] | None = None,
        update_token: Callable[..., Any] | None = None,
    ) -> None:
        """Bind the registry to an application."""
        super().init_app(app, cache=cache, fetch_token=fetch_token)
        self.update_token = update_token or self.update_token
        app.extensions["authlib.integrations.flask_client"] = self


__getattr__ = module_getattr(__name__, "FlaskIntegration", "FlaskOAuth2App", "token_update")
