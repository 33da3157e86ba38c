"""A Redis of our own, which keeps nothing on disk."""

import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from time import sleep

from redis import Redis

MISSING = "no redis-server is installed; on Debian and Ubuntu: apt install redis-server"


class RedisServer:
    """A Redis on loopback.

    Args:
        folder: where its log goes.

    Attributes:
        port: where it listens, also after it was killed and started again.
    """

    def __init__(self, folder: Path) -> None:
        self._log = folder / "redis.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])

    @staticmethod
    def is_installed() -> bool:
        """Whether this machine has one."""
        return shutil.which("redis-server") is not None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"--bind 127.0.0.1 --port {self.port} --appendonly no".split()
        with self._log.open("ab") as log:
            command = ["redis-server", *options, "--save", ""]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._log.parent)
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text()
            sleep(0.02)

    def kill(self) -> None:
        """End it as a machine ends that loses its power."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it, if it runs."""
        self._process.terminate()
        self._process.wait()

    def lifetimes(self) -> list[int]:
        """For how many more seconds each key lives; -1 is one that stays, and one that is gone is left out."""
        with Redis(port=self.port) as client:
            return [left for key in client.scan_iter() if (left := int(client.ttl(key))) != -2]

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(7) == b"+PONG\r\n"
        return False
