"""Waits for the browser and for a pasted line at once; the first one wins, and the terminal is as before."""

import os
import queue
import select
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

#: A line of a terminal has fewer octets.
_LINE = 8192


class Race:
    """Two ways for an answer to come.

    Args:
        reads_stdin: whether a pasted line counts.
    """

    def __init__(self, *, reads_stdin: bool) -> None:
        self.reads_stdin = reads_stdin
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._wake, self._woken = socket.socketpair()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wake.close()
        self._woken.close()

    def deliver(self, text: str) -> None:
        """Take an answer of the browser, in any thread."""
        self._answers.put(text)
        with suppress(OSError):  # The race may be over.
            self._wake.send(b"x")

    def wait(self, seconds: float) -> str | None:
        """Return the first answer; None if none comes within ``seconds``."""
        return _WAIT(self, time.monotonic() + seconds)

    def wait_by_select(self, give_up: float) -> str | None:
        """Wait where `select` takes a terminal."""
        typed = b""
        while (left := give_up - time.monotonic()) > 0:
            sources: list[int | socket.socket] = [self._woken]
            sources += [sys.stdin.fileno()] if self.reads_stdin else []
            ready, _, _ = select.select(sources, [], [], left)
            if self._woken in ready:
                return self._answers.get()
            if ready:
                piece = os.read(sys.stdin.fileno(), _LINE)
                typed += piece
                if not piece:  # Ctrl-D, or the terminal is gone
                    self.reads_stdin = False
                if typed and (not piece or b"\n" in piece):
                    return _text(typed)
        return None

    def wait_by_thread(self, give_up: float) -> str | None:
        """Wait where `select` takes only sockets. The thread that reads ends with the process."""
        if self.reads_stdin:
            self.reads_stdin = False
            threading.Thread(target=self._read_lines, daemon=True).start()
        try:
            return self._answers.get(timeout=max(give_up - time.monotonic(), 0.0))
        except queue.Empty:
            return None

    def _read_lines(self) -> None:
        """Read with `os.read`: a lock of ``sys.stdin`` that is held at the end would abort the interpreter."""
        while piece := os.read(sys.stdin.fileno(), _LINE):
            self._answers.put(_text(piece))


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").strip()


_WAIT: Callable[[Race, float], str | None] = Race.wait_by_thread if os.name == "nt" else Race.wait_by_select
