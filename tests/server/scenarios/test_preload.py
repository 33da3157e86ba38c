"""``gunicorn --preload`` with a store that was used before the fork accepts each request once, and none fails."""

from pathlib import Path

import pytest
from race.course import accepted, preloaded, replays, sent, tally
from race.worker import store_for
from sampling import FULL

from ..services import PostgresServer, RedisServer

#: A store that checks first and stores then accepts more than one copy in every second round.
ROUNDS = 12 if FULL else 6


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    if request.param == "postgresql":
        postgres: PostgresServer = request.getfixturevalue("postgres_server")
        return postgres.url("pg8000")
    redis: RedisServer = request.getfixturevalue("redis_server")
    return redis.url


@pytest.mark.covering
@pytest.mark.parametrize(("how", "threads"), [("", 4), ("async:", 1)], ids=["plain", "coroutines"])
def test_workers_that_were_forked_from_a_used_store_accept_each_request_once(
    store_url: str, how: str, threads: int
) -> None:
    """4 processes send 32 copies of each to 4 workers."""
    store = store_for(store_url)
    if hasattr(store, "create_all"):
        store.create_all()
    with preloaded(how + store_url, workers=4, threads=threads) as port:
        results, _ = sent(port, replays(store, port, ROUNDS))
    store.close()
    assert tally(results) == {"200": ROUNDS, "401": ROUNDS * 31}
    assert {len(accepted(answers)) for answers in results} == {1}
