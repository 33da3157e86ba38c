"""A failover in a cluster whose replica lags behind: which replays are accepted afterwards, and why.

A master answers before its replica has the write. Here a large write fills the connection to the replica, so later
writes stay in the master's memory. Then the master is killed, and the replica is promoted without them. Its nonces are
read before that. So every replay that is accepted afterwards has to be one of those that it lacks.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from redis import Redis
from redis.exceptions import RedisError
from server.services import RedisClusterServers, RedisServer, ValkeyServer, free_port

from oauthone.server.stores._nonce_digest import nonce_octets
from oauthone.server.stores._redis_nonces import RedisNonces
from race.course import CLIENT, accepted, replays, sent, served, tally
from race.worker import store_for

#: How many seconds the replica lags behind before its master is killed.
LAG = 3.0
#: Refuses writes while no replica has answered for more than a second. Both programs look once a second.
GUARD = ("--min-replicas-to-write", "1", "--min-replicas-max-lag", "1")
#: More than the kernel keeps for a connection.
_CLOG = 64 << 20
PACE = 0.03


class ReplicatedCluster(RedisClusterServers):
    """Three masters with a replica each.

    Args:
        server: the class of the nodes.
        options: more options of each node.
    """

    def __init__(self, server: type[RedisServer], *options: str) -> None:
        super().__init__("--cluster-node-timeout", "2000", "--repl-diskless-sync-delay", "0", *options)
        self.server = server
        self.replicas: list[RedisServer] = []

    def start(self) -> None:
        """Start the masters, then the replicas, and wait until each replica has the data of its master."""
        super().start()
        with Redis(port=self.port) as first:
            for number, master in enumerate(self.nodes):
                folder = self._folder / f"replica-{number}"
                folder.mkdir()
                bus = str(free_port())
                fixed = ("--cluster-enabled", "yes", "--dir", str(folder), "--cluster-port", bus)
                replica = self.server(*fixed, "--cluster-require-full-coverage", "no", *self._options)
                replica.start()
                self.replicas.append(replica)
                first.execute_command("CLUSTER MEET", "127.0.0.1", replica.port, bus)
                _replicate(master, replica)

    def __exit__(self, *raised: Any) -> None:
        for replica in self.replicas:
            replica.kill()
        super().__exit__(*raised)


def _replicate(master: RedisServer, replica: RedisServer) -> None:
    with Redis(port=master.port) as redis:
        name = redis.execute_command("CLUSTER MYID")
    with Redis(port=replica.port) as redis:
        _wait(partial(_accepts, redis, name))
        _wait(lambda: redis.info("replication").get("master_link_status") == "up")
        redis.execute_command("READONLY")


def _accepts(redis: Any, master: bytes) -> bool:
    """Whether the node knows that master already, and is its replica now."""
    try:
        redis.execute_command("CLUSTER REPLICATE", master)
    except RedisError:
        return False
    return True


def _wait(until: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "the cluster did not get into the expected state"
        time.sleep(0.02)


class Failover(NamedTuple):
    """What happened. Times are seconds of the monotonic clock.

    Attributes:
        lagging: when the replica stopped reading.
        killed: when the master was gone.
        read: when the replica's nonces had been read, before it was promoted.
        promoted: when the replica served.
        held: the nonces that the replica held.
    """

    lagging: float
    killed: float
    read: float
    promoted: float
    held: set[bytes]


def fail_over(cluster: ReplicatedCluster) -> list[Failover]:
    """Let the replica of the client's node lag, kill that node, and start it again when the replica has its place."""
    key = RedisNonces("oauthone:", 300, 1).keys(CLIENT.client_id, 0)[1]
    master = cluster.node_of(key)
    replica = cluster.replicas[cluster.nodes.index(master)]
    time.sleep(1.5)
    lagging = time.monotonic()
    replica.pause()
    with Redis(port=master.port) as redis:
        redis.set(f"filler:{key[key.index('{') :]}", b"x" * _CLOG)
    time.sleep(LAG)
    master.kill()
    killed = time.monotonic()
    replica.revive()
    with Redis(port=replica.port) as redis:
        _wait(lambda: redis.info("replication").get("master_link_status") == "down")
        redis.execute_command("READONLY")
        held = {digest for name in redis.scan_iter(f"{key}:*") for digest in redis.smembers(name)}
        assert redis.info("replication")["role"] == "slave", "the replica was promoted before it was read"
        read = time.monotonic()
        _wait(lambda: redis.info("replication")["role"] == "master")
        _wait(lambda: redis.execute_command("CLUSTER INFO")["cluster_state"] == "ok")
    promoted = time.monotonic()
    master.start()  # as a replica of the other, without which a guarded node accepts no write
    with Redis(port=master.port) as redis:
        _wait(lambda: redis.info("replication").get("master_link_status") == "up")
    return [Failover(lagging, killed, read, promoted, held)]


