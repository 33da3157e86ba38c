"""pyetrade, for E*TRADE. It asks for an older urllib3 than oauthone: install it with ``--no-deps``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import flow, resource
from . import TEXT

DISTRIBUTION = "pyetrade"
CALLS = "login with a code; GET, PUT by JSON; a renewed token"
HOST = "api.etrade.com"
ROUTES = [
    *flow(HOST, r"/oauth/request_token", r"/oauth/authorize", r"/oauth/access_token"),
    resource(HOST, r"/oauth/renew_access_token", "Access Token has been renewed"),
    resource("apisb.etrade.com", r"", '{"answer": "é"}'),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, and call the API."""
    import pyetrade

    key, secret = provider.client.client_id, provider.client.client_secret
    login = pyetrade.ETradeOAuth(key, secret)
    yield "authorization URL", login.get_request_token()
    code = provider.visit(f"https://{HOST}/oauth/authorize?oauth_token={login.resource_owner_key}")
    token = login.get_access_token(code)
    yield "token", token
    given = key, secret, token["oauth_token"], token["oauth_token_secret"]
    yield "quote", pyetrade.ETradeMarket(*given).look_up_product(TEXT, "json")
    yield "cancel", pyetrade.ETradeOrder(*given).cancel_order("account", 1, "json")
    yield "renewed", pyetrade.ETradeAccessManager(*given).renew_access_token()
