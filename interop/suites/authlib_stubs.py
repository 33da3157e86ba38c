"""A plugin of pytest for Authlib's tests: the settings that Django's own runner makes, and stubs for OAuth 2.

Each file of tests for a framework imports parts of OAuth 2 too. They are stubs where the drop-in is in place.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from unittest import mock

from .expectations import OURS

_MODULES = (
    *("authlib.jose", "authlib.jose.rfc7517", "authlib.oidc", "authlib.oidc.core", "authlib.oidc.core.grants"),
    "authlib.oidc.core.grants.util",
)

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.clients.test_django.settings"


def pytest_sessionstart() -> None:
    """Put the stubs in place."""
    if os.environ[OURS] != "yes":
        return
    for name in _MODULES:
        stub = sys.modules[name] = ModuleType(name)
        vars(stub).update(__path__=[], JsonWebKey=mock.Mock(), generate_id_token=mock.Mock())
    from authlib.integrations import flask_client

    vars(flask_client)["FlaskOAuth2App"] = object


def pytest_collection_finish() -> None:
    """Accept the host of Django's test client, as `django.test.utils.setup_test_environment` does."""
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
