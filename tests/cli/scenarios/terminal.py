"""A command on a terminal of its own, and a person who reads and types there."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

#: Makes the terminal the one of this process, as a shell does, so that Ctrl-C and a prompt without echo work.
_PROGRAM = (
    "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\nfrom oauthone.cli.__main__ import main\nmain()"
)
PATIENCE = 20.0


class Terminal:
    """A command on a pseudo-terminal.

    Args:
        words: the words after ``oauthone``.
        environment: the variables to change.
        columns: the width.
    """

    def __init__(self, *words: str, environment: dict[str, str], columns: int = 80) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.before: list[Any] = termios.tcgetattr(theirs)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "COLUMNS", "LINES"))}
        self._theirs = theirs
        self.process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**kept, "TERM": "xterm", "PYTHONPATH": os.pathsep.join(sys.path), **environment},
            start_new_session=True,
        )
        self.shown = ""
        self._seen = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)
        os.close(self._theirs)

    def expect(self, pattern: str) -> "re.Match[str]":
        """Read until a pattern is on the screen, after what was expected before; return the match."""
        give_up = time.monotonic() + PATIENCE
        while True:
            found = re.compile(pattern).search(self.shown, self._seen)
            if found:
                self._seen = found.end()
                return found
            if not self._read(give_up - time.monotonic()):
                raise AssertionError(f"{pattern!r} never came; the screen is\n{self.shown}")

    def type(self, text: str) -> None:
        """Type a text; a line needs its end. Wait first until the terminal takes it, as a slow person does."""
        os.write(self._ours, text.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C until the command says that it stops.

        Python notices a signal that comes while it enters its own prompt only with the next key (as a person does not
        press Ctrl-C within the same millisecond, one is enough for them).
        """
        for _ in range(5):
            self.type("\x03")
            give_up = time.monotonic() + 1.0
            while "Stopped." not in self.shown and time.monotonic() < give_up and self.process.poll() is None:
                self._read(0.05)
            if "Stopped." in self.shown or self.process.poll() is not None:
                return

    def echoes(self) -> bool:
        """Return whether the terminal shows what is typed."""
        return bool(termios.tcgetattr(self._theirs)[3] & termios.ECHO)

    def wait_for_silence(self) -> None:
        """Wait until the terminal does not echo, as at the prompt for a secret."""
        give_up = time.monotonic() + PATIENCE
        while self.echoes() and time.monotonic() < give_up:
            time.sleep(0.01)

    def ended(self) -> int:
        """Wait for the end; return the exit status. The terminal is as it was."""
        give_up = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < give_up:
            self._read(0.05)
        while self._read(0):
            pass
        assert termios.tcgetattr(self._theirs) == self.before
        return self.process.wait(1)

    def kill(self) -> None:
        """End the process as the system does, with no word."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def rest(self) -> None:
        """Let a moment pass; for a loop that the time limit of the test ends."""
        self._read(0.01)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._ours], [], [], max(seconds, 0))[0]:
            return False
        try:
            piece = os.read(self._ours, 65536)
        except OSError:
            return False
        self.shown += piece.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(piece)


def files_with(folder: Path, text: str) -> list[str]:
    """Return the names of the files below ``folder`` that contain a text."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and text in path.read_text("utf-8"))
