"""pyetrade, for E*TRADE. It asks for an older urllib3 than oauthone: install it with ``--no-deps``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource

DISTRIBUTION = "pyetrade"
CALLS = "login with a code, by renamed parameters; a token renewed and revoked; GET"
PROVIDER, OPTIONS = "etrade", dict[str, str]()
ROUTES = [resource("api.etrade.com", r"GET /v1/accounts/list", '{"AccountListResponse": {}}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, call the API, and end the token."""
    import pyetrade

    key, secret = provider.client.client_id, provider.client.client_secret
    login = pyetrade.ETradeOAuth(key, secret, callback_url="oob")
    token = login.get_access_token(provider.code(login.get_request_token()))
    given = key, secret, token["oauth_token"], token["oauth_token_secret"]
    yield "accounts", pyetrade.ETradeAccounts(*given, dev=False).list_accounts(resp_format="json")
    manager = pyetrade.ETradeAccessManager(*given)
    yield "renewed", manager.renew_access_token()
    yield "revoked", manager.revoke_access_token()
