"""The module for httpx2 offers what the module for httpx does, and one auth serves both."""

import asyncio
from importlib import import_module
from typing import Any

import httpx
import httpx2
import pytest

from oauthone.testing import ProviderBox

from .matrix import nonces, places

PLACEMENTS = ["HEADER", "QUERY", "BODY"]


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_one_auth_serves_both_libraries(box: ProviderBox, options: Any, placement: str) -> None:
    """Sync and async, as auth= of a function, of a client and of one request; the module of either has it."""
    from oauthone.clients.httpx import OAuth1Auth
    from oauthone.clients.httpx2 import OAuth1Auth as TheSame

    auth = OAuth1Auth(**options(placement))
    assert OAuth1Auth is TheSame

    async def awaited() -> None:
        async with httpx.AsyncClient() as one, httpx2.AsyncClient(auth=auth) as two:
            await one.post(box.echo_url, data={"a": "1"}, auth=auth)
            await two.post(box.echo_url, data={"a": "1"})

    httpx.get(box.echo_url, auth=auth)
    httpx2.get(box.echo_url, auth=auth)
    with httpx.Client(auth=auth) as client:
        client.post(box.echo_url, data={"a": "1"})
    asyncio.run(awaited())
    asyncio.run(awaited())

    assert len(set(nonces(box.requests))) == len(box.requests) == 7
    assert {place for one in box.requests for place in places(one)} == {placement}


def test_both_modules_offer_the_same_names_over_their_own_library() -> None:
    ours, theirs = import_module("oauthone.clients.httpx2"), import_module("oauthone.clients.httpx")
    assert ours.__all__ == theirs.__all__
    for name, base in (
        ("OAuth1Client", "Client"),
        ("AsyncOAuth1Client", "AsyncClient"),
        ("SigningTransport", "BaseTransport"),
        ("SigningTransport", "AsyncBaseTransport"),
    ):
        assert issubclass(getattr(ours, name), getattr(httpx2, base))
        assert issubclass(getattr(theirs, name), getattr(httpx, base))
        assert ours.__dict__[name] is not theirs.__dict__[name]
