"""The applications that the WSGI servers serve. The header X-Application selects one, so one process serves all."""

from typing import Any

from .wsgi_applications import bare, django, flask, open_flask, wsgi

DJANGO, OPEN_DJANGO = django()
APPLICATIONS = {
    "wsgi": wsgi(),
    "wsgi-hosts": wsgi(hosts=["api.example", "api.example:8080", "[::1]:9000", "[2001:db8::1]"]),
    "flask": flask(),
    "django": DJANGO,
    "open": bare,
    "open-django": OPEN_DJANGO,
    "open-flask": open_flask(),
}


def application(environ: Any, start_response: Any) -> Any:
    """Call the selected application."""
    return APPLICATIONS[environ.get("HTTP_X_APPLICATION", "open")](environ, start_response)
