"""Sessions of niquests in four ways: sync and async, one request at a time and multiplexed."""

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import niquests
import pytest

from oauthone.clients.niquests import AsyncOAuth1Session, OAuth1Auth, OAuth1Session
from oauthone.testing import ProviderBox

#: Makes one request: method, URL, arguments.
Call = tuple[str, str, dict[str, Any]]


class Way:
    """One way to send.

    Args:
        name: ``"sync"`` or ``"async"``, with or without ``" multiplexed"``.
        bare: whether a plain session of niquests sends, with our auth.
    """

    def __init__(self, name: str, bare: bool = False) -> None:
        self.is_async = name.startswith("async")
        self.multiplexed = name.endswith("multiplexed")
        self.bare = bare

    def open(self, box: ProviderBox, method: str, placement: str, **options: Any) -> Any:
        """Return a session with token credentials of ``box``."""
        given = {**box.clients[method].credentials(), **box.issue_token(box.clients[method])._asdict()}
        if self.bare:
            kind: Any = niquests.AsyncSession if self.is_async else niquests.Session
            auth = OAuth1Auth(**given, signature_type=placement)
            session = kind(multiplexed=self.multiplexed, auth=auth, **options)
        else:
            kind = AsyncOAuth1Session if self.is_async else OAuth1Session
            session = kind(**given, signature_type=placement, multiplexed=self.multiplexed, **options)
        session.verify = box.ca_file or True
        return session

    def send(
        self, box: ProviderBox, *calls: Call, method: str = "HMAC-SHA1", placement: str = "HEADER", **options: Any
    ) -> list[niquests.Response]:
        """Send all requests, then wait for the responses."""
        if self.is_async:
            return asyncio.run(self._asend(box, calls, method, placement, options))
        with self.open(box, method, placement, **options) as session:
            responses = [session.request(verb, url, **arguments) for verb, url, arguments in calls]
            session.gather()
            return responses

    async def _asend(
        self, box: ProviderBox, calls: Any, method: str, placement: str, options: dict[str, Any]
    ) -> list[niquests.Response]:
        async with self.open(box, method, placement, **options) as session:
            responses = [await session.request(verb, url, **arguments) for verb, url, arguments in calls]
            await session.gather()
            return responses


WAYS = ["sync", "async", "sync multiplexed", "async multiplexed"]


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    """Each way in turn, with our sessions."""
    return Way(request.param)


@pytest.fixture(params=WAYS)
def bare(request: pytest.FixtureRequest) -> Way:
    """Each way in turn, with plain sessions and our auth."""
    return Way(request.param, bare=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ignore when a multiplexed session releases its connections: these tests are not about that."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))


@pytest.fixture(autouse=True)
def collected(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collect what a test of a multiplexed session leaves behind."""
    yield
    if "multiplexed" in request.node.name:
        gc.collect()
        gc.freeze()  # so the next collection searches only what is new
