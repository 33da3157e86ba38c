"""`RedisStore` in a Redis that is full, gone or back again, alone and in a cluster."""

import time
from collections.abc import Generator
from typing import Any

import pytest
import redis
import redis.asyncio

from oauthone.errors import StoreError
from oauthone.server.stores._redis_nonces import RedisNonces
from oauthone.server.stores.redis import RedisStore

from ..needed import skip_without
from ..services import RedisClusterServers, RedisServer
from ..setting import Clock
from .backends import Opened, open_cluster_store


def test_a_redis_that_is_full_accepts_nothing_more_and_forgets_nothing() -> None:
    skip_without(RedisServer)
    with RedisServer("--maxmemory", "16mb", "--maxmemory-policy", "noeviction") as server:
        store = RedisStore(server.url, clock=Clock(), timeout=20)
        now = int(time.time())
        accepted = [number for number in range(100) if store.use_nonce("client", "t", now, str(number))]

        def fill() -> None:
            for number in range(10_000):
                store._redis.set(f"filler:{number}", "x" * 100_000)

        with pytest.raises(redis.exceptions.OutOfMemoryError):
            fill()

        def accept_more() -> None:
            for number in range(100, 10_000):
                if store.use_nonce("client", "t", now, str(number)):
                    accepted.append(number)

        with pytest.raises(StoreError, match="OutOfMemory"):
            accept_more()
        assert len(accepted) >= 100
        nonces, counts = RedisNonces("oauthone:", 300, 1).keys("client", now)
        assert store._redis.scard(nonces) == len(accepted)
        assert [int(count) for count in store._redis.hvals(counts)] == [len(accepted)]
        store.close()


@pytest.fixture(scope="module")
def mortal_cluster() -> Generator[RedisClusterServers, None, None]:
    """A cluster whose nodes soon detect that another one is down."""
    skip_without(RedisClusterServers)
    with RedisClusterServers("--cluster-node-timeout", "500") as cluster:
        yield cluster


@pytest.fixture(params=[False, True], ids=["cluster", "cluster-async"])
def clustered(
    request: pytest.FixtureRequest, mortal_cluster: RedisClusterServers
) -> Generator[tuple[RedisClusterServers, Opened], None, None]:
    """That cluster, complete and empty, and a store in it."""
    mortal_cluster.revive()
    store = open_cluster_store(mortal_cluster.port, request.param, 0.5, clock=Clock())
    yield mortal_cluster, store
    store.end()


def nonces_by_node(cluster: RedisClusterServers, lost: RedisServer) -> tuple[list[Any], list[Any]]:
    """Return arguments of ``use_nonce`` for clients on the other nodes, and for some on the lost node."""
    now = int(time.time())
    calls = [(f"c{number}", "t", now, "n") for number in range(30)]
    places = [RedisNonces("oauthone:", 300, 1).keys(client_id, now) for client_id, *_ in calls]
    on_lost = [cluster.node_of(counts) is lost for _, counts in places]
    assert all(cluster.node_of(nonces) is cluster.node_of(counts) for nonces, counts in places)
    assert 0 < sum(on_lost) < len(calls)
    return [c for c, on in zip(calls, on_lost, strict=True) if not on], [
        c for c, on in zip(calls, on_lost, strict=True) if on
    ]


def used(store: Opened, calls: list[Any]) -> set[bool | None]:
    """Return the results of ``use_nonce``, one call at a time; None for a `StoreError`."""
    return {store.at_once("use_nonce", [call], (StoreError,))[0] for call in calls}


def test_a_node_that_was_killed_is_an_error_and_the_others_go_on(clustered: tuple[RedisClusterServers, Opened]) -> None:
    """Before and after the others detect it. When it is back, it serves; the page about stores says what it lost."""
    cluster, store = clustered
    lost = cluster.nodes[1]
    elsewhere, there = nonces_by_node(cluster, lost)
    assert used(store, elsewhere[:5] + there[:2]) == {True}
    lost.kill()
    assert used(store, there) == {None}
    assert (used(store, elsewhere[:5]), used(store, elsewhere[5:10])) == ({False}, {True})
    cluster.wait_until_missed(lost)
    assert used(store, there) == {None}
    assert (used(store, elsewhere[:10]), used(store, elsewhere[10:])) == ({False}, {True})
    lost.start()
    cluster.wait_until_complete()
    used(store, there[:1])  # may still use a broken connection
    assert (used(store, elsewhere), used(store, there[1:]), used(store, there)) == ({False}, {True}, {False})


def test_no_request_is_accepted_whose_cluster_node_is_gone(clustered: tuple[RedisClusterServers, Opened]) -> None:
    """An error in the cluster's client is the usual error."""
    cluster, store = clustered
    elsewhere, there = nonces_by_node(cluster, cluster.nodes[1])
    cluster.nodes[1].kill()
    for _ in range(3):
        outcome = store.at_once("use_nonce", [*elsewhere, *there], (StoreError,))
        assert set(outcome[len(elsewhere) :]) == {None}
    assert None not in used(store, elsewhere)


def test_a_node_that_hangs_is_an_error_and_the_others_go_on(clustered: tuple[RedisClusterServers, Opened]) -> None:
    """Without a timeout this would never end."""
    cluster, store = clustered
    elsewhere, there = nonces_by_node(cluster, cluster.nodes[1])
    cluster.nodes[1].pause()
    assert used(store, there[:2]) == {None}
    assert used(store, elsewhere[:2]) == {True}


def test_a_redis_that_came_back_is_used_again() -> None:
    """Broken connections are replaced; the page about stores says what it lost."""
    skip_without(RedisServer)
    now = int(time.time())
    with RedisServer() as server:
        store = RedisStore(server.url, clock=Clock(), timeout=0.5)
        assert store.use_nonce("c", "t", now, "n")
        server.kill()
        with pytest.raises(StoreError):
            store.use_nonce("c", "t", now, "m")
        server.start()
        assert store.use_nonce("c", "t", now, "m")
        assert not store.use_nonce("c", "t", now, "m")
        store.close()
