"""The class of a provider in Django."""

from typing import Any

from authlib._absent import module_getattr
from authlib.integrations.base_client.sync_app import OAuth1Mixin
from authlib.integrations.requests_client import OAuth1Session
from oauthone.login import django as oauthone_django

__all__ = ["DjangoOAuth1App"]


class DjangoOAuth1App(OAuth1Mixin, oauthone_django.DjangoOAuth1App):
    """One provider in a Django project; derive from it, and register the class as ``client_cls``."""

    client_cls: Any = OAuth1Session


__getattr__ = module_getattr(__name__, "DjangoAppMixin", "DjangoOAuth2App")
