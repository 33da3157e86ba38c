"""``make race``: test every store at full size, and kill Redis and Valkey meanwhile.

python -m race [STORE …] [--requests N]
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, NamedTuple

from server.services import PostgresServer, RedisClusterServers, RedisServer, ValkeyServer

from oauthone.server.stores._redis_nonces import RedisNonces
from race import failovers
from race.course import CLIENT, accepted, exchanges, know_client, replays, sent, served, tally
from race.outages import Outage, check, outage
from race.worker import Worker, store_for

STORES = (
    "memory",
    "sqlite",
    "postgresql",
    "redis",
    "redis-killed",
    "redis-killed-forgetful",
    "cluster",
    "cluster-killed",
    "valkey",
)
#: Clusters of three masters with a replica each. The guarded ones refuse writes while no replica keeps up.
FAILOVERS = ("cluster-failover", "cluster-failover-guarded", "valkey-failover", "valkey-failover-guarded")
EVERY = STORES + FAILOVERS
_KEPT = ("--appendonly", "yes", "--appendfsync", "always")
_KILLS = 3


class Course(NamedTuple):
    """The target of the requests, and what happens to its store meanwhile.

    Attributes:
        store: the name of the store.
        port: the port of the server.
        meanwhile: the function that stops and starts the store meanwhile.
        forgets: how often the store loses its data.
        pace: seconds between two requests, so that the requests outlast ``meanwhile``.
        waits: the number of timeouts that an outage can cost one request.
    """

    store: Any
    port: int
    meanwhile: Callable[[], list[Outage]] = list
    forgets: int = 0
    pace: float = 0
    waits: int = 0


@contextmanager
def course(name: str) -> Iterator[Course]:
    """Yield the course for the store of this name."""
    with TemporaryDirectory() as folder:
        if name == "memory":
            yield from _in_one_process()
        elif name == "sqlite":
            yield from _shared(f"sqlite:///{Path(folder) / 'store.db'}")
        elif name == "postgresql":
            with PostgresServer() as postgres:
                yield from _shared(postgres.url("pg8000"))
        elif name in ("redis", "valkey"):
            with (RedisServer if name == "redis" else ValkeyServer)() as redis:
                yield from _shared(redis.url)
        elif name == "cluster":
            with RedisClusterServers() as cluster:
                yield from _shared(f"cluster:{cluster.port}")
        elif name == "cluster-killed":
            with RedisClusterServers(*_KEPT) as cluster:
                for made in _shared(f"cluster:{cluster.port}"):
                    # To connect and to read a reply, and both again to read the cluster's layout.
                    yield made._replace(meanwhile=lambda: _kill_each_of(cluster), pace=0.05, waits=4)
        else:
            kept = () if name.endswith("forgetful") else _KEPT
            with RedisServer("--dir", folder, *kept) as redis:
                for made in _shared(redis.url):
                    told = (lambda: None) if kept else partial(know_client, made.store, made.port)
                    # To get a connection from the pool, to connect, and to read a reply.
                    killed = made._replace(meanwhile=partial(_kill, redis, told), pace=0.02, waits=3)
                    yield killed._replace(forgets=0 if kept else _KILLS)


def _kill(redis: RedisServer, tell: Callable[[], None]) -> list[Outage]:
    def start() -> None:
        redis.start()
        tell()

    return [outage(redis.kill, start, total=True) for _ in range(_KILLS)]


def _kill_each_of(cluster: RedisClusterServers) -> list[Outage]:
    """Kill each node in turn. All requests need the nodes with the client and its nonces, and some need another one."""

    def start(node: RedisServer) -> None:
        node.start()
        cluster.wait_until_complete()

    keys = f"oauthone:client:{CLIENT.client_id}", RedisNonces("oauthone:", 300, 1).keys(CLIENT.client_id, 0)[1]
    needed = [cluster.node_of(key) for key in keys]
    return [outage(node.kill, partial(start, node), total=node in needed) for node in cluster.nodes]


def _shared(url: str) -> Iterator[Course]:
    store = store_for(url)
    if hasattr(store, "create_all"):
        store.create_all()
    with served(url, workers=4) as port:
        yield Course(store, port)
    store.close()


def _in_one_process() -> Iterator[Course]:
    """Serve a store in memory from one process with many threads, because processes cannot share it."""
    import socket

    store = store_for("memory")
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        worker = Worker(listening, store)
        thread = Thread(target=worker.serve_forever)
        thread.start()
        yield Course(store, listening.getsockname()[1])
        worker.shutdown()
        thread.join()


def missing_for(name: str) -> str | None:
    """The command that installs the program of a course, or None."""
    kind = name.partition("-")[0]
    needed: dict[str, Callable[[], str | None]] = {
        "postgresql": PostgresServer.missing,
        "redis": RedisServer.missing,
        "cluster": RedisClusterServers.missing,
        "valkey": ValkeyServer.missing,
    }
    return needed[kind]() if kind in needed else None


def run(name: str, count: int) -> None:
    """Run the course for one store.

    Raises:
        AssertionError: a request was accepted more than once, hung, or was rejected without a reason.
    """
    with course(name) as (store, port, meanwhile, forgets, pace, waits):
        for what, make in (("replays", replays), ("exchanges", exchanges)):
            requests = make(store, port, count)
            started = time.perf_counter()
            results, outages = sent(port, requests, meanwhile, pace)
            took = time.perf_counter() - started
            times = [len(accepted(answers)) for answers in results]
            seen = dict(sorted(tally(results).items()))
            outcome = f"accepted {sum(times)}, each at most {max(times)} times; {seen}"
            print(f"{name:22} {what:10} {count} × 32 in {took:5.1f} s: {outcome}", flush=True)
            assert not seen.keys() - {"200", "401", "503"}, "something hung or broke"
            if what == "exchanges":
                tokens = [answer.said for answers in results for answer in accepted(answers)]
                assert len(set(tokens)) == len(tokens), "one token was issued twice"
                assert max(times) <= 1, "an authorization was exchanged twice"
            assert max(times) <= 1 + forgets, "a request was accepted more often than the store lost its memory"
            if outages:
                # If the store loses its data, approved authorizations are lost, so their exchanges are rejected.
                recovers = what == "replays" or not forgets
                said = check([one for answers in results for one in answers], outages, recovers=recovers, waits=waits)
                print(f"{'':22} {'':10} {said}", flush=True)
            else:
                assert set(times) == {1}, "a request was accepted by nobody"


def main() -> None:
    parser = argparse.ArgumentParser(prog="race", description=__doc__)
    parser.add_argument("stores", nargs="*", metavar="STORE", help=f"of {', '.join(EVERY)}; default: all")
    parser.add_argument("--requests", type=int, default=500)
    given = parser.parse_args()
    if unknown := set(given.stores) - set(EVERY):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    for name in given.stores or EVERY:
        if missing := missing_for(name):
            print(f"{name:22} not run: {missing}", flush=True)
        else:
            (failovers.run if name in FAILOVERS else run)(name, given.requests)


if __name__ == "__main__":
    main()
