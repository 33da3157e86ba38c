"""What classes that override ``auth_flow`` import."""

from collections.abc import Mapping
from typing import Any

#: The options of a client of httpx2.
HTTPX_CLIENT_KWARGS = [
    *("base_url", "cert", "cookies", "default_encoding", "event_hooks", "follow_redirects", "headers", "http1"),
    *("http2", "limits", "max_redirects", "mounts", "proxy", "timeout", "transport", "trust_env", "verify"),
]


def extract_client_kwargs(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Take the options of the HTTP library out of ``kwargs`` and return them."""
    return {name: kwargs.pop(name) for name in HTTPX_CLIENT_KWARGS if name in kwargs}


def build_request(url: str, headers: Mapping[str, Any], body: Any, initial_request: Any) -> Any:
    """Return a request of the class of ``initial_request``, with its method and its extensions."""
    kind = type(initial_request)
    return kind(initial_request.method, url, headers=headers, content=body, extensions=dict(initial_request.extensions))
