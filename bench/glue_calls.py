"""A signed request, and calls of WSGI and ASGI applications with it as servers make them, without sockets."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from . import cases, floor

#: Answers the request with these headers, and returns the status of the response.
Answer = Callable[[Mapping[str, str]], Callable[[], int]]


def signed_headers() -> dict[str, str]:
    """Return the headers of a signed request, with those that HTTP clients send on their own."""
    sign = floor.signer(cases.CLIENT_ID, cases.CLIENT_SECRET, cases.TOKEN, cases.TOKEN_SECRET)
    return {
        "Host": urlsplit(cases.GET_3.url).netloc,
        "User-Agent": "python-requests/2.34.2",
        "Accept-Encoding": "gzip, deflate",
        "Accept": "*/*",
        "Connection": "keep-alive",
        "Authorization": sign(cases.GET_3.method, cases.GET_3.url),
    }


def wsgi_answer(app: Any) -> Answer:
    """Call a WSGI application as gunicorn does."""

    def answer(headers: Mapping[str, str]) -> Callable[[], int]:
        environ = _environ(headers)
        statuses: list[str] = []

        def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
            statuses[:] = [status]

        def visit() -> int:
            body = app({**environ, "wsgi.input": BytesIO()}, start_response)
            for _ in body:
                pass
            if hasattr(body, "close"):
                body.close()
            return int(statuses[0][:3])

        return visit

    return answer


def asgi_answer(app: Any) -> Answer:
    """Call an ASGI application as uvicorn does; it must not wait for anything."""

    def answer(headers: Mapping[str, str]) -> Callable[[], int]:
        scope = _scope(headers)
        statuses: list[int] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses[:] = [message["status"]]

        def visit() -> int:
            _run_at_once(app({**scope, "state": {}}, receive, send))
            return statuses[0]

        return visit

    return answer


def _run_at_once(call: Coroutine[Any, Any, None]) -> None:
    try:
        call.send(None)
    except StopIteration:
        return
    raise RuntimeError("the application waits for something, so it cannot be measured here")


def _environ(headers: Mapping[str, str]) -> dict[str, Any]:
    parts = urlsplit(cases.GET_3.url)
    return {
        "wsgi.errors": None,
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "wsgi.url_scheme": parts.scheme,
        "SERVER_SOFTWARE": "gunicorn",
        "REQUEST_METHOD": "GET",
        "QUERY_STRING": parts.query,
        "RAW_URI": f"{parts.path}?{parts.query}",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.1",
        "REMOTE_PORT": "50000",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "PATH_INFO": parts.path,
        "SCRIPT_NAME": "",
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }


def _scope(headers: Mapping[str, str]) -> dict[str, Any]:
    parts = urlsplit(cases.GET_3.url)
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("192.0.2.1", 50000),
        "scheme": parts.scheme,
        "method": "GET",
        "root_path": "",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
