"""The handlers of a login's effects: which clients, caches and functions they accept, and what they report."""

import asyncio
import subprocess
import sys
from typing import Any

import pytest

from oauthone.errors import StoreError
from oauthone.login._browser_session import MappingSession
from oauthone.login._effects import DropCache, ReadCache, WriteCache
from oauthone.login._handlers import AsyncEffectHandler, EffectHandler
from oauthone.testing import ProviderBox

from .caches import AsyncCache, SyncCache
from .conftest import Opener
from .sites import SITES, Clock


def test_a_cache_that_does_not_store_or_does_not_report_deletion_is_rejected() -> None:
    class Full(SyncCache):
        def set(self, key: str, value: str, seconds: int) -> Any:
            return False

    class Silent(SyncCache):
        def delete(self, key: str) -> Any:
            return None

    with pytest.raises(StoreError, match="did not keep"):
        EffectHandler((), None, Full())(WriteCache("key", "value", 600))
    with pytest.raises(StoreError, match="returned None"):
        EffectHandler((), None, Silent())(DropCache("key"))


@pytest.mark.parametrize("framework", ["flask", "django", "plain"], indirect=True)
def test_synchronous_applications_reject_an_asynchronous_cache(open_site: Opener) -> None:
    """The error says so, and no coroutine is left behind."""
    app = open_site(cache=AsyncCache()).app

    with pytest.raises(TypeError, match="the cache has to be awaited"):
        app._run(app.start_login(None, None, "", {}), MappingSession({}))


def test_asynchronous_redis_works_as_a_cache(redis_port: int) -> None:
    from redis.asyncio import Redis

    async def scenario() -> list[Any]:
        async with Redis(port=redis_port) as redis:
            handler = AsyncEffectHandler((), None, redis)
            await handler(WriteCache("oauthone_login_async", "text", 600))
            read = await handler(ReadCache("oauthone_login_async"))
            return [
                read,
                await handler(DropCache("oauthone_login_async")),
                await handler(DropCache("oauthone_login_async")),
            ]

    assert asyncio.run(scenario()) == [b"text", 1, 0]


def test_client_kwargs_reach_the_http_client(framework: str, box: ProviderBox, clock: Clock) -> None:
    """Such as the signature method."""
    client = box.clients["RSA-SHA256"]
    registered = {
        "client_id": client.client_id,
        "client_secret": None,
        "client_kwargs": {"signature_method": "RSA-SHA256", "rsa_key": client.rsa_key},
    }

    page = SITES[framework](box, registered, clock=clock).browser().log_in(box)

    assert page.status == 200


def test_client_cls_makes_the_requests(open_site: Opener, box: ProviderBox) -> None:
    site = open_site()
    if site.is_async:
        from oauthone.clients.httpx import AsyncOAuth1Client as Base
    else:
        from oauthone.clients.requests import OAuth1Session as Base

    class Counting(Base):
        made = 0

        def __init__(self, *arguments: Any, **options: Any) -> None:
            Counting.made += 1
            super().__init__(*arguments, **options)

    assert open_site(registered={"client_cls": Counting}).browser().log_in(box).status == 200
    assert Counting.made == 2


@pytest.mark.parametrize(
    ("hidden", "expected"),
    [((), "httpx2"), (("httpx2",), "httpx"), (("httpx", "httpx2"), 'pip install "oauthone[httpx2]"')],
)
def test_httpx2_is_preferred_to_httpx(hidden: tuple[str, ...], expected: str) -> None:
    """Without both, the error names the extra."""
    program = f"""
import sys
for name in {hidden!r}:
    sys.modules[name] = None
from oauthone.login._handlers import httpx_client
try:
    print(httpx_client().__module__)
except ModuleNotFoundError as missing:
    print(missing)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50, check=True)

    assert expected in done.stdout


def test_a_library_that_httpx2_lacks_is_reported_by_its_own_name() -> None:
    program = """
import sys
sys.modules["oauthone.clients._httpx_clients"] = None
from oauthone.login._handlers import httpx_client
httpx_client()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50)

    assert done.returncode == 1
    assert "oauthone.clients._httpx_clients" in done.stderr
