"""The limits of a leg: its timeout, its own options, and the size of a response."""

from typing import Any

import aiohttp
import httpx
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.clients._legs import LEG_TIMEOUT, total_time
from oauthone.clients.requests import OAuth1Session
from oauthone.testing import ProviderBox


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
