"""The first page of a box, for a person who opens its address in a browser. It shows no secret."""

from html import escape

from oauthone.errors import missing_library
from oauthone.testing import protected
from oauthone.testing._state import BoxState
from oauthone.testing.plain_page import plain_page
from oauthone.testing.received import Received

try:
    from starlette.requests import Request
    from starlette.responses import Response
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "testing") from missing

_ENDPOINTS = (
    ("Temporary credentials", "/oauth/request_token"),
    ("Authorization", "/oauth/authorize"),
    ("Token credentials", "/oauth/access_token"),
    ("Needs no token", "/two-legged"),
    ("Verifies nothing", "/open"),
)


async def home(state: BoxState, request: Request, got: Received) -> Response:
    """Show the first page to a browser; for a client it is a protected resource like every other path."""
    if got.method != "GET" or not _is_browser(got) or "text/html" not in (got.header("accept") or ""):
        return await protected.echo(state, request, got)
    origin = f"{got.request.scheme}://{got.request.authority}"
    rows = "".join(f"<dt>{escape(name)}</dt><dd><code>{escape(origin + path)}</code></dd>" for name, path in _ENDPOINTS)
    clients = ", ".join(f"<code>{escape(client_id)}</code>" for client_id in state.client_ids)
    return plain_page(
        "An OAuth 1.0 provider for tests",
        f"<p>Every other path is a protected resource. It describes the request, or why it was refused.</p>"
        f"<dl>{rows}</dl><p>The clients: {clients}.</p>"
        "<p>This page shows no secret, since every program on this machine can read it. The terminal in which the "
        "provider runs prints the address of the page that shows secrets, programs to copy and each request.</p>",
    )


async def icon(state: BoxState, request: Request, got: Received) -> Response:
    """Answer a browser that asks for an icon, which would only disturb the list of requests."""
    if _is_browser(got) and not got.request.query:
        return Response(status_code=204)
    return await protected.echo(state, request, got)


def _is_browser(got: Received) -> bool:
    return not got.oauth_parameters() and "Mozilla/" in (got.header("user-agent") or "")
