"""`python -m bench.keepalive LIBRARY URL ROUNDS COUNT`: measure one HTTP library, signed and unsigned.

It prints one JSON object. For each way to send (``one by one``, ``50 at once``), the object has the microseconds of CPU
per request of every candidate, round by round. Other OAuth libraries are measured if they are installed and have an
auth for the HTTP library. If they have none, ``by hand`` signs and sets the header as their documentation shows.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from time import process_time
from typing import Any

from . import cases, floor
from .check import check
from .measure import interleave, resting_collector, timed

AT_ONCE = 50
_KEYS = (cases.CLIENT_ID, cases.CLIENT_SECRET, cases.TOKEN, cases.TOKEN_SECRET)
_OURS = {"token": cases.TOKEN, "token_secret": cases.TOKEN_SECRET}

#: A function that sends one request and returns the ``Authorization`` header that was sent, or a coroutine for it.
Get = Callable[[str], Any]
#: The functions that send, by candidate, and the functions that close the clients.
Opened = tuple[dict[str, Get], list[Callable[[], Awaitable[Any]]]]


def header_of(name: str) -> Callable[[str], dict[str, str]] | None:
    """Return a function that signs a GET by hand and returns its headers; None if the library is not installed."""
    try:
        return _HEADERS[name]()
    except ModuleNotFoundError:
        return None


def _static() -> Callable[[str], dict[str, str]]:
    value = f'OAuth oauth_consumer_key="{cases.CLIENT_ID}", oauth_token="{cases.TOKEN}"'
    return lambda url: {"Authorization": value}


def _floor() -> Callable[[str], dict[str, str]]:
    sign = floor.signer(*_KEYS)
    return lambda url: {"Authorization": sign("GET", url, None, None)}


def _authlib() -> Callable[[str], dict[str, str]]:
    auth = importlib.import_module("authlib.oauth1").ClientAuth(*_KEYS)
    return lambda url: dict(auth.prepare("GET", url, {}, b"")[1])


def _oauthlib() -> Callable[[str], dict[str, str]]:
    client = importlib.import_module("oauthlib.oauth1").Client(*_KEYS)
    return lambda url: dict(client.sign(url, "GET")[1])


_HEADERS = {
    "static header": _static,
    "floor": _floor,
    "Authlib by hand": _authlib,
    "oauthlib by hand": _oauthlib,
}


def by_hand(get: Callable[[str, str, dict[str, str]], Any], *, peers: bool) -> dict[str, Get]:
    """Return the candidates that set a header themselves.

    ``get`` uses connections of the named candidate alone: those that several use would be warmer.
    """
    made = {"unsigned": lambda url: get("unsigned", url, {})}
    for name in _HEADERS if peers else ("static header", "floor"):
        header = header_of(name)
        if header is not None:
            made[name] = lambda url, name=name, header=header: get(name, url, header(url))
    return made


class PerCandidate(dict[str, Any]):
    """The client of each candidate, made from its name when it is first needed."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        self._make = make

    def __missing__(self, name: str) -> Any:
        self[name] = self._make(name)
        return self[name]


@contextmanager
def httpx_sync(library: Any) -> Iterator[dict[str, Get]]:
    """httpx or httpx2, one request at a time."""
    ours = importlib.import_module(f"oauthone.clients.{library.__name__}")
    plain = PerCandidate(lambda name: library.Client())
    clients = {"ours": ours.OAuth1Client(*_KEYS[:2], **_OURS), "our auth": _with(library.Client, ours.OAuth1Auth)}
    authlib = _authlib_auth(library)
    if authlib is not None:
        clients["Authlib"] = library.Client(auth=authlib)
    made = by_hand(lambda name, url, headers: _sent(plain[name].get(url, headers=headers)), peers=False)
    yield made | {name: _getter(client) for name, client in clients.items()}
    for client in (*plain.values(), *clients.values()):
        client.close()


def httpx_async(library: Any) -> Opened:
    """httpx or httpx2, asynchronous."""
    ours = importlib.import_module(f"oauthone.clients.{library.__name__}")
    plain = PerCandidate(lambda name: library.AsyncClient())
    clients = {
        "ours": ours.AsyncOAuth1Client(*_KEYS[:2], **_OURS),
        "our auth": _with(library.AsyncClient, ours.OAuth1Auth),
    }
    authlib = _authlib_auth(library)
    if authlib is not None:
        clients["Authlib"] = library.AsyncClient(auth=authlib)

    async def get(name: str, url: str, headers: dict[str, str]) -> Any:
        return _sent(await plain[name].get(url, headers=headers))

    gets = by_hand(get, peers=False) | {name: _awaiter(client) for name, client in clients.items()}
    return gets, [lambda: _closed([*plain.values(), *clients.values()])]


def _with(kind: Any, auth: Any) -> Any:
    return kind(auth=auth(*_KEYS[:2], **_OURS))


def _authlib_auth(library: Any) -> Any:
    """Return Authlib's auth if it supports this library: it uses httpx2 if that is installed."""
    try:
        module = importlib.import_module("authlib.integrations.httpx_client")
    except ModuleNotFoundError:
        return None
    return module.OAuth1Auth(*_KEYS) if issubclass(module.OAuth1Auth, library.Auth) else None


def _getter(client: Any) -> Get:
    return lambda url: _sent(client.get(url))


def _awaiter(client: Any) -> Get:
    async def get(url: str) -> Any:
        return _sent(await client.get(url))

    return get


def _sent(response: Any) -> Any:
    """Return the header that httpx or niquests sent."""
    return response.request.headers.get("Authorization")


