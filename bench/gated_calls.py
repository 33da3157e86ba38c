"""Calls of WSGI and ASGI applications, as servers call them, for the works that `bench.gate` counts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from . import cases

Call = Callable[[Any, Mapping[str, str]], int]


def calls(call: Call, is_open: Any, is_protected: Any, signed: Mapping[str, str]) -> dict[str, Callable[[], int]]:
    """Return a call of each application with a signed request; only the protected one must reject a forged one."""
    headers = {"Host": "api.example.com", "Accept": "*/*", **signed}
    forged = {**headers, "Authorization": headers["Authorization"].replace('oauth_nonce="', 'oauth_nonce="0')}
    statuses = [call(app, sent) for app in (is_open, is_protected) for sent in (headers, forged)]
    assert statuses == [200, 200, 200, 401], statuses
    return {"open": lambda: call(is_open, headers), "protected": lambda: call(is_protected, headers)}


def call_wsgi(app: Any, headers: Mapping[str, str]) -> int:
    """Call a WSGI application; return the status."""
    parts, statuses = urlsplit(cases.GET_3.url), list[str]()
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "RAW_URI": f"{parts.path}?{parts.query}",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }
    body = app(environ, lambda status, headers, failure=None: statuses.append(status))
    b"".join(body)
    if hasattr(body, "close"):
        body.close()
    return int(statuses[0][:3])


def call_asgi(app: Any, headers: Mapping[str, str]) -> int:
    """Call an ASGI application, which must not wait for anything; return the status."""
    parts, statuses = urlsplit(cases.GET_3.url), list[int]()
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": parts.scheme,
        "root_path": "",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "server": ("127.0.0.1", 8000),
    }

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    _run_at_once(app(scope, receive, send))
    return statuses[0]


def _run_at_once(call: Coroutine[Any, Any, None]) -> None:
    try:
        call.send(None)
    except StopIteration:
        return
    raise RuntimeError("the application waits for something, so its instructions cannot be counted here")
