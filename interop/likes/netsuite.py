"""netsuite-oauth-python, for NetSuite, with the account as realm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..libraries import TEXT
from ..provider import LibraryProvider
from ..routes import resource

DISTRIBUTION = "netsuite-oauth-python"
CALLS = "GET, JSON, PUT and DELETE with a realm"
PROVIDER, OPTIONS = "netsuite", {"account": "1234567_SB1"}
ROUTES = [resource("1234567-sb1.suitetalk.api.netsuite.com", r"", '{"answer": "é"}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Call the API. The library has no login of its own."""
    from netsuite_oauth import NetsuiteOauth

    client = provider.client
    url = "https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/record/v1/customer"
    token, secret = provider.token(1, client.signature_method)
    api = NetsuiteOauth(url, client.client_id, client.client_secret, token, secret, "1234567_SB1")
    yield "get", api.get({"q": TEXT}).json()
    yield "json", api.post({"name": TEXT}).json()
    yield "put", api.put({"name": TEXT}).json()
    yield "delete", api.delete().json()
