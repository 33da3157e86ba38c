"""Legs in sessions and clients with foreign adapters or transports: caches, mocks, threads."""

import asyncio
import gzip
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError

from oauthone.clients import httpx as our_httpx
from oauthone.clients import httpx2 as our_httpx2
from oauthone.clients._requests_deadlines import Deadline
from oauthone.clients.requests import OAuth1Session
from oauthone.errors import TokenResponseError

from .servers import ScriptedServer, answer

FORM = b"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true"
TOKEN = {"oauth_token": "t", "oauth_token_secret": "s", "oauth_callback_confirmed": "true"}
ENDPOINT = "https://provider.example/initiate"

LIBRARIES = pytest.mark.parametrize(
    ("library", "ours"), [(httpx, our_httpx), (httpx2, our_httpx2)], ids=["httpx", "httpx2"]
)


@LIBRARIES
def test_an_answer_that_a_transport_of_httpx_made_whole(library: ModuleType, ours: Any) -> None:
    """The library has read and decoded it, so it is not decoded again."""
    packed = {"Content-Encoding": "gzip"}
    transport = library.MockTransport(lambda _: library.Response(200, headers=packed, content=gzip.compress(FORM)))
    with ours.OAuth1Client("client", "secret", transport=transport) as client:
        assert client.fetch_request_token(ENDPOINT) == TOKEN

    async def steps() -> None:
        async with ours.AsyncOAuth1Client("client", "secret", transport=transport) as client:
            assert await client.fetch_request_token(ENDPOINT) == TOKEN

    asyncio.run(steps())


@LIBRARIES
def test_a_failure_of_httpx_comes_out(library: ModuleType, ours: Any) -> None:
    """The library's own error, if no response arrived, or if a hook raises for a successful one."""

    def fail(request: Any) -> Any:
        raise library.ConnectError("no way", request=request)

    def refuse(response: Any) -> None:
        raise library.HTTPStatusError("the hook's own", request=response.request, response=response)

    async def arefuse(response: Any) -> None:
        refuse(response)

    def clients(kind: Any, hook: Any) -> list[Any]:
        succeed = library.MockTransport(lambda _: library.Response(200, content=FORM))
        return [
            kind("client", "secret", transport=library.MockTransport(fail)),
            kind("client", "secret", transport=succeed, event_hooks={"response": [hook]}),
        ]

    for one, error in zip(
        clients(ours.OAuth1Client, refuse), (library.ConnectError, library.HTTPStatusError), strict=True
    ):
        with one as client, pytest.raises(error):
            client.fetch_request_token(ENDPOINT)

    async def steps() -> None:
        both = zip(
            clients(ours.AsyncOAuth1Client, arefuse), (library.ConnectError, library.HTTPStatusError), strict=True
        )
        for one, error in both:
            async with one as client:
                with pytest.raises(error):
                    await client.fetch_request_token(ENDPOINT)

    asyncio.run(steps())


class Canned(BaseAdapter):
    """A transport that responds without a connection."""

    def __init__(self, make: Callable[[requests.Response], None]) -> None:
        super().__init__()
        self._make = make

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        response = requests.Response()
        response.status_code, response.request, response.url = 200, request, request.url
        self._make(response)
        return response

    def close(self) -> None:
        pass


def from_cache(response: requests.Response) -> None:
    """As a cache stores it: the original headers, and the decoded body."""
    response.headers["Content-Encoding"] = "br"
    response.raw = BytesIO()
    vars(response).update(_content=FORM, _content_consumed=True)


def from_file(response: requests.Response) -> None:
    """As tests make it."""
    response.raw = BytesIO(FORM)


@pytest.mark.parametrize("make", [from_cache, from_file])
def test_an_answer_that_an_adapter_of_requests_made(make: Any) -> None:
    with OAuth1Session("client", "secret") as session:
        session.mount("https://", Canned(make))
        assert session.fetch_request_token(ENDPOINT) == TOKEN


def test_a_hook_that_takes_an_answer_of_success_for_something_else() -> None:
    def refuse(response: requests.Response, **_: Any) -> None:
        raise requests.HTTPError("the hook's own", response=response)

    with OAuth1Session("client", "secret") as session:
        session.mount("https://", Canned(from_file))
        with pytest.raises(requests.HTTPError, match="own"):
            session.fetch_request_token(ENDPOINT, hooks={"response": refuse})


