"""The limits of a leg: its timeout, its own options, and the size of a response."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from time import monotonic
from typing import Any, ClassVar

import aiohttp
import httpx
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.clients import httpx as httpx_client
from oauthone.clients import httpx2 as httpx2_client
from oauthone.clients._legs import LEG_TIMEOUT, TimeLeft, aread, is_success, read, refuse_own_options, total_time
from oauthone.clients.requests import OAuth1Session
from oauthone.core.credentials import MAX_RESPONSE_BODY
from oauthone.core.flow import Leg, Reply
from oauthone.errors import TokenResponseError
from oauthone.testing import ProviderBox

LEG = Leg("POST", "https://user:canary@provider.example/token?secret=canary")


@given(st.lists(st.one_of(st.none(), st.integers(0, 90), st.floats(0, 90)), min_size=4, max_size=4))
def test_the_time_limit_is_the_longest_wait_if_no_total_is_passed(waits: list[Any]) -> None:
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


@pytest.mark.parametrize("option", ["auth", "allow_redirects", "stream"])
def test_an_option_that_a_leg_sets_itself_is_a_type_error(box: ProviderBox, option: str) -> None:
    """An option that a leg would override is an error, before anything is sent."""
    with OAuth1Session(**box.client.credentials()) as client, pytest.raises(TypeError, match=option):
        client.fetch_request_token(box.request_token_url, **{option: True})

    assert box.requests == []


class FakeResponse:
    """What tests return from a method that they replaced: an answer without a connection."""

    status_code = 200
    text = "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true"
    cookies: ClassVar[list[Any]] = []


@pytest.mark.parametrize("kind", [OAuth1Session, httpx_client.OAuth1Client, httpx2_client.OAuth1Client])
def test_a_leg_reads_the_response_of_a_method_that_a_test_has_replaced(kind: Any) -> None:
    """The response did not pass the leg's hook; it is a `FakeResponse`, or a mock with these attributes."""
    with kind("c", "s") as client:
        client.send = lambda request, **_: FakeResponse()
        client.stream = lambda **_: nullcontext(FakeResponse())
        assert client.fetch_request_token("https://provider.example/token")["oauth_token"] == "t"


def test_an_awaited_leg_reads_it_too() -> None:
    """`AsyncOAuth1Client` of both libraries."""

    async def steps(kind: Any) -> str:
        async with kind("c", "s") as client:
            client.stream = lambda **_: nullcontext(FakeResponse())
            return str((await client.fetch_request_token("https://provider.example/token"))["oauth_token"])

    for library in (httpx_client, httpx2_client):
        assert asyncio.run(steps(library.AsyncOAuth1Client)) == "t"


@pytest.mark.parametrize(("timeout", "limit"), [(None, None), (5, 5), (40.5, 40.5), (aiohttp.ClientTimeout(7, 60), 7)])
def test_a_number_or_a_total_is_the_time_limit(timeout: Any, limit: float | None) -> None:
    assert total_time(timeout) == limit


def test_a_total_of_0_means_no_total() -> None:
    """aiohttp reads it so."""
    assert total_time(aiohttp.ClientTimeout(total=0)) == LEG_TIMEOUT


def test_only_the_options_that_a_leg_sets_itself_are_refused() -> None:
    refuse_own_options({"timeout": 1, "headers": {}}, "auth", "stream")
    with pytest.raises(TypeError, match="a request for credentials sets 'stream' itself: do not pass it"):
        refuse_own_options({"timeout": 1, "stream": None}, "auth", "stream")


def test_the_timeout_of_a_step_is_the_time_left_but_at_most_its_own() -> None:
    assert float(TimeLeft(monotonic() + 100, 30)) == 30
    assert 0 < float(TimeLeft(monotonic() + 20, 30)) <= 20
    assert TimeLeft(monotonic() + 19.5, 30).__index__() == 20


def test_no_step_gets_a_timeout_after_the_end() -> None:
    late = TimeLeft(monotonic() - 1, 30)
    for convert in (float, lambda left: left.__index__()):
        with pytest.raises(TimeoutError, match="the time limit of a request for credentials has passed"):
            convert(late)
    assert repr(late) == "30"


def replies(status: int, headers: list[tuple[str, str]], chunks: list[bytes], is_decoded: bool = False) -> Reply:
    """The reply of `read`, after checking that `aread` makes the same one."""

    async def pieces() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    reply = read(LEG, status, headers, chunks, is_decoded)
    assert asyncio.run(aread(LEG, status, headers, pieces(), is_decoded)) == reply
    return reply


def test_a_response_without_a_coding_is_read_as_it_is() -> None:
    assert replies(200, [("A", "b")], [b"oauth_", b"token=t"]) == Reply(200, [("A", "b")], b"oauth_token=t")


def test_reading_stops_soon_after_the_limit() -> None:
    taken = 0

    def long() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(1000):
            taken += 1024
            yield b"x" * 1024

    body = read(LEG, 200, [], long()).body
    assert MAX_RESPONSE_BODY < len(body) == taken <= MAX_RESPONSE_BODY + 2048


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("X-GZip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate)],
)
def test_one_layer_of_gzip_or_deflate_is_decoded_up_to_the_limit(coding: str, pack: Any) -> None:
    headers = [("content-encoding", f" {coding} , identity")]
    assert replies(200, headers, [pack(b"oauth_token=t")]).body == b"oauth_token=t"
    assert len(replies(200, headers, [pack(b"x" * 10_000_000)]).body) == MAX_RESPONSE_BODY + 1


def test_a_body_that_was_decoded_before_stays_as_it_is() -> None:
    """Also if only its header is left, as a cache may store it."""
    packed = gzip.compress(b"oauth_token=t")
    assert replies(200, [("Content-Encoding", "gzip")], [packed], is_decoded=True).body == packed
    assert replies(200, [("Content-Encoding", "gzip")], [b"oauth_token=t"]).body == b"oauth_token=t"


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "zstd"])
def test_another_content_coding_is_an_error_unless_the_body_is_empty(coding: str) -> None:
    headers = [("Content-Encoding", coding)]
    with pytest.raises(
        TokenResponseError, match=r"content_coding_rejected: .* \(503\) has the content coding"
    ) as caught:
        replies(503, headers, [b"x"])
    assert caught.value.status == 503
    assert replies(200, headers, []).body == b""


def test_the_log_names_method_url_and_status_without_query_and_password(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG", logger="oauthone"):
        read(LEG, 200, [], [b"canary"])
    assert [record.getMessage() for record in caplog.records] == ["POST https://provider.example/token answered 200"]


@pytest.mark.parametrize(("status", "success"), [(199, False), (200, True), (299, True), (300, False), (401, False)])
def test_a_status_from_200_to_299_is_a_success(status: int, success: bool) -> None:
    assert is_success(Reply(status, [], b"")) is success
