"""The memory of nonces, in a process of its own: `python -m bench.nonce_memory CLIENTS SECONDS LENGTH COUNT`.

It prints by how many octets a nonce makes the process grow, and how many tracemalloc finds. The second figure is of a
tenth of the nonces and clients, because tracing is slow.
"""

from __future__ import annotations

import gc
import secrets
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import NamedTuple

from oauthone.server import MemoryStore


class Layout(NamedTuple):
    """How the nonces are spread.

    Attributes:
        clients: over how many clients.
        seconds: over how many seconds of timestamps.
        length: how many characters a nonce has.
    """

    clients: int
    seconds: int
    length: int


def measured(layout: Layout, count: int) -> tuple[float, float]:
    """Return both figures, of a new process."""
    command = [sys.executable, "-m", "bench.nonce_memory", *map(str, layout), str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    grown, traced = map(float, done.stdout.split())
    return grown, traced


def _resident() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) * 1024


def _filled(layout: Layout, count: int) -> MemoryStore:
    now = int(time.time())
    store = MemoryStore(max_nonces=count, clock=lambda: now)
    for number in range(count):
        # New strings each time, as real requests have.
        nonce = secrets.token_hex(layout.length // 2)
        assert store.use_nonce(f"client-{number % layout.clients}", "a token", now - number % layout.seconds, nonce)
    return store


def main() -> None:
    layout, count = Layout(*map(int, sys.argv[1:4])), int(sys.argv[4])
    _filled(layout, 1_000)
    gc.collect()
    before = _resident()
    store = _filled(layout, count)
    grown = (_resident() - before) / count
    del store
    tracemalloc.start()
    store = _filled(layout._replace(clients=max(1, layout.clients // 10)), count // 10)
    print(grown, tracemalloc.get_traced_memory()[0] / store.nonce_count)


if __name__ == "__main__":
    main()
