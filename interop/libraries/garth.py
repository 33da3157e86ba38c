"""garth, for Garmin Connect, whose first token comes from a ticket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import Kind, Route, issued, resource
from . import PICTURE

DISTRIBUTION = "garth"
CALLS = "login by a ticket; two exchanges by a form; an upload with the token they give"
SSO, API = "sso.garmin.com", "connectapi.garmin.com"
TICKET = '{"responseStatus": {"type": "SUCCESSFUL"}, "serviceTicketId": "ST-1"}'
BEARER = """{"scope": "a", "jti": "j", "token_type": "Bearer", "access_token": "a", "refresh_token": "r",
    "expires_in": 100, "refresh_token_expires_in": 100}"""
ROUTES = [
    Route(Kind.OPEN, SSO, r"POST /mobile/api/login", TICKET),
    Route(Kind.OPEN, SSO, r"", "{}"),
    resource(API, r"GET /oauth-service/oauth/preauthorized", issued(1)),
    resource(API, r"POST /oauth-service/oauth/exchange/", BEARER),
    Route(Kind.OPEN, API, r"POST /upload-service/", '{"uploaded": true}'),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, renew, and upload."""
    import garth
    from garth import sso

    client = provider.client
    sso.OAUTH_CONSUMER = {"consumer_key": client.client_id, "consumer_secret": client.client_secret}
    api = garth.Client()
    first, _ = api.login("alice@example.org", "password")
    yield "token", [first.oauth_token, first.oauth_token_secret]
    api.refresh_oauth2()
    yield "renewed", api.oauth2_token.access_token
    yield "upload", api.post("connectapi", "/upload-service/upload", api=True, files={"file": PICTURE}).json()
