"""The CPU time of the worst unsigned requests within the default size limits.

Each is sent to every entry point, and the row names the slowest. It is measured once per round, and no test times it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import unquote

from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import OAuthError, VerificationError
from oauthone.server import AsyncVerifier, Client, MemoryStore, Provider, Verifier, verify_launch
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
# The clock of each verifier stands still, so that no request becomes old while others run.
_NOW = int(time.time())


class _Request(NamedTuple):
    name: str
    query: str = ""
    authorization: str = ""
    body: bytes = b""
    content_type: str = FORM
    path: str = "/photos"
    headers: tuple[tuple[str, str], ...] = ()


def _filled(unit: str, size: int) -> str:
    return (unit * (size // len(unit) + 1))[:size]


def _protocol(separator: str, quote: str = "", **changed: str) -> str:
    values = {
        "oauth_consumer_key": "nobody",
        "oauth_nonce": "n",
        "oauth_signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(_NOW),
        **changed,
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
    "backslashes": "\\",
    "spaces": " ",
    "commas": ",",
    'a="",': 'a="",',
    "NUL": "\0",
    "%00": "%00",
    "%FF": "%FF",
    "surrogates": "%ED%A0%80",
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
    yield from _odd_protocol_parameters()
    yield from _odd_envelopes(signed)


def _odd_protocol_parameters() -> Iterator[_Request]:
    form = _filled("a=%C3%A9", _BODY).encode()
    for method in ("RSA-SHA1", "RSA-SHA512", "HMAC-SHA512", "PLAINTEXT"):
        changed = {"oauth_signature_method": method, "oauth_signature": "A" * 342 + "%3D%3D"}
        yield _Request(f"form, {method}", authorization=f"OAuth {_protocol(', ', chr(34), **changed)}", body=form)
    for name in ("consumer_key", "nonce", "signature", "signature_method", "timestamp", "version", "token"):
        for unit in ("9", "%C3%A9"):
            value = _filled(unit, 15_000)
            authorization = f"OAuth {_protocol(', ', chr(34), **{f'oauth_{name}': value})}"
            yield _Request(f"oauth_{name} of {unit}", authorization=authorization)
            in_form = _protocol("&", **{f"oauth_{name}": _filled(unit, _BODY // 2)})
            yield _Request(f"oauth_{name} of {unit} in a form", body=in_form.encode())
    doubled = "&".join([_protocol("&")] * 200)
    yield _Request("parameters 200 times in a query", query=doubled)
    yield _Request("parameters in query, header and form", doubled, f"OAuth {_protocol(', ')}", doubled.encode())


def _odd_envelopes(signed: str) -> Iterator[_Request]:
    """Yield requests whose headers, path or media type are odd."""
    form, document = _filled("a=%C3%A9", _BODY).encode(), b'{"a": 1}' * (_BODY // 8)
    hashed = f'{signed}, oauth_body_hash="AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D"'
    yield _Request("JSON with a body hash", authorization=hashed, body=document, content_type="application/json")
    noise = b"--x\r\n" * (_BODY // 5)
    yield _Request("multipart noise", authorization=hashed, body=noise, content_type="multipart/form-data; boundary=x")
    yield _Request("multipart without a boundary", body=noise, content_type="multipart/form-data")
    yield _Request("form in UTF-16", authorization=signed, body=form, content_type=f"{FORM}; charset=utf-16")
    for unit in ("; a=b", ';a="', ";", " "):
        yield _Request(f"media type with {unit}", authorization=signed, body=form, content_type=FORM + unit * 3000)
    many = tuple((f"X-Header-{number}", "x") for number in range(1000))
    yield _Request("1,000 headers", authorization=signed, body=form, headers=many)
    yield _Request("100 times Authorization", headers=(("Authorization", signed + _filled(', a="1"', 500)),) * 100)
    cookies = "; ".join(f"oauthone_login_{number:040x}={'x' * 300}" for number in range(170))
    yield _Request("login cookies", "oauth_token=a&oauth_verifier=b", headers=(("Cookie", cookies),))
    for unit in ("/%2e%2e", "%C3%A9", ";", "%2F"):
        yield _Request(f"path of {unit}", authorization=signed, path=f"/{_filled(unit, 60_000)}")


def _clock() -> float:
    return _NOW


Entrance = Callable[[_Request], object]


def _headers(request: _Request) -> list[tuple[str, str]]:
    authorized = [("Authorization", request.authorization)] if request.authorization else []
    of_body = [("Content-Type", request.content_type), ("Content-Length", str(len(request.body)))]
    return [*authorized, *request.headers, *of_body]


def _url(request: _Request) -> str:
    return f"http://api.example{request.path}" + (f"?{request.query}" if request.query else "")


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


def _temporary_credentials(request: _Request) -> None:
    store = MemoryStore()
    provider = Provider(store, verifier=Verifier(store, public_url="https://api.example", clock=_clock))
    assert provider.temporary_credentials(_incoming(request)).status >= 400


def _token_credentials(request: _Request) -> None:
    store = MemoryStore()
    provider = Provider(store, verifier=Verifier(store, public_url="https://api.example", clock=_clock))
    assert provider.token_credentials(_incoming(request)).status >= 400


def _login_callback() -> Entrance:
    """Return the callback of a login that no browser began."""
    from starlette.requests import Request

    from oauthone.login.starlette import OAuth

    options = {
        "client_id": "nobody",
        "request_token_url": "https://a.example/",
        "access_token_url": "https://a.example/",
    }
    app = OAuth(secret_key="a secret").register("provider", **options)

    def call(request: _Request) -> None:
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in _headers(request)]
        scope = {"type": "http", "method": "GET", "scheme": "https", "path": "/", "headers": headers, "session": {}}
        with suppress(OAuthError):
            asyncio.run(app.authorize_access_token(Request({**scope, "query_string": request.query.encode("latin-1")})))

    return call


def _wsgi(verifier: Verifier) -> Entrance:
    app = WsgiMiddleware(lambda environ, start_response: [b""], verifier)

    def call(request: _Request) -> None:
        environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in _headers(request)[:-2]}
        environ |= {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(request.path, "latin-1"),
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
            "path": unquote(request.path),
            "raw_path": request.path.encode("latin-1"),
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
    knowing = Verifier(MemoryStore([Client.create("nobody", "secret")]), token="none", clock=_clock)
    verifier, verifier_async = (
        Verifier(store, token="none", clock=_clock),
        AsyncVerifier(store, token="none", clock=_clock),
    )
    return {
        "verify": _verify(verifier),
        "explain": _explain(verifier),
        "explain, client known": _explain(knowing),
        "verify_launch": _launch(verifier),
        "temporary credentials": _temporary_credentials,
        "token credentials": _token_credentials,
        "login callback": _login_callback(),
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
