"""A leg accepts every timeout of its library, and each step counts towards its whole time."""

import asyncio
from types import ModuleType
from typing import Any

import aiohttp
import httpx
import httpx2
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import Timeout

from oauthone.clients import httpx as our_httpx
from oauthone.clients import httpx2 as our_httpx2
from oauthone.clients._legs import LEG_TIMEOUT, total_time
from oauthone.clients.aiohttp import AsyncOAuth1Client
from oauthone.clients.requests import OAuth1Session

from .servers import ScriptedServer, answer

TOKEN = {"oauth_token": "t", "oauth_token_secret": "s", "oauth_callback_confirmed": "true"}
FORM = b"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true"
LIBRARIES = pytest.mark.parametrize(
    ("library", "ours"), [(httpx, our_httpx), (httpx2, our_httpx2)], ids=["httpx", "httpx2"]
)
NUMBERS: list[Any] = [None, 10, 10.0, 40, True]
TUPLES: list[Any] = [(1, 2, 3, 4), (1.5, 40, None, 4)]
PARTS: list[dict[str, Any]] = [
    {"timeout": None},
    {"timeout": 10},
    {"timeout": 40.5},
    {"timeout": None, "read": 3},
    {"connect": 1, "read": 2, "write": 3, "pool": 4},
]


@LIBRARIES
@pytest.mark.parametrize("timeout", [*NUMBERS, *TUPLES, *PARTS], ids=str)
def test_timeouts_of_httpx(library: ModuleType, ours: Any, timeout: Any) -> None:
    """For one leg and for the client, over a connection, because only connections use them."""
    value = library.Timeout(**timeout) if isinstance(timeout, dict) else timeout
    with ScriptedServer(answer(FORM)) as server:
        with ours.OAuth1Client("client", "secret") as client:
            assert client.fetch_request_token(server.origin, timeout=value) == TOKEN
        with ours.OAuth1Client("client", "secret", timeout=value) as client:
            assert client.fetch_request_token(server.origin) == TOKEN

        async def steps() -> None:
            async with ours.AsyncOAuth1Client("client", "secret", timeout=value) as client:
                assert await client.fetch_request_token(server.origin, timeout=value) == TOKEN
                assert await client.fetch_request_token(server.origin) == TOKEN

        asyncio.run(steps())


@LIBRARIES
def test_no_step_of_a_leg_of_httpx_begins_when_its_time_is_over(library: ModuleType, ours: Any) -> None:
    """Neither another address of the same host, nor another byte to send."""
    late: list[str] = []

    def look(request: Any) -> Any:
        for name, wait in request.extensions["timeout"].items():
            try:
                float(wait)
            except TimeoutError:
                late.append(name)
        return library.Response(200, content=FORM)

    with ours.OAuth1Client("client", "secret", transport=library.MockTransport(look)) as client:
        client.fetch_request_token("https://provider.example/", timeout=0)
        assert late == ["connect", "read", "write"]
        client.fetch_request_token("https://provider.example/", timeout=60)
    assert late == ["connect", "read", "write"]


@pytest.mark.parametrize(
    "timeout",
    [{"sock_read": 3}, {"connect": 2}, {"total": None}, {"total": None, "sock_read": 5.5}, {"total": 3}, {"total": 0}],
    ids=str,
)
def test_timeouts_of_aiohttp(timeout: dict[str, Any]) -> None:
    given = aiohttp.ClientTimeout(**timeout)

    async def steps() -> None:
        async with AsyncOAuth1Client("client", "secret") as client:
            assert await client.fetch_request_token(server.origin, timeout=given) == TOKEN
        async with AsyncOAuth1Client("client", "secret", timeout=given) as client:
            assert await client.fetch_request_token(server.origin) == TOKEN

    with ScriptedServer(answer(FORM)) as server:
        asyncio.run(steps())


@pytest.mark.parametrize(
    "timeout", [None, 10, 10.0, (1, 2), (1.5, None), Timeout(3), Timeout(total=3), Timeout(connect=1, read=2)], ids=str
)
def test_timeouts_of_requests(timeout: Any) -> None:
    with ScriptedServer(answer(FORM)) as server, OAuth1Session("client", "secret") as session:
        assert session.fetch_request_token(server.origin, timeout=timeout) == TOKEN


def test_what_requests_takes_for_no_timeout_is_refused_by_requests() -> None:
    with OAuth1Session("client", "secret") as session, pytest.raises(ValueError, match="imeout") as caught:
        session.fetch_request_token("http://127.0.0.1:9/", timeout=[1, 2])
    assert "requests" in str(caught.traceback[-2].path) or "urllib3" in str(caught.traceback[-1].path)
    assert not isinstance(caught.value, requests.RequestException)


@given(st.lists(st.one_of(st.none(), st.integers(0, 90), st.floats(0, 90)), min_size=4, max_size=4))
def test_the_longest_wait_is_the_whole_time_where_none_is_given(waits: list[Any]) -> None:
    """At least 30 seconds, for the timeout object of any library."""
    longest = max([LEG_TIMEOUT, *[wait for wait in waits if wait is not None]])
    names = ("connect", "read", "write", "pool")
    timeouts = [
        tuple(waits),
        httpx.Timeout(**dict(zip(names, waits, strict=True))),
        httpx2.Timeout(**dict(zip(names, waits, strict=True))),
        aiohttp.ClientTimeout(None, waits[0], waits[1], waits[2]),
    ]
    assert [total_time(timeout) for timeout in timeouts[:3]] == [longest] * 3
    assert total_time(timeouts[3]) == max([LEG_TIMEOUT, *[wait for wait in waits[:3] if wait is not None]])
