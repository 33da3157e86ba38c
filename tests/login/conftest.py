"""A provider, a clock and a site for each framework, with the login in the session and with it in a cache."""

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import sleep
from typing import Any

import pytest

from oauthone.testing import Faults, ProviderBox

from .caches import SyncCache
from .sites import SITES, Clock, Site

Opener = Callable[..., Site]


@pytest.fixture(scope="package")
def shared_box() -> Iterator[ProviderBox]:
    with ProviderBox(odd_values=True) as box:
        yield box


@pytest.fixture
def box(shared_box: ProviderBox) -> ProviderBox:
    """A provider that has received nothing yet."""
    shared_box.requests.clear()
    shared_box.decision = "approve"
    shared_box.faults = Faults()
    return shared_box


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=SITES)
def framework(request: pytest.FixtureRequest) -> str:
    """Every framework in turn."""
    return str(request.param)


@pytest.fixture
def open_site(framework: str, box: ProviderBox, clock: Clock) -> Opener:
    """Makes a site: ``open_site(cache=…, …)``."""

    def make(**options: Any) -> Site:
        return SITES[framework](box, **{"clock": clock, **options})

    return make


@pytest.fixture(params=["session", "cache"])
def site(request: pytest.FixtureRequest, open_site: Opener) -> Site:
    """A site, with logins in the session and with logins in a cache."""
    return open_site(cache=SyncCache() if request.param == "cache" else None)


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a Redis of our own, which keeps nothing on disk."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("no redis-server is installed; on Debian and Ubuntu: apt install redis-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    folder = tmp_path_factory.mktemp("redis")
    command = [server, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            while not _answers(port):
                assert running.poll() is None, (folder / "log").read_text()
                sleep(0.02)
            yield port
        finally:
            running.terminate()
            running.wait()


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(7) == b"+PONG\r\n"
    return False
