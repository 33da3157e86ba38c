"""Several processes of one program, which imports its modules only once."""

import os
import signal
from typing import NoReturn


def fork(count: int) -> int:
    """Fork ``count`` processes and return in each its number. They end when this one ends, which SIGTERM does."""
    signal.signal(signal.SIGTERM, lambda number, frame: _stop())
    children: list[int] = []
    try:
        for number in range(count):
            child = os.fork()
            if not child:
                children.clear()
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                return number
            children.append(child)
        children.remove(os.wait()[0])  # none of them should end by itself
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    raise SystemExit(1)


def _stop() -> NoReturn:
    raise SystemExit
