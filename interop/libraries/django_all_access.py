"""fdemmer-django-all-access, which logs people in to applications of Django."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..provider import LibraryProvider
from ..routes import flow, resource
from . import TEXT

DISTRIBUTION = "fdemmer-django-all-access"
CALLS = "login; GET, form"
HOST = "api.example"
ROUTES = [
    *flow(HOST, r"/request_token", r"/authorize", r"/access_token"),
    resource(HOST, r"/data", '{"data": "é"}'),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, and call the provider."""
    from allaccess.clients import OAuthClient

    known = SimpleNamespace(
        name="box",
        consumer_key=provider.client.client_id,
        consumer_secret=provider.client.client_secret,
        request_token_url=f"https://{HOST}/request_token",
        authorization_url=f"https://{HOST}/authorize",
        access_token_url=f"https://{HOST}/access_token",
        profile_url=f"https://{HOST}/data",
    )
    client = OAuthClient(known)
    request = SimpleNamespace(
        session={}, GET={}, path="/back", build_absolute_uri=lambda path: f"https://app.example{path}"
    )
    url = client.get_redirect_url(request, "/back?x=é%20y".replace("é", "%C3%A9"))
    yield "authorization URL", url
    request.GET = dict(parse_qsl(urlsplit(provider.visit(url)).query))
    token = client.get_access_token(request)
    yield "token", token
    yield "profile", client.get_profile_info(token, {"q": TEXT})
    yield "form", client.request("post", f"https://{HOST}/data", token=token, data={"text": TEXT}).json()
