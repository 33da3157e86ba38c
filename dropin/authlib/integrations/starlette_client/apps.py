"""The class of a provider in Starlette."""

from typing import Any

from authlib._absent import module_getattr
from authlib.integrations.base_client.async_app import AsyncOAuth1Mixin
from authlib.integrations.httpx_client import AsyncOAuth1Client
from oauthone.login import starlette as oauthone_starlette

__all__ = ["StarletteOAuth1App"]


class StarletteOAuth1App(AsyncOAuth1Mixin, oauthone_starlette.StarletteOAuth1App):
    """One provider in a Starlette application; derive from it, and register the class as ``client_cls``."""

    client_cls: Any = AsyncOAuth1Client


__getattr__ = module_getattr(__name__, "StarletteAppMixin", "StarletteOAuth2App")