def aiohttp_async() -> Opened:
    """aiohttp. The other libraries sign by hand, because they do not support aiohttp."""
    aiohttp: Any = importlib.import_module("aiohttp")
    ours: Any = importlib.import_module("oauthone.clients.aiohttp")

    def session(name: str) -> Any:
        connector = aiohttp.TCPConnector(limit=AT_ONCE)
        if name == "ours":
            return ours.AsyncOAuth1Client(*_KEYS[:2], **_OURS, connector=connector)
        middlewares = (ours.OAuth1Middleware(*_KEYS[:2], **_OURS),) if name == "our middleware" else ()
        return aiohttp.ClientSession(middlewares=middlewares, connector=connector)

    sessions = PerCandidate(session)

    async def get(name: str, url: str, headers: dict[str, str] | None) -> Any:
        async with sessions[name].get(url, headers=headers) as response:
            await response.read()
            return response.request_info.headers.get("Authorization")

    made = by_hand(get, peers=True)
    made |= {name: (lambda url, name=name: get(name, url, None)) for name in ("ours", "our middleware")}
    return made, [lambda: _closed(sessions.values())]


async def _closed(clients: Iterable[Any]) -> None:
    for client in clients:
        await (client.aclose() if hasattr(client, "aclose") else client.close())


@contextmanager
def niquests_sync(library: Any) -> Iterator[dict[str, Get]]:
    """niquests, one request at a time."""
    ours: Any = importlib.import_module("oauthone.clients.niquests")
    plain = PerCandidate(lambda name: _with_auth(library.Session(), _unsigned))
    signing = ours.OAuth1Session(*_KEYS[:2], **_OURS)
    alone = _with_auth(library.Session(), ours.OAuth1Auth(*_KEYS[:2], **_OURS))
    made = by_hand(lambda name, url, headers: _sent(plain[name].get(url, headers=headers)), peers=False)
    yield made | {"ours": _getter(signing), "our auth": _getter(alone)}
    for session in (*plain.values(), signing, alone):
        session.close()


def _unsigned(prepared: Any) -> Any:
    """An auth that changes nothing: without one, niquests would look for a netrc file."""
    return prepared


def _with_auth(session: Any, auth: Any) -> Any:
    session.auth = auth
    return session


def niquests_async(library: Any) -> Opened:
    """niquests, asynchronous."""
    ours: Any = importlib.import_module("oauthone.clients.niquests")
    plain = PerCandidate(lambda name: _with_auth(library.AsyncSession(), _unsigned))
    signing = ours.AsyncOAuth1Session(*_KEYS[:2], **_OURS)

    async def get(name: str, url: str, headers: dict[str, str]) -> Any:
        return _sent(await plain[name].get(url, headers=headers))

    gets = by_hand(get, peers=False) | {"ours": _awaiter(signing)}
    return gets, [lambda: _closed([*plain.values(), signing])]


def one_by_one(gets: dict[str, Get], url: str, rounds: int, count: int) -> dict[str, list[float]]:
    """Return microseconds of CPU per request, one request at a time."""
    for name, get in gets.items():
        _check(name, get(url), url)
    blocks = {name: (lambda get=get: timed(lambda: get(url), count) / count * 1e6) for name, get in gets.items()}
    return interleave(blocks, rounds).rounds


def at_once(make: Callable[[], Opened], url: str, rounds: int, count: int) -> dict[str, Any]:
    """Return microseconds of CPU per request: awaited one at a time, and with 50 requests running at all times."""
    found = {}
    with asyncio.Runner() as runner:
        gets, closing = runner.run(_made(make))
        for name, get in gets.items():
            _check(name, runner.run(_await(get(url))), url)
        for title, workers in (("awaited one by one", 1), (f"{AT_ONCE} at once", AT_ONCE)):
            blocks = {
                name: (lambda get=get, workers=workers: runner.run(_block(get, url, workers, count)))
                for name, get in gets.items()
            }
            for block in blocks.values():
                block()  # opens the connections
            found[title] = interleave(blocks, rounds).rounds
        for close in closing:
            runner.run(_await(close()))
    return found


async def _made(make: Callable[[], Opened]) -> Opened:
    return make()


async def _await(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


async def _block(get: Get, url: str, workers: int, count: int) -> float:
    async def work() -> None:
        for _ in range(each):
            await get(url)

    each = max(1, count // workers)
    with resting_collector():
        start = process_time()
        await asyncio.gather(*(work() for _ in range(workers)))
        return (process_time() - start) / (each * workers) * 1e6


def _check(name: str, authorization: str | bytes | None, url: str) -> None:
    if name in ("unsigned", "static header"):
        return
    header = authorization.decode() if isinstance(authorization, bytes) else authorization
    check(cases.GET_3._replace(url=url), str(header))


def measure(name: str, url: str, rounds: int, count: int) -> dict[str, dict[str, list[float]]]:
    """Measure all ways to send of one library."""
    if name == "aiohttp":
        return at_once(aiohttp_async, url, rounds, count)
    if name == "httpx":
        sys.modules["httpx2"] = None  # otherwise Authlib would use httpx2
    library = importlib.import_module(name)
    sync, awaited = (niquests_sync, niquests_async) if name == "niquests" else (httpx_sync, httpx_async)
    with sync(library) as gets:
        found = {"one by one": one_by_one(gets, url, rounds, count)}
    return found | at_once(lambda: awaited(library), url, rounds, count)


if __name__ == "__main__":
    _, asked, address, how_often, how_many = sys.argv
    print(json.dumps(measure(asked, address, int(how_often), int(how_many))))
