"""launchpadlib, for Launchpad, whose clients have no secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource

DISTRIBUTION = "launchpadlib"
CALLS = "login by polling, with an empty secret; GET"
PROVIDER, OPTIONS = "launchpad", dict[str, str]()
ROUTES = [resource("api.launchpad.net", r"GET /1.0/", '{"name": "é"}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Ask for a token before and after the page was visited, and sign a request with it."""
    import httplib2
    from launchpadlib.credentials import Credentials
    from launchpadlib.errors import HTTPError  # noqa: F401  # the library imports it first itself
    from lazr.restfulclient.errors import ResponseError

    credentials = Credentials(provider.client.client_id)
    asked = credentials.get_request_token(web_root="https://launchpad.net/", token_format=Credentials.DICT_TOKEN_FORMAT)
    try:
        credentials.exchange_request_token_for_access_token("https://launchpad.net/")
    except ResponseError as waiting:
        yield "not yet", waiting.content
    provider.visit(
        f"https://launchpad.net/+authorize-token?oauth_token={asked['oauth_token']}&allow_permission=READ_PUBLIC"
    )
    credentials.exchange_request_token_for_access_token("https://launchpad.net/")
    url, headers = "https://api.launchpad.net/1.0/people", dict[str, str]()
    credentials.authorizeRequest(url, "GET", None, headers)
    yield "people", httplib2.Http().request(url, "GET", headers=headers)[1].decode()
