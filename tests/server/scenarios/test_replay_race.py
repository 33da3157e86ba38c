"""A replay race between real processes: small here, at full size and over every store in ``make race``."""

from pathlib import Path

import pytest
from race.course import accepted, exchanges, replays, sent, served, tally
from race.worker import store_for
from sampling import FULL

from ..services import RedisClusterServers, RedisServer

#: A store that checks first and stores then accepts more than one copy in every second round.
ROUNDS = 15 if FULL else 8


@pytest.fixture(params=["sqlite", "redis", "cluster"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    if request.param == "cluster":
        cluster: RedisClusterServers = request.getfixturevalue("redis_cluster")
        return f"cluster:{cluster.port}"
    server: RedisServer = request.getfixturevalue("redis_server")
    return server.url


def test_each_request_and_each_exchange_is_accepted_once(store_url: str) -> None:
    """4 processes send 32 copies of each to 4 workers."""
    store = store_for(store_url)
    if hasattr(store, "create_all"):
        store.create_all()
    with served(store_url, workers=4) as port:
        for make in (replays, exchanges):
            results, _ = sent(port, make(store, port, ROUNDS))
            assert tally(results) == {"200": ROUNDS, "401": ROUNDS * 31}
            assert {len(accepted(answers)) for answers in results} == {1}
    store.close()
