"""What examples import is imported before any server runs beside them.

pytest rewrites this package's modules as they are loaded, and CPython 3.11 parses in one thread at a time only.
"""

import oauthone.server.flask
import oauthone.server.stores.sqlalchemy  # noqa: F401
