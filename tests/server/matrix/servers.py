"""The servers of the matrix, each in its own process, started when it is first needed."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from ..services import free_port
from .wire import Connection, request

TESTS = Path(__file__).parents[2]
STARTS_WITHIN = 40.0


class Kind(NamedTuple):
    """A server: the interface that it serves, the module to install, and the server behind it."""

    interface: str
    module: str
    behind: str = ""


WSGI = {
    "gunicorn-sync": Kind("wsgi", "gunicorn"),
    "gunicorn-preload": Kind("wsgi", "gunicorn"),
    "gunicorn-gthread": Kind("wsgi", "gunicorn"),
    "gunicorn-gevent": Kind("wsgi", "gevent"),
    "granian-wsgi": Kind("wsgi", "granian"),
    "waitress": Kind("wsgi", "waitress"),
    "cheroot": Kind("wsgi", "cheroot"),
    "werkzeug": Kind("wsgi", "werkzeug"),
    "wsgiref": Kind("wsgi", "wsgiref"),
    "pywsgi": Kind("wsgi", "gevent"),
    "nginx-gunicorn": Kind("wsgi", "gunicorn", "gunicorn-gthread"),
}
ASGI = {
    "uvicorn-h11": Kind("asgi", "h11"),
    "uvicorn-httptools": Kind("asgi", "httptools"),
    "hypercorn": Kind("asgi", "hypercorn"),
    "daphne": Kind("asgi", "daphne"),
    "granian-asgi": Kind("asgi", "granian"),
    "gunicorn-asgi": Kind("asgi", "gunicorn"),
    "nginx-uvicorn": Kind("asgi", "h11", "uvicorn-h11"),
}
SERVERS = {**WSGI, **ASGI}

APPLICATIONS = {
    "wsgi": ("wsgi", "flask", "django"),
    "asgi": ("asgi", "starlette", "fastapi", "django"),
}
#: Servers that pass on only the decoded path, which hides unusual escapes.
HIDING_THE_TARGET = {"wsgiref", "pywsgi", "granian-wsgi"}

PAIRS = [(server, app) for server, kind in SERVERS.items() for app in APPLICATIONS[kind.interface]]
#: Applications whose verifier lists its hosts, for the groups of requests about hosts.
WITH_HOSTS = [(server, f"{kind.interface}-hosts") for server, kind in SERVERS.items()]


def missing(server: str) -> str | None:
    """The command that installs a missing server, or None."""
    kind = SERVERS[server]
    if kind.behind and shutil.which("nginx") is None:
        return "no nginx here: apt install nginx"
    found = importlib.util.find_spec(kind.module)
    return None if found else f"no {kind.module} here: pip install -r requirements/test.txt"


class Nursery:
    """The process from which most servers are forked, because what their applications import takes a second."""

    #: Servers that patch what was imported, or that start a new interpreter themselves.
    LEFT_OUT = ("gunicorn-gevent", "granian-asgi", "granian-wsgi")

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, server: str, port: int, folder: Path) -> int:
        """Return the number of the new server's process, which leads a group."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "server.matrix.nursery"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=_environ(),
                start_new_session=True,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{server} {port} {folder}\n".encode())
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def stop(self) -> None:
        """End it, and all servers that it started."""
        if self._process is not None:
            self._process.communicate()


def _environ() -> dict[str, str]:
    path = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path}


class Running:
    """A server's process, its port, and its output."""

    def __init__(self, server: str, nursery: Nursery, behind: int | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="oauthone-matrix-")
        self.port = free_port()
        folder = Path(self._folder.name)
        if behind is not None:
            (folder / "behind").write_text(str(behind), "ascii")
        self._log = folder / "log"
        self._own: subprocess.Popen[bytes] | None = None
        if server in nursery.LEFT_OUT:
            self._own = self._alone(server)
            self._leader = self._own.pid
        else:
            self._leader = nursery.start(server, self.port, folder)
        try:
            self._wait(server)
        except BaseException:
            self.stop()
            raise

    def _alone(self, server: str) -> "subprocess.Popen[bytes]":
        with self._log.open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "server.matrix.launch", server, str(self.port), self._folder.name],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_environ(),
                start_new_session=True,
                cwd=self._folder.name,
            )

    def _runs(self) -> bool:
        if self._own is not None:
            return self._own.poll() is None
        try:
            os.kill(self._leader, 0)
        except ProcessLookupError:
            return False
        return True

    def _wait(self, server: str) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until and self._runs():
            if self._answers():
                return
            time.sleep(0.02)
        raise RuntimeError(f"{server} does not start: {self.said()}")

    def _answers(self) -> bool:
        try:
            with Connection(self.port) as connection:
                connection.send(request("GET", "/", [("Host", "api.example"), ("X-Application", "open")]))
                response = connection.receive()
        except (ConnectionError, TimeoutError):  # some servers take connections before they can answer
            return False
        return response is not None and response.status == 200

    def said(self) -> str:
        """The end of its output."""
        return self._log.read_text("utf-8", "replace")[-4000:]

    def stop(self) -> None:
        """Stop it with all its children."""
        with suppress(ProcessLookupError):
            os.killpg(self._leader, signal.SIGKILL)
        if self._own is not None:
            self._own.communicate()
        self._folder.cleanup()


class Pool:
    """Servers, started lazily."""

    def __init__(self) -> None:
        self._nursery = Nursery()
        self._running: dict[str, Running] = {}
        self._failed: dict[str, str] = {}

    def port(self, server: str) -> int:
        """Return its port. Skip the test if it is not installed."""
        return self.running(server).port

    def running(self, server: str) -> Running:
        """Return its process."""
        if reason := missing(server):
            pytest.skip(reason)
        if server not in self._running:
            assert server not in self._failed, self._failed[server]
            behind = SERVERS[server].behind
            try:
                self._running[server] = Running(server, self._nursery, self.port(behind) if behind else None)
            except RuntimeError as failed:
                self._failed[server] = str(failed)
                raise
        return self._running[server]

    def stop(self) -> None:
        """Stop all of them."""
        for running in self._running.values():
            running.stop()
        self._nursery.stop()
