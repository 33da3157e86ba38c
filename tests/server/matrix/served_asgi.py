"""The applications that the ASGI servers serve. The header X-Application selects one, so one process serves all."""

from typing import Any

from .asgi_applications import asgi, bare, django, fastapi, open_starlette, starlette

DJANGO, OPEN_DJANGO = django()
APPLICATIONS = {
    "asgi": asgi(),
    "asgi-hosts": asgi(hosts=["api.example", "api.example:8080", "[::1]:9000", "[2001:db8::1]"]),
    "starlette": starlette(),
    "fastapi": fastapi(),
    "django": DJANGO,
    "open": bare,
    "open-django": OPEN_DJANGO,
    "open-starlette": open_starlette(),
}


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Call the selected application."""
    chosen = "open"
    if scope["type"] == "http":
        chosen = dict(scope["headers"]).get(b"x-application", b"open").decode()
    await APPLICATIONS[chosen](scope, receive, send)
