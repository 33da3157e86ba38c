"""``make race``: every store, at full size, and Redis killed in the middle.

python -m race [STORE …] [--requests N]
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from server.services import PostgresServer, RedisClusterServers, RedisServer

from race.course import accepted, exchanges, replays, sent, served, tally
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
)
_KEPT = ("--appendonly", "yes", "--appendfsync", "always")
_KILLS = 3


@contextmanager
def course(name: str) -> Iterator[tuple[Any, int, Callable[[], None], int]]:
    """A store, a port where it is served, what to do to it meanwhile, and how often that makes it forget."""
    with TemporaryDirectory() as folder:
        if name == "memory":
            yield from _in_one_process()
        elif name == "sqlite":
            yield from _shared(f"sqlite:///{Path(folder) / 'store.db'}")
        elif name == "postgresql":
            with PostgresServer() as postgres:
                yield from _shared(postgres.url("pg8000"))
        elif name == "redis":
            with RedisServer() as redis:
                yield from _shared(redis.url)
        elif name == "cluster":
            with RedisClusterServers() as cluster:
                yield from _shared(f"cluster:{cluster.port}")
        elif name == "cluster-killed":
            with RedisClusterServers(*_KEPT) as cluster:
                yield from _shared(f"cluster:{cluster.port}", lambda: _kill_one_of(cluster))
        else:
            kept = () if name.endswith("forgetful") else _KEPT
            with RedisServer("--dir", folder, *kept) as redis:
                yield from _shared(redis.url, lambda: _kill(redis), 0 if kept else _KILLS)


def _kill(redis: RedisServer) -> None:
    for _ in range(_KILLS):
        time.sleep(1.5)
        redis.kill()
        time.sleep(0.3)
        redis.start()


def _kill_one_of(cluster: RedisClusterServers) -> None:
    _kill(cluster.nodes[1])
    cluster.wait_until_complete()


def _shared(
    url: str, meanwhile: Callable[[], None] = lambda: None, losses: int = 0
) -> Iterator[tuple[Any, int, Callable[[], None], int]]:
    store = store_for(url)
    if hasattr(store, "create_all"):
        store.create_all()
    with served(url, workers=4) as port:
        yield store, port, meanwhile, losses
    store.close()


def _in_one_process() -> Iterator[tuple[Any, int, Callable[[], None], int]]:
    """Four threads cannot share a socket's workers: a store in memory has one process, with many threads."""
    import socket

    store = store_for("memory")
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        worker = Worker(listening, store)
        thread = Thread(target=worker.serve_forever)
        thread.start()
        yield store, listening.getsockname()[1], lambda: None, 0
        worker.shutdown()
        thread.join()


def run(name: str, count: int) -> None:
    """One store over the course.

    Raises:
        AssertionError: something was accepted more than once, or hung, or was accepted by nobody without a reason.
    """
    with course(name) as (store, port, meanwhile, losses):
        for what, make in (("replays", replays), ("exchanges", exchanges)):
            started = time.perf_counter()
            results = sent(port, make(store, port, count), meanwhile)
            took = time.perf_counter() - started
            times = [len(accepted(answers)) for answers in results]
            seen = dict(sorted(tally(results).items()))
            outcome = f"accepted {sum(times)}, each at most {max(times)} times; {seen}"
            print(f"{name:22} {what:10} {count} × 32 in {took:5.1f} s: {outcome}", flush=True)
            assert not seen.keys() - {"200", "401", "503"}, "something hung or broke"
            if what == "exchanges":
                tokens = [answer for answers in results for answer in accepted(answers)]
                assert len(set(tokens)) == len(tokens), "one token was issued twice"
                assert max(times) <= 1, "an authorization was exchanged twice"
            assert max(times) <= 1 + losses, "a request was accepted more often than the store lost its memory"
            if "-killed" not in name:
                assert set(times) == {1}, "a request was accepted by nobody"


def main() -> None:
    parser = argparse.ArgumentParser(prog="race", description=__doc__)
    parser.add_argument("stores", nargs="*", metavar="STORE", help=f"of {', '.join(STORES)}; default: all")
    parser.add_argument("--requests", type=int, default=500)
    given = parser.parse_args()
    for name in given.stores or STORES:
        run(name, given.requests)


if __name__ == "__main__":
    main()
