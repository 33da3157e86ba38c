"""The load test of a verified resource: wrk sends requests to a worker of uvicorn, and of gunicorn with Flask.

The workers have one processor, and wrk another, as in production, where no client runs beside a worker. All
applications get the same signed requests, the unverified one too: so what it answers is the most that any verification
can reach. All applications run at the same time, because a shared machine changes its speed every second.

It needs Linux, which reports the CPU of each process. If wrk is missing, it prints what to install.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from . import cases, floor, load_application
from .glue_calls import Answer, asgi_answer, signed_headers, wsgi_answer
from .measure import Effort, Samples, cpu_seconds
from .report import TIMES, Goal, Row

TITLE = "load: signed GET with 3 parameters; requests for each CPU second of a worker; ratio: to Authlib's"

_PATH = "/1.1/statuses/update.json?status=hello%20world&count=20&include=a%2Cb"
_HOST = "127.0.0.1:8000"
_APPLICATIONS = ("unverified", "ours", "Authlib", "oauthlib")
_PROCESSORS = sorted(os.sched_getaffinity(0))
_SCRIPT = """
local headers, sent = {}, 0
for line in io.lines("%s") do headers[#headers + 1] = line end
request = function()
  sent = sent %% #headers + 1
  return wrk.format("GET", "%s", {["Host"] = "%s", ["Authorization"] = headers[sent]})
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


class Worker(NamedTuple):
    """A process that serves: its address, and its process id."""

    origin: str
    process: int


_UVICORN = Server(
    "uvicorn, ASGI",
    "uvicorn",
    "asgi",
    "--factory bench.load_application:{function} --port {port} --http h11 --no-access-log --lifespan off",
    r"Started server process \[(\d+)\]",
    asgi_answer,
)
# The parser in C, which the documentation of uvicorn recommends and ``uvicorn[standard]`` installs.
_HTTPTOOLS = _UVICORN._replace(
    work="uvicorn with httptools, ASGI", options=_UVICORN.options.replace("--http h11", "--http httptools")
)
# Preloaded, so that the CPU of the workers does not include their imports. This kind of worker closes each connection.
_GUNICORN = Server(
    "gunicorn, Flask",
    "gunicorn",
    "flask",
    "bench.load_application:{function}() --bind 127.0.0.1:{port} --workers 1 --preload",
    r"Booting worker with pid: (\d+)",
    wsgi_answer,
)
# The kind of worker that keeps connections open, as behind a proxy.
_GTHREAD = _GUNICORN._replace(
    work="gunicorn with threads, Flask",
    options=f"{_GUNICORN.options} --worker-class gthread --threads 4 --keep-alive 5",
)


def run(effort: Effort) -> Iterator[Row]:
    """Yield one row for each server."""
    for server in (_UVICORN, _GUNICORN):
        for name in _APPLICATIONS:
            _check(server, name)
    if shutil.which("wrk") is None:
        print("load: wrk is not installed: apt install wrk")
        return
    seconds, rounds = (2, 5) if effort.rounds < 25 else (4, 15)
    for server in (_UVICORN, _HTTPTOOLS, _GUNICORN, _GTHREAD):
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
    """Measure the applications at once, each in a process of its own."""
    with TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        workers = {name: stack.enter_context(_serving(server, name)) for name in _APPLICATIONS}
        turn = partial(_requests_per_cpu_second, Path(folder), workers, seconds)
        turn()  # the first requests warm the processes up
        turns = [turn() for _ in range(rounds)]
    samples = Samples({name: [one[name] for one in turns] for name in _APPLICATIONS})
    medians, most = samples.medians(), samples.ratio("unverified", "Authlib")
    note = (
        f"{medians['unverified']:,.0f} if the same signed requests are not verified, which is {most:.3g} × Authlib's; "
        f"{seconds} s at once, {rounds} rounds"
    )
    return Row(server.work, "/s", medians, samples.ratio("ours", "Authlib"), Goal(TIMES, 1.6), note, samples)


def _requests_per_cpu_second(folder: Path, workers: Mapping[str, Worker], seconds: int) -> dict[str, float]:
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "-s", str(_replay(folder, seconds))]
    before = {name: cpu_seconds([worker.process]) for name, worker in workers.items()}
    with _on(_PROCESSORS[-1]):
        clients = {
            name: subprocess.Popen([*command, worker.origin], stdout=subprocess.PIPE, text=True)
            for name, worker in workers.items()
        }
    answered = {name: _answered(name, client) for name, client in clients.items()}
    return {name: answered[name] / (cpu_seconds([workers[name].process]) - before[name]) for name in workers}


def _answered(name: str, client: subprocess.Popen[str]) -> int:
    """Wait for wrk, and return how many requests an application has accepted."""
    said, _ = client.communicate()
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    assert refused is None, f"{name} rejected {refused[1]} requests"
    counted = re.search(r"(\d+) requests in", said)
    assert counted, f"{name}: {said}"
    return int(counted[1])


def _replay(folder: Path, seconds: int) -> Path:
    """Write the script for wrk and a file of signed requests, more than wrk sends, so that no request is repeated."""
    sign = floor.signer(cases.CLIENT_ID, cases.CLIENT_SECRET, cases.TOKEN, cases.TOKEN_SECRET)
    signed = folder / "signed"
    signed.write_text("".join(f"{sign('GET', f'http://{_HOST}{_PATH}')}\n" for _ in range(seconds * 10_000)))
    script = folder / "replay.lua"
    script.write_text(_SCRIPT % (signed, _PATH, _HOST))
    return script


@contextlib.contextmanager
def _serving(server: Server, name: str) -> Iterator[Worker]:
    port = _free_port()
    command = [sys.executable, "-m", server.module]
    command += server.options.format(function=_function(server, name), port=port).split()
    with _on(_PROCESSORS[0]):
        running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    with running:
        assert running.stderr is not None
        try:
            worker = None
            while worker is None:
                line = running.stderr.readline()
                assert line, f"{server.work}, {name} ended instead of starting"
                worker = re.search(server.started, line)
            _wait_for(port)
            yield Worker(f"http://127.0.0.1:{port}", int(worker[1]))
        finally:
            running.terminate()
            running.wait()


@contextlib.contextmanager
def _on(processor: int) -> Iterator[None]:
    """Processes that are started meanwhile run on this processor alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {processor})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    """Return when a server listens. uvicorn announces itself before."""
    for _ in range(200):
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise TimeoutError(f"no server listens on port {port}")
