"""One sending process: its threads send every request of a file, all of them the same request at once.

    python -m race.sender PORT FILE FIRST THREADS PACE

It prints ``ready`` and waits for a line. Then it prints for each request the results of its threads, with the times
when
it was sent and answered. It sends a request PACE seconds after the one before, or when that one is answered.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
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


def main() -> None:
    port, first, threads, pace = int(sys.argv[1]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
    requests = json.loads(Path(sys.argv[2]).read_text())
    barrier = Barrier(threads)

    def send_all(number: int) -> list[tuple[str, float, float]]:
        sender, got, started = Sender(port), [], time.monotonic()
        for count, request in enumerate(requests):
            time.sleep(max(0.0, started + count * pace - time.monotonic()))
            barrier.wait()
            began = time.monotonic()
            said = sender.send(request, first + number)
            got.append((said, began, time.monotonic()))
        sender.close()
        return got

    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(threads) as pool:
        got = list(pool.map(send_all, range(threads)))
    print(json.dumps(list(zip(*got, strict=True))))


if __name__ == "__main__":
    main()
