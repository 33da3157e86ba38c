"""The servers of the matrix, each in its own process, started when it is first needed."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
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


class Running:
    """A server's process, its port, and its output."""

    def __init__(self, server: str, behind: int | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="oauthone-matrix-")
        self.port = free_port()
        folder = Path(self._folder.name)
        if behind is not None:
            (folder / "behind").write_text(str(behind), "ascii")
        self._log = folder / "log"
        path = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "server.matrix.launch", server, str(self.port), str(folder)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": path},
                start_new_session=True,
                cwd=folder,
            )
        try:
            self._wait(server)
        except BaseException:
            self.stop()
            raise

    def _wait(self, server: str) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until and self.process.poll() is None:
            if self._answers():
                return
            time.sleep(0.02)
        raise RuntimeError(f"{server} does not start: {self.said()}")

    def _answers(self) -> bool:
        try:
            with Connection(self.port) as connection:
                connection.send(request("GET", "/", [("Host", "api.example"), ("X-Application", "open")]))
                response = connection.receive()
        except ConnectionError:
            return False
        return response is not None and response.status == 200

    def said(self) -> str:
        """The end of its output."""
        return self._log.read_text("utf-8", "replace")[-4000:]

    def stop(self) -> None:
        """Stop it with all its children, which it does when its standard input closes."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)
        self._folder.cleanup()


class Pool:
    """Servers, started lazily."""

    def __init__(self) -> None:
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
                self._running[server] = Running(server, self.port(behind) if behind else None)
            except RuntimeError as failed:
                self._failed[server] = str(failed)
                raise
        return self._running[server]

    def stop(self) -> None:
        """Stop all of them."""
        for running in self._running.values():
            running.stop()
