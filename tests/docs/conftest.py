"""Import the modules of the examples before any server runs.

pytest rewrites this package's modules while it imports them, and CPython 3.11 can parse in one thread at a time only.
"""

from importlib import import_module
from importlib.util import find_spec

# The examples of niquests do not need the libraries that are missing in their environment.
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
