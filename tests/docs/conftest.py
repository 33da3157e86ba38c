"""What examples import is imported before any server runs beside them.

pytest rewrites this package's modules as they are loaded, and CPython 3.11 parses in one thread at a time only.
"""

from importlib import import_module
from importlib.util import find_spec

# What is absent where the examples of niquests run, these do not need.
for library, module in (
    ("flask", "oauthone.server.flask"),
    ("sqlalchemy", "oauthone.server.stores.sqlalchemy"),
    ("django", "oauthone.server.django"),
    ("django", "django.test"),
    ("starlette", "oauthone.server.starlette"),
    ("httpx2", "starlette.testclient"),
    ("fastapi", "fastapi"),
):
    if find_spec(library) is not None:
        import_module(module)
