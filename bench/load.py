"""A verified resource behind two uvicorn workers under load from wrk, and the memory that nonces take.

It needs Linux, which says how much CPU each process took. Where wrk or a Redis is missing, it says what to install.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from oauthone.server import MemoryStore
from oauthone.server.stores.nonces import CLOCK_MARGIN

from . import cases, floor
from .measure import Effort, Samples
from .report import OVER, Goal, Row, Style

TITLE = "load: GET with 3 parameters, 2 uvicorn workers; requests per CPU second of the workers; ratio: of Authlib"

_PATH = "/1.1/statuses/update.json?status=hello%20world&count=20&include=a%2Cb"
_APPLICATIONS = ("unverified", "ours", "Authlib", "oauthlib")
_WINDOW = 300
_SCRIPT = """
local headers, sent = {}, 0
for line in io.lines("%s") do headers[#headers + 1] = line end
request = function()
  sent = sent %% #headers + 1
  return wrk.format("GET", "%s", {["Authorization"] = headers[sent]})
end
"""


def run(effort: Effort) -> Iterator[Row]:
    """One row for the load, and one for each store's memory."""
    if shutil.which("wrk") is None:
        print("load: no wrk here, so no load: apt install wrk")
    else:
        yield _load(seconds=4 if effort.rounds < 25 else 10, rounds=1 if effort.rounds < 25 else 3)
    count = 20_000 if effort.rounds < 25 else 200_000
    yield _growth("a nonce in MemoryStore", _bytes_in_memory(count), count)
    if shutil.which("redis-server") is None:
        print("load: no redis-server here, so its memory is not measured: apt install redis-server")
    else:
        yield _growth("a nonce in RedisStore", _bytes_in_redis(count), count)


# --- load -------------------------------------------------------------------------------------------------------------


def _load(seconds: int, rounds: int) -> Row:
    """Each application by itself, in turns."""
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
    assert refused is None, f"{name} refused {refused[1]} requests"
    counted = re.search(r"(\d+) requests in", said)
    assert counted, said
    return int(counted[1]) / used


def _replay(folder: Path, origin: str, seconds: int) -> Path:
    """The script for wrk, beside a file of signed requests: more than are sent, so that none comes twice."""
    sign = floor.signer(cases.CLIENT_ID, cases.CLIENT_SECRET, cases.TOKEN, cases.TOKEN_SECRET)
    signed = folder / "signed"
    signed.write_text("".join(f"{sign('GET', origin + _PATH)}\n" for _ in range(seconds * 15_000)))
    script = folder / "replay.lua"
    script.write_text(_SCRIPT % (signed, _PATH))
    return script


@contextlib.contextmanager
def _serving(name: str) -> Iterator[tuple[int, list[int]]]:
    """The port of two workers, and their process ids."""
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
    """What these processes used so far, for themselves and the system for them."""
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


# --- memory -----------------------------------------------------------------------------------------------------------


def _growth(work: str, size: float, count: int) -> Row:
    """Rate × window, in words."""
    kept = _WINDOW + (CLOCK_MARGIN if "Redis" in work else 0)
    at = ", ".join(f"{rate:,}/s {rate * kept * size / 1e6:,.0f} MB" for rate in (100, 1_000, 10_000, 1_000_000))
    note = f"over {count:,} nonces; each is kept for {kept} s after its timestamp: {at}"
    return Row(work, "bytes", {"ours": size}, None, Goal(OVER), note)


def _use(store: Any, count: int) -> None:
    """So many nonces, each with strings of its own, as requests bring them."""
    now = int(time.time())
    for _ in range(count):
        client_id, token = cases.CLIENT_ID.encode().decode(), cases.TOKEN.encode().decode()
        assert store.use_nonce(client_id, token, now, secrets.token_hex(16))


def _bytes_in_memory(count: int) -> float:
    store = MemoryStore()
    tracemalloc.start()
    try:
        _use(store, count)
        return tracemalloc.get_traced_memory()[0] / count
    finally:
        tracemalloc.stop()


def _bytes_in_redis(count: int) -> float:
    """What ``used_memory`` grew by: keys, values, ends and the tables that hold them."""
    from redis import Redis

    from oauthone.server.stores.redis import RedisStore

    port = _free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            while b"Ready to accept" not in (line := server.stdout.readline()):
                assert line, "redis-server ended instead of starting"
            url = f"redis://127.0.0.1:{port}/0"
            store = RedisStore(url, timeout=10)
            with Redis.from_url(url) as redis:
                _use(store, 1)  # connects
                before = redis.info("memory")["used_memory"]
                _use(store, count)
                used: int = redis.info("memory")["used_memory"] - before
            store.close()
            return used / count
        finally:
            server.terminate()
            server.wait()
