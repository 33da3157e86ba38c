"""The class of a provider in Flask."""

from typing import Any

from authlib._absent import module_getattr
from authlib.integrations.base_client.sync_app import OAuth1Mixin
from authlib.integrations.requests_client import OAuth1Session
from oauthone.login import flask as oauthone_flask

__all__ = ["FlaskOAuth1App"]


class FlaskOAuth1App(OAuth1Mixin, oauthone_flask.FlaskOAuth1App):
    """One provider in a Flask application; derive from it, and register the class as ``client_cls``."""

    client_cls: Any = OAuth1Session


__getattr__ = module_getattr(__name__, "FlaskAppMixin", "FlaskOAuth2App")
