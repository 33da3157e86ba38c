"""The CPU time of the worst unsigned requests within the default size limits.

Each is sent to every entry point, and the row names the slowest. It is measured once per round, and no test times it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, NamedTuple

from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import VerificationError
from oauthone.server import AsyncVerifier, Client, MemoryStore, Verifier, verify_launch
from oauthone.server.asgi import VerifyingMiddleware as AsgiMiddleware
from oauthone.server.wsgi import VerifyingMiddleware as WsgiMiddleware

from .cases import FORM
from .measure import Effort
from .report import Goal, Row, Style

TITLE = "worst: ms of CPU for an unsigned request within the default size limits; ratio: that figure"

_GOAL = Goal(Style("{:.3g} ms", False), 100, 30)
_BODY = 1024 * 1024
_HEADER = 16 * 1024
_QUERY = 60 * 1024  # the limit of servers for a request line


class _Request(NamedTuple):
    name: str
    query: str = ""
    authorization: str = ""
    body: bytes = b""
    content_type: str = FORM


def _filled(unit: str, size: int) -> str:
    return (unit * (size // len(unit) + 1))[:size]


def _protocol(separator: str, quote: str = "") -> str:
    values = {
        "oauth_consumer_key": "nobody",
        "oauth_nonce": "n",
        "oauth_signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(int(time.time())),
    }
    return separator.join(f"{name}={quote}{value}{quote}" for name, value in values.items())


UNITS = {
    "one long name": "n",
    "%25": "%25",
    "%41": "%41",
    "+": "+",
    ";": ";",
    "a lone %": "%",
    "%%4": "%%4",
    "octets above 127": "\xe9",
    "UTF-8": "\xc3\xa9",
    "=": "=",
    "&": "&",
    "a&": "a&",
    "a=": "a=",
    "secrets by name": "oauth_token_secret=x ",
    "quotes": "\"'",
    "braces": "{<\\",
}


def requests() -> Iterator[_Request]:
    """Yield forged requests, with each parameter, and anonymous ones without any."""
    signed = f"OAuth {_protocol(', ', chr(34))}"
    for name, unit in UNITS.items():
        body = _filled(unit, _BODY).encode("latin-1")
        yield _Request(f"form of {name}, forged", authorization=signed, body=body)
        yield _Request(f"form of {name}, anonymous", body=body)
        forged = (_protocol("&") + "&" + _filled(unit, _BODY))[:_BODY].encode("latin-1")
        yield _Request(f"form of {name}, forged in it", body=forged)
        yield _Request(f"query of {name}, forged", _filled(unit, _QUERY), signed)
        yield _Request(f"query of {name}, anonymous", _filled(unit, _QUERY))
        yield _Request(f"header of {name}", authorization=("OAuth " + _filled(unit, _HEADER))[:_HEADER])
        yield _Request(f"header of {name} in a value", authorization=f'{signed}, a="{_filled(unit, 15_000)}"')
    many = "&".join(f"n{number}=" + "%C3%A9" * 170 for number in range(990))[:_BODY]
    yield _Request("form of 990 parameters, forged", authorization=signed, body=many.encode())
    yield _Request(
        "form of 990 equal parameters, forged", authorization=signed, body=b"&".join([b"a=" + b"x" * 1000] * 990)
    )
    yield _Request("form of 100,000 parameters, forged", authorization=signed, body=b"a=1&" * 100_000)
    yield _Request(
        "names in a body that is not a form", authorization=signed, body=b"a&" * (_BODY // 2), content_type="a/b"
    )
    yield _Request("header of 990 parameters", authorization=signed + ", " + ",".join(['a="1"'] * 990))


Entrance = Callable[[_Request], object]


def _headers(request: _Request) -> list[tuple[str, str]]:
    authorized = [("Authorization", request.authorization)] if request.authorization else []
    return [*authorized, ("Content-Type", request.content_type), ("Content-Length", str(len(request.body)))]


def _url(request: _Request) -> str:
    return "http://api.example/photos" + (f"?{request.query}" if request.query else "")


def _refused(call: Callable[[], object]) -> VerificationError | None:
    try:
        call()
    except VerificationError as refused:
        return refused
    return None


def _verify(verifier: Verifier) -> Entrance:
    return lambda request: _refused(lambda: verifier.verify("POST", _url(request), _headers(request), request.body))


def _incoming(request: _Request) -> IncomingRequest:
    return IncomingRequest.from_url("POST", _url(request), _headers(request), request.body)


def _explain(verifier: Verifier) -> Entrance:
    def explain(request: _Request) -> None:
        incoming = _incoming(request)
        if (refused := _refused(lambda: verifier.verify(incoming))) is not None:
            str(verifier.explain(refused, incoming))

    return explain


def _launch(verifier: Verifier) -> Entrance:
    return lambda request: _refused(lambda: verify_launch(verifier, _incoming(request)))


def _wsgi(verifier: Verifier) -> Entrance:
    app = WsgiMiddleware(lambda environ, start_response: [b""], verifier)

    def call(request: _Request) -> None:
        environ = {f"HTTP_{name.upper()}": value for name, value in _headers(request)[:-2]}
        environ |= {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/photos",
            "QUERY_STRING": request.query,
            "RAW_URI": _url(request).removeprefix("http://api.example"),
            "SERVER_NAME": "api.example",
            "SERVER_PORT": "80",
            "HTTP_HOST": "api.example",
            "CONTENT_TYPE": request.content_type,
            "CONTENT_LENGTH": str(len(request.body)),
            "wsgi.url_scheme": "http",
        }
        app({**environ, "wsgi.input": BytesIO(request.body)}, lambda status, headers, failure=None: lambda octets: None)

    return call


def _asgi(app: Any) -> Entrance:
    async def served(request: _Request) -> None:
        headers = [*_headers(request), ("Host", "api.example")]
        scope = {
            "type": "http",
            "method": "POST",
            "scheme": "http",
            "path": "/photos",
            "raw_path": b"/photos",
            "root_path": "",
            "query_string": request.query.encode("latin-1"),
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
            "server": ("api.example", 80),
        }
        messages = iter([{"type": "http.request", "body": request.body, "more_body": False}])

        async def receive() -> Any:
            return next(messages)

        async def send(message: Any) -> None:
            pass

        await app(scope, receive, send)

    return lambda request: asyncio.run(served(request))


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _backend(verifier: AsyncVerifier) -> Entrance:
    from starlette.applications import Starlette

    from oauthone.server.starlette import signature_authentication

    app = Starlette(middleware=signature_authentication(verifier))
    app.router.default = _nothing
    return _asgi(app)


def entrances() -> dict[str, Entrance]:
    """Return each entry point with a verifier that knows no client, and an explanation for a known client."""
    store = MemoryStore()
    knowing = Verifier(MemoryStore([Client.create("nobody", "secret")]), token="none")
    verifier, verifier_async = Verifier(store, token="none"), AsyncVerifier(store, token="none")
    return {
        "verify": _verify(verifier),
        "explain": _explain(verifier),
        "explain, client known": _explain(knowing),
        "verify_launch": _launch(verifier),
        "WSGI": _wsgi(verifier),
        "ASGI": _asgi(AsgiMiddleware(_nothing, verifier_async)),
        "Starlette": _backend(verifier_async),
    }


def run(effort: Effort) -> Iterator[Row]:
    """Yield one row for each entry point with its slowest request, which runs three times more."""
    asked = list(requests())
    for name, entrance in entrances().items():
        once = sorted(asked, key=lambda request: _milliseconds(entrance, request, 1), reverse=True)
        taken = sorted(((_milliseconds(entrance, request, 3), request.name) for request in once[:5]), reverse=True)
        worst, shape = taken[0]
        others = ", ".join(f"{shape} {figure:.3g}" for figure, shape in taken[1:])
        yield Row(f"{name}: {shape}", "ms", {"ours": worst}, worst, _GOAL, f"then {others}")


def _milliseconds(entrance: Entrance, request: _Request, runs: int) -> float:
    figures = []
    for _ in range(runs):
        start = time.process_time()
        entrance(request)
        figures.append(time.process_time() - start)
    return min(figures) * 1000
