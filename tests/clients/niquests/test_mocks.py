"""Under a mock of niquests, sessions and auths sign, and the mock sees what was signed."""

import asyncio
import re
from typing import Any

import niquests
import niquests_mock
import pytest

from oauthone.testing import ProviderBox

from .conftest import Way

URL = "https://api.example/a"


def nonce_of(box: ProviderBox, request: niquests.PreparedRequest) -> str:
    """Return the nonce of a request that was never sent, after the box's verifier accepted it."""
    body: Any = request.body or b""
    body = body.encode() if isinstance(body, str) else body
    headers: Any = (request.headers or {}).items()
    return box.verifier.verify(str(request.method), str(request.url), headers, body).parameters["oauth_nonce"]


@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
@pytest.mark.parametrize("is_bare", [False, True], ids=["session", "auth"])
def test_a_mock_sees_signed_requests(box: ProviderBox, is_bare: bool, placement: str) -> None:
    with niquests_mock.mock() as mock, Way("sync", is_bare).open(box, "HMAC-SHA1", placement) as session:
        route = mock.post(re.compile(f"{URL}.*"))
        route.respond(200, json={"fine": True})
        response = session.post(URL, data={"x": "1"})
        assert (response.json(), route.call_count) == ({"fine": True}, 1)
        assert response.request.headers == route.calls[0].request.headers
        assert nonce_of(box, route.calls[0].request)


@pytest.mark.parametrize("is_bare", [False, True], ids=["session", "auth"])
def test_a_mock_sees_signed_requests_that_are_awaited(box: ProviderBox, is_bare: bool) -> None:
    async def main() -> None:
        with niquests_mock.mock() as mock:
            route = mock.post(re.compile(f"{URL}.*"))
            route.respond(200)
            async with Way("async", is_bare).open(box, "HMAC-SHA1", "HEADER") as session:
                await session.post(URL, data={"x": "1"})
            assert nonce_of(box, route.calls[0].request)

    asyncio.run(main())
