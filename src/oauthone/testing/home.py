"""The first page of a box, for a person who opens its address in a browser. It shows no secret."""

from html import escape

from oauthone.errors import missing_library
from oauthone.testing._state import BoxState
from oauthone.testing.plain_page import plain_page
from oauthone.testing.received import Received

try:
    from starlette.responses import Response
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "testing") from missing

#: What it is for, its path, and the name of the fact about a provider that the box is like.
_ENDPOINTS = (
    ("Temporary credentials", "/oauth/request_token", "temporary_credentials"),
    ("Authorization", "/oauth/authorize", "authorization"),
    ("Token credentials", "/oauth/access_token", "token_credentials"),
    ("Needs no token", "/two-legged", ""),
    ("Verifies nothing", "/open", ""),
)
_OF_EVERY_BOX = ("/two-legged", "/open")


def page_for(state: BoxState, got: Received) -> Response | None:
    """Return the first page for a browser that opens the address of a box; None for every other request.

    A browser then asks for an icon, too. Neither is recorded, since both would only disturb the list of requests.
    """
    if got.method != "GET" or got.request.query or not _is_browser(got):
        return None
    if got.request.path == "/favicon.ico":
        return Response(status_code=204)
    return _home(state, got) if got.request.path == "/" and "text/html" in (got.header("accept") or "") else None


def _home(state: BoxState, got: Received) -> Response:
    origin = f"{got.request.scheme}://{got.request.authority}"
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd><code>{escape(url)}</code></dd>" for name, url in _addresses(state, origin)
    )
    clients = ", ".join(f"<code>{escape(client_id)}</code>" for client_id in state.client_ids)
    return plain_page(
        "An OAuth 1.0 provider for tests",
        f"<p>Every other path is a protected resource. It describes the request, or why it was refused.</p>"
        f"<dl>{rows}</dl><p>The clients: {clients}.</p>"
        "<p>This page shows no secret, since every program on this machine can read it. The terminal in which the "
        "provider runs prints the address of the page that shows secrets, programs to copy and each request.</p>",
    )


def _addresses(state: BoxState, origin: str) -> list[tuple[str, str]]:
    if state.legs is None:
        return [(name, origin + path) for name, path, _ in _ENDPOINTS]
    known = [(name, path, getattr(state.legs.likeness.facts, fact, None)) for name, path, fact in _ENDPOINTS]
    return [(name, one.url if one else origin + path) for name, path, one in known if one or path in _OF_EVERY_BOX]


def _is_browser(got: Received) -> bool:
    return not got.oauth_parameters() and "Mozilla/" in (got.header("user-agent") or "")
