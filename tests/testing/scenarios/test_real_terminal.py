"""A box on a real terminal: letters are read, and Ctrl-C ends it, in front and in the background of a shell."""

import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

termios = pytest.importorskip("termios", reason="this system has no pseudo-terminals")
fcntl = pytest.importorskip("fcntl", reason="this system has no pseudo-terminals")

COMMAND = [sys.executable, "-m", "oauthone.testing", "--port", "0"]
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/#\S+")


class Terminal:
    """A shell on a terminal of its own."""

    def __init__(self, home: Path) -> None:
        self.text = ""
        self._handle, inside = os.openpty()
        environment = {**os.environ, "OAUTHONE_HOME": str(home), "PS1": "$ ", "TERM": "dumb"}
        self._shell = subprocess.Popen(
            ["sh", "-i"],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(inside)

    def type(self, text: str) -> None:
        os.write(self._handle, text.encode())

    def expect(self, pattern: str) -> str:
        """Return what matches; what was shown up to there is done with."""
        ends = time.monotonic() + 30
        while not (found := re.search(pattern, self.text)):
            assert time.monotonic() < ends, f"{pattern!r} is not in {self.text!r}"
            if select.select([self._handle], [], [], 0.2)[0]:
                self.text += os.read(self._handle, 65536).decode()
        self.text = self.text[found.end() :]
        return found[0]

    def close(self) -> None:
        os.close(self._handle)  # hangs up, which ends the shell and what it runs
        self._shell.wait(20)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.close()


def test_letters_are_read_wherever_the_box_runs(terminal: Terminal) -> None:
    """To read the terminal from the background would stop a process; it waits until it is in front again."""
    terminal.type(" ".join(COMMAND) + " &\n")
    first = terminal.expect(ADDRESS.pattern)
    terminal.expect("Type a letter and Enter")
    terminal.type("sleep 0.3; jobs\n")
    terminal.expect("Running")
    terminal.type("fg\n")
    terminal.expect("oauthone.testing")
    terminal.type("o\n")
    assert terminal.expect(ADDRESS.pattern) != first
    terminal.type("b\n")
    terminal.expect("No signed request came yet")
    terminal.type("\x03")
    terminal.expect(r"stopped\s+\$ ")
    terminal.type("echo ended with $?\n")
    terminal.expect("ended with 0")
