"""Separate servers on free ports and in temporary folders: Redis, Valkey, a cluster of either, and PostgreSQL."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from redis import Redis


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class RedisServer:
    """A Redis that a test can kill and start again on the same port. It keeps nothing on disk.

    Args:
        options: more options, such as ``"--maxmemory", "2mb"``.
    """

    PROGRAM = "redis-server"

    def __init__(self, *options: str) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.options = options
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def missing(cls) -> str | None:
        """The command that installs it, or None."""
        return None if shutil.which(cls.PROGRAM) else f"no {cls.PROGRAM} here: apt install {cls.PROGRAM}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        fixed = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
        self._process = subprocess.Popen([self.PROGRAM, *fixed, *self.options], stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if b"Ready to accept connections" in line:
                return
        raise RuntimeError(f"{self.PROGRAM} ended instead of starting")

    def kill(self) -> None:
        """Kill it, as a power failure would (``kill -9``)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    def pause(self) -> None:
        """Accept connections but never reply, until it is revived or killed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def revive(self) -> None:
        """Let it answer again, whether it was paused or killed."""
        if self._process is None:
            self.start()
        else:
            self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()


class ValkeyServer(RedisServer):
    """The same with Valkey."""

    PROGRAM = "valkey-server"


class RedisClusterServers:
    """Three nodes of a Redis Cluster without replicas. A test can kill each; the slots of the others stay available.

    Args:
        options: more options of each node.
    """

    SLOTS = 16384
    server: type[RedisServer] = RedisServer

    def __init__(self, *options: str) -> None:
        self._options = options
        self._folder = Path()
        self.nodes: list[RedisServer] = []

    @staticmethod
    def missing() -> str | None:
        """The command that installs it, or None."""
        if missing := RedisServer.missing():
            return missing
        said = subprocess.run(["redis-server", "--version"], check=True, capture_output=True, text=True).stdout
        return None if int(said.partition(" v=")[2].partition(".")[0]) >= 7 else "a Redis Cluster needs Redis 7 here"

    @property
    def port(self) -> int:
        """The port of one node, which reports the others."""
        return self.nodes[0].port

    def start(self) -> None:
        """Start the nodes, assign the slots, and wait until each node knows all of them."""
        for number in range(3):
            folder = self._folder / str(number)
            folder.mkdir()
            fixed = ("--cluster-enabled", "yes", "--dir", str(folder), "--cluster-port", str(free_port()))
            self.nodes.append(self.server(*fixed, "--cluster-require-full-coverage", "no", *self._options))
            self.nodes[-1].start()
        share = self.SLOTS // 3 + 1
        with Redis(port=self.port) as first:
            for number, node in enumerate(self.nodes):
                with Redis(port=node.port) as redis:
                    redis.execute_command(
                        "CLUSTER ADDSLOTSRANGE", number * share, min((number + 1) * share, self.SLOTS) - 1
                    )
                    redis.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
                bus = node.options[node.options.index("--cluster-port") + 1]
                first.execute_command("CLUSTER MEET", "127.0.0.1", node.port, bus)
        self.wait_until_complete()

    def revive(self) -> None:
        """Let all nodes answer again, and forget what they hold."""
        for node in self.nodes:
            node.revive()
        self.wait_until_complete()
        for node in self.nodes:
            with Redis(port=node.port) as redis:
                redis.flushall()

    def wait_until_complete(self) -> None:
        """Wait until each node serves, and knows which node serves each slot."""
        for node in self.nodes:
            self._wait(node, lambda info: (info["cluster_state"], info["cluster_slots_ok"]) == ("ok", str(self.SLOTS)))

    def wait_until_missed(self, lost: RedisServer) -> None:
        """Wait until the others agree that this node is down."""
        for node in self.nodes:
            if node is not lost:
                self._wait(node, lambda info: info["cluster_slots_fail"] != "0")

    def _wait(self, node: RedisServer, until: Callable[[Mapping[str, str]], bool]) -> None:
        with Redis(port=node.port) as redis:
            while not until(redis.execute_command("CLUSTER INFO")):
                time.sleep(0.01)

    def node_of(self, key: str) -> RedisServer:
        """Return the node that stores this key."""
        with Redis(port=self.port) as redis:
            return self.nodes[int(redis.execute_command("CLUSTER KEYSLOT", key)) // (self.SLOTS // 3 + 1)]

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="oauthone-redis-"))
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self._folder)


class PostgresServer:
    """A PostgreSQL. It refuses to run as root, so root starts it as the user ``postgres``."""

    def __init__(self, *options: str) -> None:
        self.port = free_port()
        self._options = options
        self._folder = Path()

    @staticmethod
    def missing() -> str | None:
        """The command that installs it, or None."""
        return None if _newest_postgres() else "no PostgreSQL here: apt install postgresql"

    @property
    def data(self) -> Path:
        """The folder with its data, and with the file that names its process."""
        return self._folder / "data"

    def url(self, driver: str) -> str:
        """Return a URL for SQLAlchemy."""
        return f"postgresql+{driver}://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = " ".join(
            [f"-p {self.port} -k {self._folder}", "-c listen_addresses=127.0.0.1 -c fsync=off", *self._options]
        )
        self._run("pg_ctl", "-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="oauthone-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
        self._run("initdb", "--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str) -> None:
        found = _newest_postgres()
        assert found is not None
        command = [str(found / program), "-D", str(self.data), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder)
        if done.returncode:
            raise RuntimeError(f"{program} failed with status {done.returncode}")


def _newest_postgres() -> Path | None:
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda path: int(path.parent.name), default=None)