def run(name: str, count: int) -> None:
    """Send requests during a failover, and all of them again after it.

    Raises:
        AssertionError: a request was accepted twice though the replica had its nonce, or was lost in another way.
    """
    guard = GUARD if name.endswith("guarded") else ()
    cluster = ReplicatedCluster(ValkeyServer if name.startswith("valkey") else RedisServer, *guard)
    with cluster:
        url = f"cluster:{cluster.nodes[0].port},{cluster.nodes[1].port},{cluster.nodes[2].port}"
        store = store_for(url)
        with served(url, workers=4) as port:
            requests = replays(store, port, count)
            first, (failover,) = sent(port, requests, partial(fail_over, cluster), PACE)
            second, _ = sent(port, requests)
        assert store.find_client(CLIENT.client_id) == CLIENT, "the client was lost"
        store.close()
    print(f"{name:26} replays    {count} × 64; {dict(sorted(tally(first + second).items()))}", flush=True)
    print(f"{'':26} {check(requests, first, second, failover)}", flush=True)


def check(requests: list[dict[str, Any]], first: list[Any], second: list[Any], failover: Failover) -> str:
    """Check that exactly those requests were accepted twice whose nonces the replica lacked.

    Only the killed master can have accepted a request before the replica was read.

    Args:
        requests: the requests; see `race.course.replays`.
        first: the answers to each of them while the failover happened.
        second: the answers to the same requests later.
        failover: what happened meanwhile.
    """
    assert not {*tally(first + second)} - {"200", "401", "503"}, "something hung or broke"
    lost, unknown, refused = [], 0, 0
    for request, during, after in zip(requests, first, second, strict=True):
        by_master = [one for one in accepted(during) if one.ended <= failover.read]
        later = len(accepted(during)) - len(by_master) + len(accepted(after))
        held = nonce_octets(*request["used"], 16) in failover.held
        assert len(by_master) <= 1, "the master accepted a request twice"
        if by_master and not held:
            assert later == 1, "a nonce that the replica lacked was accepted more or less often than once"
            lost.append(by_master[0])
        elif held:
            assert later == 0, "a nonce was accepted although the replica held it"
            unknown += not by_master
        else:
            assert later == 1, "a request was accepted by nobody, or twice after the failover"
            refused += all(one.said.startswith("503") for one in during)
    assert all(one.ended >= failover.lagging for one in lost), "a write was lost before the replica lagged"
    kept = sum(bool(accepted(during)) for during in first) - len(lost)
    window = max((one.ended for one in lost), default=failover.lagging) - failover.lagging
    return (
        f"{len(lost)} accepted a second time: the killed master had acknowledged them within {window:.2f} s, but its "
        f"replica, {failover.killed - failover.lagging:.1f} s behind, lacked them; {kept} accepted during the run and "
        f"refused afterwards; {refused} got only 503 before the replica served, "
        f"{failover.promoted - failover.killed:.1f} s after the kill; {unknown} used, but the answer was lost"
    )
