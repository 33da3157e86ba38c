"""For any two URLs: a redirect carries credentials only if scheme, host and port are equal.

Every request goes through one proxy, a real socket, so that the tests can use all host names. The HTTP library decides
which URLs have one origin.
"""

import asyncio
from contextlib import suppress
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from clients.servers import Exchange, ScriptedServer, answer
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sampling import examples

from oauthone.errors import SigningError

from .surfaces import Surface

_HOSTS = [
    "api.example.com",
    "API.Example.COM",
    "api.example.co",
    "api.example.comm",
    "api.example.com.evil.example",
    "api.example.com.",
    "xapi.example.com",
    "evil.example",
    "127.0.0.1",
    "127.0.0.11",
    "[::1]",
    "[::2]",
    "strasse.example",
    "straße.example",
    "xn--strae-oqa.example",
    "bücher.example",
    "BÜCHER.example",
    "xn--bcher-kva.example",
]
_PORTS = ["", ":", ":80", ":080", ":443", ":8080", ":808", ":80808"[:5], ":18490", ":1849"]
_USERS = ["", "", "", "user@", "user:pass@", "api.example.com@", "api.example.com:80@"]
_TAILS = ["", "/", "/steal", "?x=1", "#f", "/a?b=https://api.example.com/", "/..", "//api.example.com/"]
_SCHEMES = ["http", "http", "http", "HTTP", "https"]

targets = st.builds(
    lambda scheme, user, host, port, tail: f"{scheme}://{user}{host}{port}{tail}",
    *map(st.sampled_from, (_SCHEMES, _USERS, _HOSTS, _PORTS, _TAILS)),
)
firsts = st.builds(
    lambda host, port, tail: f"http://{host}{port}{tail}", *map(st.sampled_from, (_HOSTS, _PORTS, ["", "/", "/a?b=1"]))
)


def library_origin(surface: Surface, url: str) -> tuple[Any, ...]:
    """Return scheme, host and port as the surface's library parses them."""
    name = surface.name.split()[0]
    if name == "aiohttp":
        read = import_module("yarl").URL(url)
        return read.scheme, read.raw_host, read.port
    if name in ("httpx", "httpx2"):
        read = import_module(name).URL(url)
        return read.scheme, read.raw_host, read.port or {"http": 80, "https": 443}[read.scheme]
    read = import_module("urllib3.util").parse_url(url)
    return read.scheme, read.host, read.port or {"http": 80, "https": 443}[read.scheme]


async def walk(proxy: ScriptedServer, surface: Surface, placement: str, first: str, target: str) -> list[Any]:
    """Request ``first``, which redirects to ``target``, and return the requests that the proxy received."""

    def step(exchange: Exchange) -> bool:
        if exchange.seen.method == "CONNECT":
            return answer(status=502)(exchange)
        location = target.encode("utf-8").decode("latin-1")
        head = f"HTTP/1.1 307 Canned\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n".encode("latin-1")
        exchange.connection.sendall(head if len(proxy.seen) == 1 else b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        return True

    proxy.seen.clear()
    proxy.steps = [step]
    async with surface.client("id", "secret", proxy=proxy.origin, signature_type=placement) as client:
        with suppress(*failures(surface)):
            await client.get(first)
    return [*proxy.seen]


def failures(surface: Surface) -> list[type[Exception]]:
    """Return the library's exceptions for a URL that it cannot send, or for a tunnel that fails."""
    library = import_module(surface.name.split()[0])
    names = ("ClientError", "HTTPError", "RequestException", "InvalidURL")
    # http.client asserts that the part of a host before a percent sign is an IP address.
    return [ValueError, AssertionError, *(getattr(library, name) for name in names if hasattr(library, name))]


def asked_for(seen: Any) -> str:
    """Return the URL as the proxy receives it: requests encodes some hosts, and httpx removes brackets."""
    if seen.method != "CONNECT":
        return str(seen.target)
    host, _, port = seen.target.rpartition(":")
    is_bare = ":" in host and "[" not in host  # from some older versions of urllib3
    return f"https://[{host}]:{port}/" if is_bare else f"https://{seen.target}/"


def is_signed(seen: Any) -> bool:
    """Return whether the request carries any part of the credentials."""
    return b"oauth_" in seen.octets


@pytest.mark.case("credentials go to the origin alone")
@pytest.mark.covering
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
def test_two_urls(surface: Surface, placement: str) -> None:
    @examples(120, suppress_health_check=list(HealthCheck))
    @given(firsts, targets)
    def check(first: str, target: str) -> None:
        seen = asyncio.run(walk(proxy, surface, placement, first, target))
        if not seen:
            return  # the library does not send this URL
        assert is_signed(seen[0])
        for hop in seen[1:]:
            urls = (asked_for(seen[0]), asked_for(hop)) if "httpx" not in surface.name else (first, target)
            same = library_origin(surface, urls[0]) == library_origin(surface, urls[1])
            # aiohttp turns user information into a Basic Authorization, and we do not sign such a request.
            if same and not (surface.name == "aiohttp" and "@" in target):
                assert is_signed(hop), (first, target, hop)
            if not same:
                assert not is_signed(hop), (first, target, hop)

    with ScriptedServer() as proxy:
        check()


@pytest.mark.case("a pinned origin is what the library reads")
def test_pins(surface: Surface) -> None:
    """The middleware of aiohttp and the transport of httpx sign for pinned origins only."""
    allows = _pinning(surface)
    if allows is None:
        return

    @examples(300)
    @given(targets, targets)
    def check(pinned: str, asked: str) -> None:
        assert allows(pinned, asked) == (library_origin(surface, pinned) == library_origin(surface, asked))

    check()
    for wrong in ("api.example.com", "/path", "", "https://", "http://[::1", "https://api.example.com:x/"):
        with pytest.raises(SigningError):
            allows(wrong, "https://api.example.com/")


def _pinning(surface: Surface) -> Any:
    """Return whether a signature goes to ``asked`` if ``pinned`` is pinned; None for libraries without pins."""
    name = surface.name.split()[0]
    if name == "aiohttp":
        return _middleware_allows
    if name not in ("httpx", "httpx2"):
        return None
    library, ours = import_module(name), import_module(f"oauthone.clients.{name}")

    def allows(pinned: str, asked: str) -> bool:
        signed: list[bool] = []

        def respond(request: Any) -> Any:
            signed.append("authorization" in request.headers)
            return library.Response(200)

        auth = ours.OAuth1Auth("id", "secret")
        transport = ours.SigningTransport(library.MockTransport(respond), auth, origins=pinned)
        with library.Client(transport=transport) as client:
            request = client.build_request("GET", asked)
            request.headers.pop("Authorization", None)
            client.send(request, auth=lambda request: request)
        return signed[0]

    return allows


def _middleware_allows(pinned: str, asked: str) -> bool:
    from yarl import URL

    from oauthone.clients.aiohttp import OAuth1Middleware

    middleware = OAuth1Middleware("id", "secret", origins=pinned)

    class Asked:
        method, url, headers, body = "GET", URL(asked), import_module("multidict").CIMultiDict(), None

    async def handler(request: Any) -> Any:
        return SimpleNamespace(is_signed="Authorization" in request.headers)

    return bool(asyncio.run(_awaited(middleware, Asked(), handler)).is_signed)


async def _awaited(middleware: Any, request: Any, handler: Any) -> Any:
    return await middleware(request, handler)
