"""The load test of a verified resource: wrk sends requests to two uvicorn workers.

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
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from . import cases, floor
from .measure import Effort, Samples
from .report import Goal, Row, Style

TITLE = "load: GET with 3 parameters, 2 uvicorn workers; requests per CPU second of the workers; ratio: to Authlib's"

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


def run(effort: Effort) -> Iterator[Row]:
    """Yield one row."""
    if shutil.which("wrk") is None:
        print("load: wrk is not installed: apt install wrk")
    else:
        yield _load(seconds=4 if effort.rounds < 25 else 10, rounds=1 if effort.rounds < 25 else 3)


def _load(seconds: int, rounds: int) -> Row:
    """Measure the applications in turns."""
    figures: dict[str, list[float]] = {name: [] for name in _APPLICATIONS}
    for _ in range(rounds):
        for name in _APPLICATIONS:
            figures[name].append(_requests_per_cpu_second(name, seconds))
    samples = Samples(figures)
    medians = samples.medians()
    note = f"{medians['unverified']:,.0f} without verification; {seconds} s each, {rounds} rounds"
    ratio = samples.ratio("ours", "Authlib")
    return Row("requests per CPU second", "/s", medians, ratio, Goal(Style("{:.3g} ×", True)), note, samples)


def _requests_per_cpu_second(name: str, seconds: int) -> float:
    with TemporaryDirectory() as folder, _serving(name) as (port, workers):
        script = _replay(Path(folder), f"http://127.0.0.1:{port}", seconds)
        before = _cpu_seconds(workers)
        command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{port}"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        used = _cpu_seconds(workers) - before
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    assert refused is None, f"{name} rejected {refused[1]} requests"
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
def _serving(name: str) -> Iterator[tuple[int, list[int]]]:
    """Yield the port of two workers, and their process ids."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", f"bench.load_application:{name.lower()}"]
    command += [
        "--port",
        str(port),
        "--workers",
        "2",
        "--no-access-log",
        "--lifespan",
        "off",
        "--timeout-worker-healthcheck",
        "60",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            workers: list[int] = []
            while len(workers) < 2:
                line = server.stderr.readline()
                assert line, f"{name} ended instead of starting"
                if started := re.search(r"Started server process \[(\d+)\]", line):
                    workers.append(int(started[1]))
            yield port, workers
        finally:
            server.terminate()
            server.wait()


def _cpu_seconds(processes: list[int]) -> float:
    """Return the CPU seconds that these processes used, in user and system mode."""
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