def test_an_adapter_that_sends_in_a_thread_of_its_own() -> None:
    class Threaded(HTTPAdapter):
        def send(self, *args: Any, **kwargs: Any) -> requests.Response:
            with ThreadPoolExecutor(1) as threads:
                return threads.submit(super().send, *args, **kwargs).result()

    with ScriptedServer(answer(FORM)) as server, OAuth1Session("client", "secret") as session:
        session.mount("http://", Threaded())
        assert session.fetch_request_token(server.origin) == TOKEN


def test_a_connection_that_is_opened_after_the_leg_is_nobodys() -> None:
    """The pool made it for a leg that ended before it was opened, and another request opens it."""
    with ScriptedServer(answer(b"later")) as server:
        connection = HTTPConnection("127.0.0.1", int(server.origin.rpartition(":")[2]))
        with Deadline(60) as deadline:
            deadline.watch(connection)
        connection.request("GET", "/")
        assert connection.getresponse().data == b"later"
        assert "_new_conn" not in vars(connection)
        connection.close()


def test_a_connection_that_is_opened_too_late_is_shut_down_at_once() -> None:
    with ScriptedServer(answer(b"later")) as server:
        connection = HTTPConnection("127.0.0.1", int(server.origin.rpartition(":")[2]))
        connection.connect()
        with Deadline(0) as deadline:
            while not deadline.has_passed:
                pass
            deadline.watch(connection)
            with pytest.raises(OSError):  # noqa: PT011 (the system's own)
                connection.request("GET", "/")
        connection.close()


class Handing:
    """Wraps a connection, as recorders do: an attribute that is set on one is set on both."""

    def __init__(self, real: HTTPConnection) -> None:
        vars(self)["real"] = real

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.real, name, value)
        vars(self)[name] = value

    def __getattr__(self, name: str) -> Any:
        return getattr(vars(self)["real"], name)

    def connect(self) -> None:
        self.real.connect()


def test_what_stands_around_a_connection_is_watched_as_well() -> None:
    """For several legs in turn, and nothing of a finished leg remains."""
    with ScriptedServer(answer(b"later")) as server:
        real = HTTPConnection("127.0.0.1", int(server.origin.rpartition(":")[2]))
        connection = Handing(real)
        for _ in range(3):
            with Deadline(60) as deadline:
                deadline.watch(connection)
                connection.connect()
                assert deadline._socket is not None
            real.close()
        with Deadline(0) as deadline:
            deadline.watch(connection)
        connection.connect()
        deadline.watch(connection)
        assert deadline._socket is None
        real.request("GET", "/")
        assert real.getresponse().data == b"later"
        real.close()


def test_what_only_looks_like_a_socket_is_not_watched() -> None:
    with open(os.devnull) as file, Deadline(60) as deadline:
        connection = HTTPConnection("127.0.0.1", 9)
        vars(connection)["sock"] = file
        deadline.watch(connection)
        assert deadline._socket is None
        connection.sock = None


def test_no_address_is_tried_when_the_time_is_over() -> None:
    """Each address gets the remaining time, and the connection keeps its own timeout."""
    with ScriptedServer() as server:
        connection = HTTPConnection("127.0.0.1", int(server.origin.rpartition(":")[2]), timeout=60)
        with Deadline(0) as deadline:
            deadline.watch(connection)
            with pytest.raises(ConnectTimeoutError):
                connection.connect()
        assert connection.timeout == 60
        connection.close()


def test_the_socket_is_held_before_anything_is_said_through_it() -> None:
    """To a proxy, which may be slow as well."""
    held: list[bool] = []

    class Tunnelled(HTTPConnection):
        def _tunnel(self) -> None:
            held.append(deadline._socket is not None)

    with ScriptedServer() as server, Deadline(60) as deadline:
        connection = Tunnelled("127.0.0.1", int(server.origin.rpartition(":")[2]))
        connection.set_tunnel("provider.example", 443)
        deadline.watch(connection)
        connection.connect()
        connection.close()
    assert held == [True]


def test_connections_are_kept_for_the_next_leg() -> None:
    """A leg that was read to its end leaves its connection to the next request."""
    with ScriptedServer(answer(FORM), answer(FORM, 400), answer(FORM), answer()) as server:
        with OAuth1Session("client", "secret") as session:
            session.fetch_request_token(server.origin)
            with pytest.raises(TokenResponseError):
                session.fetch_request_token(server.origin)
            session.fetch_request_token(server.origin)
            session.get(server.origin)
        assert server.connections == 1
