"""Logins in the caches that people have, over several workers, and when a cache fails."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from oauthone.login._effects import DropCache, ReadCache, WriteCache
from oauthone.login._handlers import EffectHandler
from oauthone.testing import ProviderBox

from ..caches import AsyncCache, BrokenCache, SyncCache
from ..conftest import Opener
from ..sites import SITES, Clock, Site


def simple_cache(folder: Path, redis_port: int) -> Any:
    from cachelib import SimpleCache

    return SimpleCache()


def file_cache(folder: Path, redis_port: int) -> Any:
    from cachelib import FileSystemCache

    return FileSystemCache(str(folder))


def cachelib_redis(folder: Path, redis_port: int) -> Any:
    from cachelib import RedisCache

    return RedisCache("127.0.0.1", redis_port)


def flask_caching(folder: Path, redis_port: int) -> Any:
    from flask import Flask
    from flask_caching import Cache

    app = Flask("cached")
    cache = Cache(app, config={"CACHE_TYPE": "SimpleCache"})
    with app.app_context():
        return cache.cache


def django_cache(folder: Path, redis_port: int) -> Any:
    from django.core.cache.backends.locmem import LocMemCache

    return LocMemCache("logins", {})


def django_redis(folder: Path, redis_port: int) -> Any:
    from django.core.cache.backends.redis import RedisCache

    return RedisCache(f"redis://127.0.0.1:{redis_port}", {})


def redis_py(folder: Path, redis_port: int) -> Any:
    from redis import Redis

    return Redis(port=redis_port)


def redis_py_text(folder: Path, redis_port: int) -> Any:
    from redis import Redis

    return Redis(port=redis_port, decode_responses=True)


MAKERS: list[Callable[[Path, int], Any]] = [
    simple_cache,
    file_cache,
    cachelib_redis,
    flask_caching,
    django_cache,
    django_redis,
    redis_py,
    redis_py_text,
]


@pytest.fixture(params=MAKERS, ids=lambda maker: maker.__name__)
def cache(request: pytest.FixtureRequest, tmp_path: Path, redis_port: int) -> Iterator[Any]:
    """Each cache in turn."""
    from ..django_site import configure

    configure()
    made = request.param(tmp_path, redis_port)
    yield made
    if hasattr(made, "close"):
        made.close()


@pytest.mark.covering(times=2)
@pytest.mark.parametrize("framework", ["flask", "django", "django-async", "starlette", "plain"], indirect=True)
def test_a_login_works_once_with_each_cache(open_site: Opener, cache: Any, box: ProviderBox) -> None:
    """Not a second time, and not in another browser."""
    site = open_site(cache=cache)
    browser = site.browser()
    callback, other = box.visit(browser.begin()), box.visit(browser.begin())

    assert browser.come_back(callback).status == 200
    assert browser.come_back(callback).error == "CallbackReused"
    victim = site.browser()
    victim.begin()
    assert victim.come_back(other).error == "OtherBrowser"
    assert browser.come_back(other).status == 200


@pytest.mark.parametrize("cache", [one for one in MAKERS if "redis" in one.__name__], indirect=True)
def test_only_one_of_several_threads_deletes_a_login_from_redis(cache: Any) -> None:
    handler = EffectHandler((), None, cache)
    handler(WriteCache("oauthone_login_test", "text", 600))
    together, outcomes = Barrier(8), list[bool]()

    def drop() -> None:
        together.wait(20)
        outcomes.append(bool(handler(DropCache("oauthone_login_test"))))

    threads = [Thread(target=drop) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [False] * 7 + [True]
    assert handler(ReadCache("oauthone_login_test")) is None


def test_redis_keeps_a_login_for_ten_minutes(redis_port: int, box: ProviderBox, clock: Clock) -> None:
    """Every key has an expiry time."""
    from redis import Redis

    with Redis(port=redis_port) as redis:
        redis.flushdb()
        site = SITES["flask"](box, cache=redis, clock=clock)
        site.browser().begin()

        (key,) = redis.keys("*")
        assert 590 < redis.ttl(key) <= 600


@pytest.mark.parametrize("framework", ["starlette", "fastapi", "django-async", "plain-async"], indirect=True)
def test_a_cache_may_be_asynchronous_and_return_octets(open_site: Opener, box: ProviderBox) -> None:
    browser = open_site(cache=AsyncCache()).browser()
    callback = box.visit(browser.begin())

    assert browser.come_back(callback).status == 200
    assert browser.come_back(callback).error == "CallbackReused"


@pytest.mark.covering
@pytest.mark.parametrize("method", ["get", "set", "delete"])
def test_a_failing_cache_stops_the_login_with_a_store_error(open_site: Opener, box: ProviderBox, method: str) -> None:
    """The message quotes no address, and the provider is not asked for a token."""
    cache = BrokenCache()
    browser = open_site(cache=cache).browser()
    callback = box.visit(browser.begin())
    cache.broken = (method,)

    page = browser.open("/login?to=http://localhost/callback") if method == "set" else browser.come_back(callback)

    assert page.error == "StoreError"
    assert "hunter2" not in page.text
    assert not any("/access_token" in one.url for one in box.requests)


@pytest.mark.covering
@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_login_can_be_finished_after_the_cache_has_recovered(
    open_site: Opener, box: ProviderBox, method: str
) -> None:
    """The user reloads the callback and is logged in, once."""
    cache = BrokenCache()
    browser = open_site(cache=cache).browser()
    callback = box.visit(browser.begin())
    cache.broken = (method,)
    assert [browser.come_back(callback).error for _ in range(2)] == ["StoreError"] * 2
    cache.broken = ()

    assert browser.come_back(callback).status == 200
    assert browser.come_back(callback).error == "CallbackReused"


def test_a_denial_ends_the_login_after_the_cache_has_recovered(open_site: Opener, box: ProviderBox) -> None:
    cache = BrokenCache()
    browser = open_site(cache=cache).browser()
    callback = box.visit(browser.begin())
    token = parse_qs(urlsplit(callback).query)["oauth_token"][0]
    cache.broken = ("delete",)
    assert browser.open(f"/callback?denied={token}").error == "StoreError"
    cache.broken = ()

    assert browser.open(f"/callback?denied={token}").error == "AccessDenied"
    assert cache.cache.kept == {}
    assert browser.come_back(callback).error == "CallbackReused"


def test_the_error_for_a_login_that_the_cache_lost_names_both_causes(open_site: Opener, box: ProviderBox) -> None:
    """It was evicted, or it is in the memory of another process."""
    cache = SyncCache()
    browser = open_site(cache=cache).browser()
    callback = box.visit(browser.begin())
    cache.kept.clear()

    page = browser.come_back(callback)

    assert page.error == "LoginLost"
    assert "Give all processes one cache" in page.json["message"]


@pytest.mark.covering
@pytest.mark.parametrize("cached", [True, False], ids=["cache", "session"])
def test_a_login_can_finish_in_another_process(open_site: Opener, box: ProviderBox, cached: bool) -> None:
    """A login needs nothing from the memory of the process that it began in."""
    cache = SyncCache() if cached else None
    first, second = open_site(cache=cache), open_site(cache=cache)
    browser = first.browser()
    callback = box.visit(browser.begin())

    swap(first, second)

    assert browser.come_back(callback).status == 200


@pytest.mark.parametrize("framework", ["flask", "django-server", "django-async-server"], indirect=True)
@pytest.mark.parametrize("cached", [True, False], ids=["cache", "session"])
def test_a_failing_view_uses_the_login_up_for_all_processes(open_site: Opener, box: ProviderBox, cached: bool) -> None:
    """In frameworks that save the session even if the view fails, or with a cache."""
    cache = SyncCache() if cached else None
    first, second = open_site(cache=cache), open_site(cache=cache)
    browser = first.browser()
    callback = box.visit(browser.begin())
    assert browser.come_back(callback, "/failing").status == 500

    swap(first, second)

    assert browser.come_back(callback).error == "CallbackReused"


@pytest.mark.parametrize("framework", ["django", "django-async", "starlette", "fastapi"], indirect=True)
def test_a_cache_remembers_the_used_login_if_a_failing_view_sends_no_cookie(
    open_site: Opener, box: ProviderBox
) -> None:
    """These frameworks send no cookie with a 500."""
    cache = SyncCache()
    first, second = open_site(cache=cache), open_site(cache=cache)
    browser = first.browser()
    callback = box.visit(browser.begin())
    assert browser.come_back(callback, "/failing").status == 500
    asked = len(box.requests)

    swap(first, second)

    assert browser.come_back(callback).error == "LoginLost"
    assert len(box.requests) == asked


def swap(first: Site, second: Site) -> None:
    """Let the browsers of ``first`` talk to what ``second`` is made of from now on."""
    first.oauth, first.app = second.oauth, second.app
