"""The load test of a verified resource: wrk sends requests to two workers of uvicorn, and of gunicorn with Flask.

It needs Linux, which reports the CPU of each process. If wrk is missing, it prints what to install.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from . import cases, floor, load_application
from .glue_calls import Answer, asgi_answer, signed_headers, wsgi_answer
from .measure import Effort, Samples, cpu_seconds
from .report import TIMES, Goal, Row

TITLE = "load: GET with 3 parameters, 2 workers; requests for each CPU second of the workers; ratio: to Authlib's"

_PATH = "/1.1/statuses/update.json?status=hello%20world&count=20&include=a%2Cb"
_APPLICATIONS = ("unverified", "ours", "Authlib", "oauthlib")
_SCRIPT = """
local headers, sent = {}, 0
for line in io.lines("%s") do headers[#headers + 1] = line end
request = function()
  sent = sent %% #headers + 1
  return wrk.format("GET", "%s", {["Authorization"] = headers[sent]})
end
"""


class Server(NamedTuple):
    """One of the servers.

    Attributes:
        work: the name of its row.
        module: the module that runs it.
        prefix: how the names of its applications begin in `load_application`.
        options: its options, with the places ``{function}`` and ``{port}``.
        started: a pattern for the line that announces a worker, with its process id as the group.
        answer: calls an application as the server does.
    """

    work: str
    module: str
    prefix: str
    options: str
    started: str
    answer: Callable[[object], Answer]


_UVICORN = Server(
    "uvicorn, ASGI",
    "uvicorn",
    "asgi",
    "--factory bench.load_application:{function} --port {port} --workers 2 --http h11 --no-access-log --lifespan off "
    "--timeout-worker-healthcheck 60",
    r"Started server process \[(\d+)\]",
    asgi_answer,
)
# The parser in C, which the documentation of uvicorn recommends and ``uvicorn[standard]`` installs.
_HTTPTOOLS = _UVICORN._replace(
    work="uvicorn with httptools, ASGI", options=_UVICORN.options.replace("--http h11", "--http httptools")
)
# Preloaded, so that the CPU of the workers does not include their imports.
_GUNICORN = Server(
    "gunicorn, Flask",
    "gunicorn",
    "flask",
    "bench.load_application:{function}() --bind 127.0.0.1:{port} --workers 2 --preload",
    r"Booting worker with pid: (\d+)",
    wsgi_answer,
)


def run(effort: Effort) -> Iterator[Row]:
    """Yield one row for each server."""
    for server in (_UVICORN, _GUNICORN):
        for name in _APPLICATIONS:
            _check(server, name)
    if shutil.which("wrk") is None:
        print("load: wrk is not installed: apt install wrk")
        return
    seconds, rounds = (4, 1) if effort.rounds < 25 else (10, 3)
    for server in (_UVICORN, _HTTPTOOLS, _GUNICORN):
        yield _load(server, seconds, rounds)


def _check(server: Server, name: str) -> None:
    """Check that an application answers a signed request once, and neither its replay nor a forged one."""
    answer = server.answer(getattr(load_application, _function(server, name))())
    headers = signed_headers()
    forged = headers | {"Authorization": headers["Authorization"].replace('oauth_nonce="', 'oauth_nonce="0')}
    statuses = [answer(sent)() for sent in (headers, headers, forged)]
    expected = [200] * 3 if name == "unverified" else [200, 401, 401]
    assert statuses == expected, f"{server.work}, {name}: {statuses}"


def _function(server: Server, name: str) -> str:
    return f"{server.prefix}_{name.lower()}"


def _load(server: Server, seconds: int, rounds: int) -> Row:
    """Measure the applications in turns."""
    figures: dict[str, list[float]] = {name: [] for name in _APPLICATIONS}
    for _ in range(rounds):
        for name in _APPLICATIONS:
            figures[name].append(_requests_per_cpu_second(server, name, seconds))
    samples = Samples(figures)
    medians = samples.medians()
    note = f"{medians['unverified']:,.0f} without verification; {seconds} s each, {rounds} rounds"
    return Row(server.work, "/s", medians, samples.ratio("ours", "Authlib"), Goal(TIMES, 1.6), note, samples)


def _requests_per_cpu_second(server: Server, name: str, seconds: int) -> float:
    with TemporaryDirectory() as folder, _serving(server, name) as (port, workers):
        script = _replay(Path(folder), f"http://127.0.0.1:{port}", seconds)
        before = cpu_seconds(workers)
        command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{port}"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        used = cpu_seconds(workers) - before
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    assert refused is None, f"{server.work}, {name} rejected {refused[1]} requests"
    counted = re.search(r"(\d+) requests in", said)
    assert counted, said
    return int(counted[1]) / used


def _replay(folder: Path, origin: str, seconds: int) -> Path:
    """Write the script for wrk and a file of signed requests, more than wrk sends, so that no request is repeated."""
    sign = floor.signer(cases.CLIENT_ID, cases.CLIENT_SECRET, cases.TOKEN, cases.TOKEN_SECRET)
    signed = folder / "signed"
    signed.write_text("".join(f"{sign('GET', origin + _PATH)}\n" for _ in range(seconds * 15_000)))
    script = folder / "replay.lua"
    script.write_text(_SCRIPT % (signed, _PATH))
    return script


@contextlib.contextmanager
def _serving(server: Server, name: str) -> Iterator[tuple[int, list[int]]]:
    """Yield the port of two workers, and their process ids."""
    port = _free_port()
    options = server.options.format(function=_function(server, name), port=port).split()
    with subprocess.Popen(
        [sys.executable, "-m", server.module, *options], stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        try:
            workers: list[int] = []
            while len(workers) < 2:
                line = running.stderr.readline()
                assert line, f"{server.work}, {name} ended instead of starting"
                if started := re.search(server.started, line):
                    workers.append(int(started[1]))
            yield port, workers
        finally:
            running.terminate()
            running.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
