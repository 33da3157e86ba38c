"""The three-legged flow as the cases run it."""

from typing import Any

from oauthone.testing import ProviderBox

from .surfaces import Client, in_thread

CALLBACK = "http://127.0.0.1/done?page=1&x=%C3%A9"


async def visit(box: ProviderBox, url: str) -> str:
    """Return what the resource owner's browser comes back with, without blocking the loop."""
    answered: str = await in_thread(box.visit, url)
    return answered


async def run_flow(client: Client, box: ProviderBox, **options: Any) -> dict[str, Any]:
    """Run all three legs and return the token; ``options`` go to both requests."""
    request_token = await client.fetch_request_token(box.request_token_url, **options)
    url = client.create_authorization_url(box.authorize_url, request_token)
    client.parse_authorization_response(await visit(box, url))
    return await client.fetch_access_token(box.access_token_url, request_token=request_token["oauth_token"], **options)
