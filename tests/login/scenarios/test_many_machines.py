"""Several processes and one Redis: a login begins at one process and ends at another."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import NamedTuple

import pytest
from server.needed import skip_without
from server.services import RedisServer

from .. import crowd
from ..crowd import FRAMEWORKS, WORKERS, Site, Visit, Visitor, lifetimes

COUNT = 60
AT_A_TIME = 20


class Setting(NamedTuple):
    """Where it happens."""

    site: Site
    redis: RedisServer


@pytest.fixture(scope="module", params=FRAMEWORKS)
def setting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    """The application on each framework in turn, in four processes."""
    skip_without(RedisServer)
    with RedisServer() as redis, crowd.site(request.param, redis.port, tmp_path_factory.mktemp("machines")) as site:
        yield Setting(site, redis)


def exchanges(site: Site) -> int:
    """How many tokens the provider gave out."""
    return sum(one.url.endswith("/oauth/access_token") and one.refused is None for one in site.box.requests)


def test_many_users_can_log_in_at_once(setting: Setting) -> None:
    """Each finishes in another process than it began in. Every key expires, and none is left."""
    seen: list[int] = []

    def look(number: int) -> None:
        if number % 10 == 0:
            seen.extend(lifetimes(setting.redis.port))

    setting.site.box.requests.clear()

    visits = setting.site.crowd(COUNT, AT_A_TIME, while_away=look)

    ended = [visit.last for visit in visits]
    assert [page.status for page in ended] == [200] * COUNT
    expected = [{"visitor": str(number), "user": f"user-{number}"} for number in range(COUNT)]
    assert [page.json for page in ended] == expected
    assert [visit.after for visit in visits] == [visit.user for visit in visits]
    assert all(visit.began.worker != visit.last.worker for visit in visits)
    assert len({visit.began.worker for visit in visits}) == len({page.worker for page in ended}) == WORKERS
    assert exchanges(setting.site) == COUNT
    assert len(seen) >= COUNT // 10
    assert all(0 < left <= 600 for left in seen)
    assert lifetimes(setting.redis.port) == []


def test_one_callback_sent_to_every_process_logs_in_once(setting: Setting) -> None:
    """The provider is asked once."""
    setting.site.box.requests.clear()
    for number in range(10):
        visitor = Visitor()
        callback = setting.site.approve(setting.site.begin(visitor, number), f"user-{number}")

        with ThreadPoolExecutor(WORKERS) as together:
            pages = list(together.map(visitor.open, setting.site.ports, [callback] * WORKERS))

        assert sorted(page.status for page in pages) == [200, 400, 400, 400]
        assert {page.json["error"] for page in pages if page.status == 400} <= {"CallbackReused", "LoginLost"}
    assert exchanges(setting.site) == 10


def test_logins_finish_or_answer_503_while_redis_is_down(setting: Setting) -> None:
    """When Redis is back, logins work again."""
    gone, lock = Event(), Lock()
    finished: list[Visit] = []

    def wait(number: int) -> None:
        if number % 10 == 0:  # these are away when it happens
            assert gone.wait(crowd.PATIENCE)

    def count(visit: Visit) -> None:
        with lock:
            finished.append(visit)
            if len(finished) == COUNT // 2:
                setting.redis.kill()
                gone.set()

    setting.site.box.requests.clear()

    visits = setting.site.crowd(COUNT, AT_A_TIME, while_away=wait, when_finished=count)

    whole = [visit for visit in visits if visit.is_finished]
    broken = [visit for visit in visits if not visit.is_finished]
    assert len(whole) >= COUNT // 2
    assert all(visit.last.json["user"] == visit.after == visit.user for visit in whole)
    assert {(visit.last.status, visit.last.json["error"]) for visit in broken} == {(503, "StoreError")}
    assert {visit.after for visit in broken} == {None}
    assert all(visits[number].ended and not visits[number].is_finished for number in range(0, 20, 10))
    assert exchanges(setting.site) == len(whole)

    setting.redis.start()
    again = setting.site.crowd(WORKERS, WORKERS)
    assert [visit.after for visit in again] == [f"user-{number}" for number in range(WORKERS)]
