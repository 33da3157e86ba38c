"""The sending processes: their threads send every request of a file, all of them the same request at once.

    python -m race.sender PORT FILE PROCESSES THREADS PACE

It prints ``ready`` and waits for a line. Then it forks, and prints for each process and each request the results of the
threads, with the times when the request was sent and answered. A request is sent PACE seconds after the one before, or
when that one is answered.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier
from typing import Any

#: Longer than a worker waits for its store: a request that takes this long hangs.
PATIENCE = 40.0


class Sender:
    """One thread's connection."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def send(self, request: dict[str, Any], number: int) -> str:
        """Return the status and body of the response, or the name of the exception."""
        variants = request["variants"]
        headers = {"Authorization": variants[number % len(variants)]}
        try:
            self._connection.request(request["method"], request["path"], headers=headers)
            answer = self._connection.getresponse()
            return f"{answer.status} {answer.read().decode()}"
        except (OSError, HTTPException) as failed:
            self._connection.close()
            return type(failed).__name__

    def close(self) -> None:
        self._connection.close()


def send_all(
    port: int, requests: list[dict[str, Any]], threads: int, pace: float, first: int, together: Any, results: Any
) -> None:
    """Send all requests from one process.

    Args:
        port: that of the server.
        requests: what to send.
        threads: how many copies to send.
        pace: the shortest time between two requests, in seconds.
        first: the number of its first copy.
        together: where all processes meet before they begin.
        results: the end of a pipe, for the results.
    """
    barrier = Barrier(threads)
    together.wait()

    def send_each(number: int) -> list[tuple[str, float, float]]:
        sender, got, started = Sender(port), [], time.monotonic()
        for count, request in enumerate(requests):
            time.sleep(max(0.0, started + count * pace - time.monotonic()))
            barrier.wait()
            began = time.monotonic()
            said = sender.send(request, first + number)
            got.append((said, began, time.monotonic()))
        sender.close()
        return got

    with ThreadPoolExecutor(threads) as pool:
        got = list(pool.map(send_each, range(threads)))
    results.send(list(zip(*got, strict=True)))


def main() -> None:
    port, processes, threads, pace = int(sys.argv[1]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
    requests = json.loads(Path(sys.argv[2]).read_text())
    print("ready", flush=True)
    sys.stdin.readline()
    forking = get_context("fork")
    together, started = forking.Barrier(processes), []
    for number in range(processes):
        receiving, results = forking.Pipe(duplex=False)
        given = (port, requests, threads, pace, number * threads, together, results)
        process = forking.Process(target=send_all, args=given, daemon=True)
        process.start()
        results.close()
        started.append(receiving)
    print(json.dumps([receiving.recv() for receiving in started]))


if __name__ == "__main__":
    main()
